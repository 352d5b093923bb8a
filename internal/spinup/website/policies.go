package website

import (
	"slices"
)

// Words for CloudFront's managed policies, and for having none.
const (
	HeadersSecurity = "security"
	HeadersNone     = "none"
	CacheOptimized  = "optimized"
	CacheDisabled   = "disabled"
	CacheLegacy     = "legacy" // no policy, but the settings of the Yale service: one hour, no cookies, no query strings
)

// managed are the ids of CloudFront's managed policies by their words.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
func managed() map[string]string {
	return map[string]string{
		CacheOptimized:  "658327ea-f89d-4fab-a63d-7e88639e58f6", // CachingOptimized
		CacheDisabled:   "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", // CachingDisabled
		HeadersSecurity: "67f7725c-6f97-4210-82d7-5512b31e9d03", // SecurityHeadersPolicy
		HeadersNone:     "",
	}
}

// CachePolicyWords are the words for a cache policy.
func CachePolicyWords() []string { return []string{CacheOptimized, CacheDisabled, CacheLegacy} }

// ResponseHeaderWords are the words for a response headers policy.
func ResponseHeaderWords() []string { return []string{HeadersSecurity, HeadersNone} }

// CachePolicyID is the id of the cache policy that a word stands for. An id, and CacheLegacy, stand for themselves.
func CachePolicyID(word string) string { return policyID(word, CachePolicyWords()) }

// CachePolicyWord is the word for the cache policy of an id, or the id where there is no word.
func CachePolicyWord(id string) string { return policyWord(id, CachePolicyWords()) }

// ResponseHeadersID is the id of the response headers policy that a word stands for, "" for none. An id stands for
// itself.
func ResponseHeadersID(word string) string { return policyID(word, ResponseHeaderWords()) }

// ResponseHeadersWord is the word for the response headers policy of an id, or the id where there is no word.
func ResponseHeadersWord(id string) string { return policyWord(id, ResponseHeaderWords()) }

func policyID(word string, words []string) string {
	if id, ok := managed()[word]; ok && slices.Contains(words, word) {
		return id
	}
	return word
}

func policyWord(id string, words []string) string {
	for _, word := range words {
		if policyID(word, words) == id {
			return word
		}
	}
	return id
}
