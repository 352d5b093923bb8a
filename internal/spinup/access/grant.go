package access

import (
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// Grant is the access that one inline policy gives to a user, a role or a group.
type Grant struct {
	Partition, Bucket string
	Level             Level
	Path              string // confines to a key prefix: "docs/", without a slash in front; "" for the whole bucket
}

// PolicyName is the name of the inline policy of a user or a role. The Yale service used the same names.
func (g Grant) PolicyName() string {
	if g.Path == "" {
		return PolicyName(g.Bucket, g.Level)
	}
	return PathPolicyName(g.Bucket, g.Path, g.Level)
}

// Document is what the policy says.
func (g Grant) Document() string {
	if g.Path == "" {
		return Document(g.Partition, g.Bucket, g.Level)
	}
	return PathDocument(g.Partition, g.Bucket, g.Path, g.Level)
}

// Accepts reports whether a live policy gives the same access.
func (g Grant) Accepts(live string) bool {
	if g.Path == "" {
		return Accepts(g.Partition, g.Bucket, g.Level, live)
	}
	return awspolicy.Equivalent(live, g.Document())
}

// IsPolicyName reports whether an inline policy has the name of a grant of the bucket, of any level, for the whole
// bucket or for one of the paths.
func IsPolicyName(bucket, name string, paths ...string) bool {
	_, ok := ReadGrant("", bucket, name, "", paths...)
	return ok
}

// IsPathPolicyName reports whether an inline policy may be a grant of the bucket, or of any if that is empty, for a
// path that nobody knows.
func IsPathPolicyName(bucket, name string) bool {
	return (bucket == "" || strings.HasPrefix(name, bucket+"-")) && slices.ContainsFunc(Levels(), func(l Level) bool {
		return strings.HasSuffix(name, PolicyName("", l))
	})
}

// ReadGrant finds the grant of the bucket that an inline policy of the name is: for one of the paths, for the whole
// bucket, or for the path in its document. Its Level is empty if the document was altered. The name is not enough:
// "a-b-BktROPlc" may be of the bucket a-b, or of the path /b/ of the bucket a.
func ReadGrant(partition, bucket, name, document string, paths ...string) (grant Grant, ok bool) {
	for _, level := range Levels() {
		for _, path := range append(slices.Clone(paths), "", PathIn(partition, bucket, document)) {
			grant := Grant{partition, bucket, level, path}
			if grant.PolicyName() != name {
				continue
			}
			if !grant.Accepts(document) {
				grant.Level = ""
			}
			return grant, true
		}
	}
	return Grant{}, false
}

// BucketOfPolicy finds the bucket that an inline policy of the name is a grant of: the document has the bucket, and the
// name has to follow from it.
func BucketOfPolicy(partition, name, document string) (bucket string, ok bool) {
	doc, err := awspolicy.Parse(document)
	if err != nil {
		return "", false
	}
	for _, statement := range doc.Statements {
		for _, resource := range statement.Resource {
			rest, inS3 := strings.CutPrefix(resource, string(resources(partition, "")))
			bucket, _, _ := strings.Cut(rest, "/")
			if _, ok := ReadGrant(partition, bucket, name, document); ok && inS3 {
				return bucket, true
			}
		}
	}
	return "", false
}
