// Package access is the domain of access levels: what the people of a level may do to a bucket or a website, and the
// IAM policy and group that let them. A bucket or a website lifts the part into its own table. It may import reconcile,
// awspolicy, awsclient and the SDK's types for IAM; no Terraform types.
package access

import "strings"

// Level is how much the members of a group may do.
type Level string

// The access levels: the first three of a bucket, WebAdmin of a website.
const (
	Admin     Level = "admin"
	ReadWrite Level = "read_write"
	ReadOnly  Level = "read_only"
	WebAdmin  Level = "web_admin" // may invalidate the cache
)

// Levels are the levels of a bucket, the most powerful first.
func Levels() []Level { return []Level{Admin, ReadWrite, ReadOnly} }

// words are what the names and the description of a level are made of.
type words struct{ short, title, noun string }

func (l Level) words() words {
	return map[Level]words{
		Admin:     {"BktAdm", "Admin", "bucket"},
		ReadWrite: {"BktRW", "Read-Write", "bucket"},
		ReadOnly:  {"BktRO", "Read-Only", "bucket"},
		WebAdmin:  {"WebAdm", "Admin", "web distribution"},
	}[l]
}

// The names are a promise: those of a bucket or website made by the Yale service are the same, and users of the groups
// rely on them.

// PolicyName is the name of the level's IAM policy, for the bucket or website of the name.
func PolicyName(name string, level Level) string { return name + "-" + level.words().short + "Plc" }

// GroupName is the name of the level's IAM group, for the bucket or website of the name.
func GroupName(name string, level Level) string { return name + "-" + level.words().short + "Grp" }

// BucketOfGroup is the bucket or website that a group with the name of a level is for.
func BucketOfGroup(group string) (name string, ok bool) {
	for _, level := range append(Levels(), WebAdmin) {
		if name, ok = strings.CutSuffix(group, GroupName("", level)); ok && name != "" {
			return name, true
		}
	}
	return "", false
}

// MaxPolicyName is how many characters the name of a policy may have. An inline policy whose name fits is also within
// the 2,048 characters that IAM allows all inline policies of a user.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MaxPolicyName = 128

// PathPolicyName is the name of the inline policy of a user who is confined to a key prefix ("docs/private/") of the
// bucket.
func PathPolicyName(bucket, prefix string, level Level) string {
	return PolicyName(bucket+"-"+strings.ReplaceAll(strings.Trim(prefix, "/"), "/", "_"), level)
}

// Description is the description of the level's IAM policy. IAM never lets it change.
func Description(name string, level Level) string {
	w := level.words()
	return w.title + " policy for " + name + " " + w.noun
}
