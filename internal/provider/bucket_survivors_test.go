package provider_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// sharing is a bucket with tags, statements, a lifecycle rule and levels of its own: none of them may block its destruction.
func sharing(b *acctest.Bench, tag, action, preset, levels string, more ...string) string {
	return b.Provider(`ignore_tags = { keys = ["Invoice"] }`) + fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %[1]q
  tags          = { Team = %[2]q }
  access_levels = %[3]s
  %[4]s

  lifecycle_preset = %[7]q

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = "Ours", Effect = "Allow", Principal = { AWS = "arn:aws:iam::%[5]s:root" }
      Action = %[6]q, Resource = "arn:aws:s3:::%[1]s/*"
    }]
  })
}
`, b.Name, tag, levels, strings.Join(more, "\n"), b.AccountID, action, preset)
}

// TestAccBucket_survivors puts things of other owners beside ours. An update that writes the same documents and objects
// leaves them alone. A destroy names each and destroys nothing; once they are gone it succeeds, whatever is ours.
func TestAccBucket_survivors(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(sharing(b, "library", "s3:GetObject", "archive", `["admin", "read_only"]`))
		tf.Apply()
		all := foreigners(t, b)
		for _, thing := range all {
			thing.put(t)
		}
		before := survivors(t, b)
		for _, thing := range all {
			if before[thing.name] == "" {
				t.Fatalf("%s is not there", thing.name)
			}
		}
		if diff := cmp.Diff(theirStatement(b), before["statement"]); diff != "" {
			t.Errorf("the store has changed the statement, so nothing shows that we do not (-put +got):\n%s", diff)
		}
		tf.Empty() // they are nobody's drift

		rewriteDocument(t, b, access.Admin)
		detach(t, b, access.Admin)
		tf.Write(sharing(b, "music", "s3:GetObjectVersion", "deep-archive", `["admin"]`, "require_tls = false"))
		tf.Apply()
		tf.Empty()

		// A level goes no more easily than a bucket.
		b.Gateway.Reset()
		tf.Write(sharing(b, "art", "s3:GetObject", "archive", `["read_only"]`))
		inTheWay(t, b, tf.MustFail("apply", "-auto-approve"), all, func(thing foreign) bool { return !thing.goes })
		same(t, "what is not ours was changed", before, survivors(t, b))

		for _, thing := range all {
			thing.take(t)
		}
		for _, thing := range all {
			t.Run(thing.name, func(t *testing.T) {
				thing.put(t)
				blocked(t, b, tf, all, func(other foreign) bool { return other.name == thing.name })
				thing.take(t)
			})
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_survivorsForced is the same with force_destroy: what is on the bucket goes with it, what is in IAM is
// still in the way.
func TestAccBucket_survivorsForced(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(sharing(b, "library", "s3:GetObject", "archive", `["admin"]`, "force_destroy = true"))
		tf.Apply()
		all := foreigners(t, b)
		for _, thing := range all {
			thing.put(t)
		}
		blocked(t, b, tf, all, func(thing foreign) bool { return !thing.goes })
		for _, thing := range all {
			if !thing.goes {
				thing.take(t)
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// blocked requires that a destroy fails because of just the things chosen, and leaves everything and state as it is.
func blocked(t *testing.T, b *acctest.Bench, tf acctest.Runner, all []foreign, chosen func(foreign) bool) {
	t.Helper()
	b.Gateway.Reset()
	state := tf.StateFile()
	inTheWay(t, b, tf.MustFail("destroy", "-auto-approve"), all, chosen)
	same(t, "state was changed", state, tf.StateFile())
	if left := b.Leftovers(t, b.Name); len(left) != 3 {
		t.Errorf("of bucket, group and policy are left: %v", left)
	}
}

// inTheWay requires that what a run said names just the things chosen, and that it changed nothing.
func inTheWay(t *testing.T, b *acctest.Bench, said string, all []foreign, chosen func(foreign) bool) {
	t.Helper()
	for _, thing := range all {
		if strings.Contains(said, thing.named) != chosen(thing) {
			t.Errorf("%s: want it named: %v, as %q, in\n%s", thing.name, chosen(thing), thing.named, said)
		}
	}
	if done := mutations(b); len(done) > 0 {
		t.Errorf("it did %v", done)
	}
}

// foreign is something of another owner on or in the objects of our bucket.
type foreign struct {
	name      string
	named     string // by an error
	put, take func(*testing.T)
	goes      bool // along with a bucket whose destruction is forced
}

// foreigners makes a user, a role, a group and a policy of others, and lists the ways in which these, tags and
// statements can meet ours. Each bears the bucket's name with "-other" behind it.
func foreigners(t *testing.T, b *acctest.Bench) []foreign {
	t.Helper()
	api, ourGroup, ours := b.IAM(), levelGroup(b, access.Admin), levelPolicy(b, access.Admin)
	other, theirs := aws.String(b.Name+"-other"), aws.String(b.PolicyARN(b.Name+"-other"))
	document := aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`)
	trust := aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",` +
		`"Principal":{"Service":"ec2.amazonaws.com"}}]}`)
	for _, one := range []foreign{
		{
			put:  calling(api.CreateUser, &iam.CreateUserInput{UserName: other}),
			take: calling(api.DeleteUser, &iam.DeleteUserInput{UserName: other}),
		},
		{
			put:  calling(api.CreateRole, &iam.CreateRoleInput{RoleName: other, AssumeRolePolicyDocument: trust}),
			take: calling(api.DeleteRole, &iam.DeleteRoleInput{RoleName: other}),
		},
		{
			put:  calling(api.CreateGroup, &iam.CreateGroupInput{GroupName: other}),
			take: calling(api.DeleteGroup, &iam.DeleteGroupInput{GroupName: other}),
		},
		{
			put:  calling(api.CreatePolicy, &iam.CreatePolicyInput{PolicyName: other, PolicyDocument: document}),
			take: calling(api.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: theirs}),
		},
	} {
		one.put(t)
		t.Cleanup(func() { one.take(t) })
	}

	inGroup, atHolder := " group "+*ourGroup, "policy "+access.PolicyName(b.Name, access.Admin)+" is attached to "
	return []foreign{
		{
			name: "tag", named: "Invoice", goes: true,
			put:  func(t *testing.T) { retag(t, b, map[string]string{"Invoice": "1234"}) },
			take: func(t *testing.T) { retag(t, b, nil) },
		},
		{
			name: "statement", named: "Theirs", goes: true,
			put:  func(t *testing.T) { appendStatement(t, b) },
			take: func(t *testing.T) { splice(t, b, "Theirs") },
		},
		{
			name: "lifecycle rule", named: "lifecycle rules of other owners, which would be lost: theirs;", goes: true,
			put:  func(t *testing.T) { spliceRules(t, b, "", foreignRule()) },
			take: func(t *testing.T) { spliceRules(t, b, "theirs") },
		},
		{
			name: "member", named: "user " + *other + " is a member of" + inGroup,
			put:  calling(api.AddUserToGroup, &iam.AddUserToGroupInput{GroupName: ourGroup, UserName: other}),
			take: calling(api.RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{GroupName: ourGroup, UserName: other}),
		},
		{
			name: "policy in our group", named: "policy " + *other + " is attached to" + inGroup,
			put:  calling(api.AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: ourGroup, PolicyArn: theirs}),
			take: calling(api.DetachGroupPolicy, &iam.DetachGroupPolicyInput{GroupName: ourGroup, PolicyArn: theirs}),
		},
		{
			name: "inline policy", named: inGroup[1:] + " has the inline policy " + *other,
			put: calling(api.PutGroupPolicy,
				&iam.PutGroupPolicyInput{GroupName: ourGroup, PolicyName: other, PolicyDocument: document}),
			take: calling(api.DeleteGroupPolicy, &iam.DeleteGroupPolicyInput{GroupName: ourGroup, PolicyName: other}),
		},
		{
			name: "our policy at a user", named: atHolder + "user " + *other,
			put:  calling(api.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: other, PolicyArn: ours}),
			take: calling(api.DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: other, PolicyArn: ours}),
		},
		{
			name: "our policy at a role", named: atHolder + "role " + *other,
			put:  calling(api.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: other, PolicyArn: ours}),
			take: calling(api.DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: other, PolicyArn: ours}),
		},
		{
			name: "our policy at a group", named: atHolder + "group " + *other,
			put:  calling(api.AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: other, PolicyArn: ours}),
			take: calling(api.DetachGroupPolicy, &iam.DetachGroupPolicyInput{GroupName: other, PolicyArn: ours}),
		},
	}
}

// calling is a call that has to succeed, also after the test has ended.
func calling[I, O any](do func(context.Context, *I, ...func(*iam.Options)) (*O, error), in *I) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		acctest.Must(do(context.WithoutCancel(t.Context()), in))(t)
	}
}

// survivors says what is there of each thing of foreigners.
func survivors(t *testing.T, b *acctest.Bench) map[string]string {
	t.Helper()
	api, ctx, group, other := b.IAM(), t.Context(), levelGroup(b, access.Admin), aws.String(b.Name+"-other")
	statement, _ := bucketPolicy(t, b).Find("Theirs")
	seen := map[string]string{"tag": liveTags(t, b)["Invoice"], "statement": statement.String(), "lifecycle rule": rawRules(t, b)["theirs"]}
	for _, user := range acctest.Must(api.GetGroup(ctx, &iam.GetGroupInput{GroupName: group}))(t).Users {
		seen["member"] += aws.ToString(user.UserName)
	}
	attached := acctest.Must(api.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: group}))(t)
	for _, policy := range attached.AttachedPolicies {
		if *policy.PolicyName == *other {
			seen["policy in our group"] += *policy.PolicyArn
		}
	}
	inline := acctest.Must(api.GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: group, PolicyName: other}))(t)
	seen["inline policy"] = aws.ToString(inline.PolicyDocument)
	holders := acctest.Must(api.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{
		PolicyArn: levelPolicy(b, access.Admin),
	}))(t)
	for _, user := range holders.PolicyUsers {
		seen["our policy at a user"] += aws.ToString(user.UserName)
	}
	for _, role := range holders.PolicyRoles {
		seen["our policy at a role"] += aws.ToString(role.RoleName)
	}
	for _, group := range holders.PolicyGroups {
		if *group.GroupName == *other {
			seen["our policy at a group"] += *other
		}
	}
	return seen
}

// liveTags are the tags of the bucket.
func liveTags(t *testing.T, b *acctest.Bench) map[string]string {
	t.Helper()
	tags := map[string]string{}
	out := acctest.Must(b.S3().GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: &b.Name}))(t)
	for _, one := range out.TagSet {
		tags[aws.ToString(one.Key)] = aws.ToString(one.Value)
	}
	return tags
}

// retag replaces the tags of others.
func retag(t *testing.T, b *acctest.Bench, others map[string]string) {
	t.Helper()
	tags := liveTags(t, b)
	delete(tags, "Invoice")
	maps.Copy(tags, others)
	setTags(t, b, tags)
}

// theirStatement is a statement in a form that we would never write.
func theirStatement(b *acctest.Bench) string {
	return fmt.Sprintf(`{"Resource" : ["arn:aws:s3:::%[1]s/*"], "Effect":"Allow","Sid":"Theirs","Condition":{"StringLike":`+
		`{"aws:UserAgent":["<&>*"]}},"Action":["s3:GetObjectTagging","s3:GetObjectTagging"],`+
		`"Principal":{"AWS":"arn:aws:iam::%[2]s:root"}}`, b.Name, b.AccountID)
}

func appendStatement(t *testing.T, b *acctest.Bench) {
	t.Helper()
	text := strings.TrimSuffix(bucketPolicy(t, b).String(), "]}") + "," + theirStatement(b) + "]}"
	acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &text}))(t)
}

// TestAccBucket_firstSecond: what others put on a bucket in its first second, as the automation of an organisation does,
// stays beside ours.
func TestAccBucket_firstSecond(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(sharing(b, "library", "s3:GetObject", "archive", `["admin"]`))
		first := gateway.Op("s3:PutBucketOwnershipControls")
		remove := b.Gateway.Inject(gateway.Rule{Fault: gateway.Forbidden(), Match: func(c gateway.Call) bool {
			if first(c) {
				text := awspolicy.New(stranger(b, "Theirs")).String()
				acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &text}))(t)
				putRules(t, b, foreignRule())
				setTags(t, b, map[string]string{"Invoice": "42"})
			}
			return false
		}})
		tf.Apply()
		remove()
		same(t, "Sids", []string{"Ours", "SpinupRequireTLS", "Theirs"}, sids(t, b))
		same(t, "rules", []string{"archive-rule", "theirs"}, ruleNames(t, b))
		got := map[string]string{}
		for _, tag := range acctest.Must(b.S3().GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: &b.Name}))(t).TagSet {
			got[*tag.Key] = *tag.Value
		}
		same(t, "tags", map[string]string{"Invoice": "42", "Team": "library"}, got)
		tf.Empty()
	})
}
