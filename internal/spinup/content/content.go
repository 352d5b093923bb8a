// Package content is what objects of S3 hold and how it gets there: bytes with a digest that is known before they are
// sent, the headers beside them, and the rules for keys. It may import awsclient and the AWS SDK; spinup_object and
// spinup_directory stand on it.
package content

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Place is where an object is.
type Place struct {
	Bucket, Region, Key string
}

// at sends a call to the region of the bucket.
func (p Place) at(o *s3.Options) { o.Region = p.Region }

// Headers are what an object has beside its bytes. What is empty is not sent, and left to the bucket.
type Headers struct {
	ContentType        string            `json:"type,omitempty"`
	CacheControl       string            `json:"cache,omitempty"`
	ContentEncoding    string            `json:"encoding,omitempty"`
	ContentDisposition string            `json:"disposition,omitempty"`
	ContentLanguage    string            `json:"language,omitempty"`
	Redirect           string            `json:"redirect,omitempty"` // x-amz-website-redirect-location
	StorageClass       string            `json:"class,omitempty"`
	Algorithm          string            `json:"algorithm,omitempty"` // of server-side encryption: AES256, aws:kms
	KMSKey             string            `json:"key,omitempty"`
	BucketKey          *bool             `json:"bucketKey,omitempty"`
	Metadata           map[string]string `json:"metadata,omitempty"` // keys in lower case
	Tagging            string            `json:"tagging,omitempty"`  // tags as a query; a copy without has its source's
}

// Digest tells headers apart: equal headers have equal digests.
func (h Headers) Digest() string {
	text, err := json.Marshal(h) // maps are sorted
	if err != nil {
		panic(fmt.Sprintf("headers are text: %v", err))
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// Differences are the names of the headers in which an object that was read is not as wanted. What is not wanted is not
// compared, but metadata, which is one whole.
func (h Headers) Differences(have Headers) []string {
	var names []string
	for _, header := range []struct{ name, want, have string }{
		{"Content-Type", h.ContentType, have.ContentType},
		{"Cache-Control", h.CacheControl, have.CacheControl},
		{"Content-Encoding", h.ContentEncoding, have.ContentEncoding},
		{"Content-Disposition", h.ContentDisposition, have.ContentDisposition},
		{"Content-Language", h.ContentLanguage, have.ContentLanguage},
		{"redirect", h.Redirect, have.Redirect},
		{"storage class", h.StorageClass, have.StorageClass},
		{"encryption", h.Algorithm, have.Algorithm},
		{"KMS key", keyID(h.KMSKey), keyID(have.KMSKey)},
	} {
		if header.want != "" && header.want != header.have {
			names = append(names, header.name)
		}
	}
	if !maps.Equal(h.Metadata, have.Metadata) {
		names = append(names, "metadata")
	}
	return names
}

// keyID is the id of a KMS key, which S3 answers with its ARN.
func keyID(key string) string { return key[strings.LastIndex(key, "/")+1:] }

// text is a header that is left out when it is empty.
func text(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

func (h Headers) put(in *s3.PutObjectInput) {
	in.ContentType, in.CacheControl = text(h.ContentType), text(h.CacheControl)
	in.ContentEncoding, in.ContentDisposition = text(h.ContentEncoding), text(h.ContentDisposition)
	in.ContentLanguage, in.WebsiteRedirectLocation = text(h.ContentLanguage), text(h.Redirect)
	in.StorageClass, in.ServerSideEncryption = types.StorageClass(h.StorageClass), types.ServerSideEncryption(h.Algorithm)
	in.SSEKMSKeyId, in.BucketKeyEnabled, in.Metadata = text(h.KMSKey), h.BucketKey, h.Metadata
	in.Tagging = text(h.Tagging)
}

func (h Headers) begin(in *s3.CreateMultipartUploadInput) {
	in.ContentType, in.CacheControl = text(h.ContentType), text(h.CacheControl)
	in.ContentEncoding, in.ContentDisposition = text(h.ContentEncoding), text(h.ContentDisposition)
	in.ContentLanguage, in.WebsiteRedirectLocation = text(h.ContentLanguage), text(h.Redirect)
	in.StorageClass, in.ServerSideEncryption = types.StorageClass(h.StorageClass), types.ServerSideEncryption(h.Algorithm)
	in.SSEKMSKeyId, in.BucketKeyEnabled, in.Metadata = text(h.KMSKey), h.BucketKey, h.Metadata
	in.Tagging = text(h.Tagging)
}

func (h Headers) copy(in *s3.CopyObjectInput) {
	in.ContentType, in.CacheControl = text(h.ContentType), text(h.CacheControl)
	in.ContentEncoding, in.ContentDisposition = text(h.ContentEncoding), text(h.ContentDisposition)
	in.ContentLanguage, in.WebsiteRedirectLocation = text(h.ContentLanguage), text(h.Redirect)
	in.StorageClass, in.ServerSideEncryption = types.StorageClass(h.StorageClass), types.ServerSideEncryption(h.Algorithm)
	in.SSEKMSKeyId, in.BucketKeyEnabled, in.Metadata = text(h.KMSKey), h.BucketKey, h.Metadata
	in.Tagging = text(h.Tagging)
	in.MetadataDirective = types.MetadataDirectiveReplace
	if h.Tagging != "" {
		in.TaggingDirective = types.TaggingDirectiveReplace
	}
}

// headersOf are the headers of an object that was asked for.
func headersOf(out *s3.HeadObjectOutput) Headers {
	metadata := map[string]string{}
	for key, value := range out.Metadata {
		metadata[strings.ToLower(key)] = value
	}
	class := string(out.StorageClass)
	if class == "" {
		class = string(types.StorageClassStandard) // S3 leaves it out
	}
	return Headers{
		ContentType: aws.ToString(out.ContentType), CacheControl: aws.ToString(out.CacheControl),
		ContentEncoding: aws.ToString(out.ContentEncoding), ContentDisposition: aws.ToString(out.ContentDisposition),
		ContentLanguage: aws.ToString(out.ContentLanguage), Redirect: aws.ToString(out.WebsiteRedirectLocation),
		StorageClass: class, Algorithm: string(out.ServerSideEncryption), KMSKey: aws.ToString(out.SSEKMSKeyId),
		BucketKey: out.BucketKeyEnabled, Metadata: metadata,
	}
}

// Escaped is a key as a CopySource needs it: every segment in the encoding of URLs, the slashes as they are.
func Escaped(key string) string {
	var out strings.Builder
	for _, c := range []byte(key) {
		if c == '/' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' ||
			slices.Contains([]byte("-_.~"), c) {
			out.WriteByte(c)
			continue
		}
		fmt.Fprintf(&out, "%%%02X", c)
	}
	return out.String()
}

// Unescaped is a key without the encoding of URLs, in which lists give it on request.
func Unescaped(key *string) *string {
	if plain, err := url.QueryUnescape(aws.ToString(key)); key != nil && err == nil {
		return &plain
	}
	return key
}

// StorageClasses are those that an object can be put into.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
func StorageClasses() []string {
	return []string{
		"STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE",
		"REDUCED_REDUNDANCY",
	}
}

// Visible are the headers that everybody sees who asks for the object: those without storage class and encryption, for
// which a bucket has defaults.
func (h Headers) Visible() Headers {
	h.StorageClass, h.Algorithm, h.KMSKey, h.BucketKey = "", "", "", nil
	if len(h.Metadata) == 0 {
		h.Metadata = nil
	}
	return h
}
