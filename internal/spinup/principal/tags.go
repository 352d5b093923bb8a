// Package principal is what IAM users and roles have in common: their tags, the mark among the tags of those that the
// provider makes, and the lists of an account. It may import awsclient and the SDK's types for IAM; no Terraform types.
package principal

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// MaxTags is how many tags IAM allows a user or a role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MaxTags = 50

// Mark is the key of the tag that names the call which made a user or a role, so that a call whose answer was lost can
// be told from somebody else's.
type Mark string

// Marked adds the mark to the tags of what is to be made, where there is room for it, and gives its value; "" for none.
func (m Mark) Marked(tags map[string]string) (all map[string]string, token string) {
	if len(tags) >= MaxTags {
		return tags, ""
	}
	token = rand.Text()
	all = map[string]string{string(m): token}
	maps.Copy(all, tags)
	return all, token
}

// Own are the live tags without those of other owners and the mark. Ignored says which belong to others; nil for none.
func (m Mark) Own(live map[string]string, ignored func(key string) bool) map[string]string {
	own := maps.Clone(live)
	maps.DeleteFunc(own, func(key, _ string) bool {
		return key == string(m) || strings.HasPrefix(key, "aws:") || ignored != nil && ignored(key)
	})
	return own
}

// Gone are the keys of the live tags that are ours and not wanted, sorted, and the mark where it takes the room of one
// that is: only a lost answer needed it.
func (m Mark) Gone(live, want map[string]string, ignored func(key string) bool) []string {
	gone := m.Own(live, ignored)
	maps.DeleteFunc(gone, func(key, _ string) bool { _, wanted := want[key]; return wanted })
	if _, marked := live[string(m)]; marked && len(want) >= MaxTags {
		gone[string(m)] = ""
	}
	return slices.Sorted(maps.Keys(gone))
}

// Tags are the tags as IAM takes them, sorted by their keys.
func Tags(tags map[string]string) []types.Tag {
	var list []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}
