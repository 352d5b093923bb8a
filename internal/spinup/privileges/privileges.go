// Package privileges is the IAM policies that the provider's credentials need, made from the operations that the domain
// packages declare. It may import the domain packages, awsclient and awspolicy.
package privileges

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketgrant"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketrole"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lending"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// row is what one kind of resource, or something else that credentials are for, needs.
type row struct {
	levels      []access.Level // whose groups and policies it is about
	never       string         // an action that is not needed although an api has it
	apply, plan []any          // tables of operations; without plan, apply only reads
	extra       bool           // it is no resource
}

// What credentials are for beside resources. The rows have these names too.
const (
	Actions      = "actions"
	DataSources  = "data-sources"
	Ephemerals   = "ephemeral"
	SecretStores = "bucket-user-stores"
)

// rows are by the names that their files have in the guide "Permissions".
func rows() map[string]row {
	all, web := siteLevels(), []access.Level{access.WebAdmin}
	return map[string]row{
		"bucket": {
			levels: access.Levels(),
			apply:  []any{bucket.API{}, bucket.LockWrites{}, access.API{}, lifecyclerule.API{}},
			plan:   []any{bucket.Reads{}, bucket.LockReads{}, access.Reads{}, lifecyclerule.Reads{}},
		},
		"bucket-grant": {
			levels: web, apply: []any{bucketgrant.API{}},
			plan: []any{bucketgrant.Reads{}, bucketgrant.SiteReads{}},
		},
		"bucket-role": {
			levels: web, apply: []any{bucketrole.API{}},
			plan: []any{bucketrole.Reads{}, bucketrole.SiteReads{}},
		},
		"bucket-user": {
			levels: access.Levels(),
			apply:  []any{bucketuser.Reads{}, bucketuser.Searches{}, bucketuser.Writes{}, bucketuser.Cleanups{}},
			plan:   []any{bucketuser.Reads{}, bucketuser.Searches{}},
		},
		"lifecycle-rule": {
			levels: access.Levels(), apply: []any{lifecyclerule.API{}}, plan: []any{lifecyclerule.Reads{}},
		},
		"object": {levels: access.Levels(), apply: []any{object.API{}}, plan: []any{object.Reads{}}},
		"website": {
			levels: all, never: "s3:DeleteBucketPolicy", // there is always a statement for the distribution
			apply: []any{website.API{}, bucket.API{}, bucket.PlaceholderReads{}, access.API{}, lifecyclerule.API{}},
			plan:  []any{website.Reads{}, bucket.Reads{}, access.Reads{}, lifecyclerule.Reads{}},
		},
		"directory": {
			levels: access.Levels(), apply: []any{directory.API{}}, plan: []any{directory.Reads{}, content.Reads{}},
		},
		Actions: { // none while planning
			extra: true, levels: access.Levels(), plan: []any{},
			apply: []any{website.Invalidations{}, bucket.EmptyingCalls{}, object.MoveCalls{}, bucketuser.RotationCalls{}},
		},
		SecretStores: {
			extra: true, levels: access.Levels(), apply: []any{bucketuser.Stores{}}, plan: []any{secretstore.Looks{}},
		},
		Ephemerals: {
			extra: true, levels: access.Levels(), apply: []any{lending.API{}, lending.LinkReads{}, secretstore.Reads{}},
		},
		DataSources: {
			extra: true, levels: all, never: "route53:GetHostedZone", // nobody names the zone
			apply: []any{bucket.Reads{}, bucket.LockReads{}, bucket.DataReads{}, access.Reads{}, bucketuser.Reads{},
				bucketuser.DataReads{}, bucketrole.Searches{}, bucketgrant.Searches{}, bucketgrant.Reads{},
				lifecyclerule.Reads{}, object.DataReads{}, website.Reads{}},
		},
	}
}

// Resources are the resources that have a row, by the last part of their types, with a hyphen for each underscore.
func Resources() (all []string) {
	for name, r := range rows() {
		if !r.extra {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// Published are the documents of the guide "Permissions" by the names of their files.
func Published() map[string]awspolicy.Document {
	all := map[string]awspolicy.Document{}
	for name, r := range rows() {
		all[name+".json"] = Policy(Request{For: []string{name}})
		if !r.extra {
			all[name+"-plan.json"] = Policy(Request{For: []string{name}, PlanOnly: true})
		}
	}
	one := oneDirectory("library-data", "docs/", "E1EXAMPLE2ID")
	all["directory-prefix.json"] = awspolicy.New(rows()["directory"].statements(one, false)...)
	return all
}

// Request is what a policy is for. Names may have the wildcard *, and without any it is for all.
type Request struct {
	For      []string // names of rows
	PlanOnly bool
	Buckets  []string // names of buckets, and domains of websites
	Users    []string
	Roles    []string
	Zones    []string // ids

	Partition, AccountID, Path string
}

// Policy allows what is requested. Rows share a statement where it is about the same things.
func Policy(r Request) awspolicy.Document {
	var all []awspolicy.Statement
	table := rows()
	for _, name := range r.For {
		for _, s := range table[name].statements(r.kinds(table[name].levels), r.PlanOnly) {
			same := func(other awspolicy.Statement) bool {
				return strings.TrimRight(other.Sid, "23456789") == s.Sid && slices.Equal(other.Resource, s.Resource)
			}
			if i := slices.IndexFunc(all, same); i >= 0 {
				all[i].Action = sorted(append(all[i].Action, s.Action...))
				continue
			}
			for n := 2; slices.ContainsFunc(all, func(o awspolicy.Statement) bool { return o.Sid == s.Sid }); n++ {
				s.Sid = fmt.Sprintf("%s%d", strings.TrimRight(s.Sid, "23456789"), n)
			}
			all = append(all, s)
		}
	}
	return awspolicy.New(all...)
}

// maxManagedPolicy is the most that IAM takes of a managed policy, in characters that are no white space.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxManagedPolicy = 6144

// Split are documents that IAM takes as managed policies and that allow together what one allows.
func Split(document awspolicy.Document) (all []awspolicy.Document) {
	var some []awspolicy.Statement
	for _, s := range slices.Concat(pieces(document.Statements)...) {
		if len(some) > 0 && len(awspolicy.New(append(slices.Clone(some), s)...).String()) > maxManagedPolicy {
			all, some = append(all, awspolicy.New(some...)), nil
		}
		some = append(some, s)
	}
	return append(all, awspolicy.New(some...))
}

// pieces are the statements, each in parts that are short enough for a document of their own: many names make it long.
func pieces(statements []awspolicy.Statement) (all [][]awspolicy.Statement) {
	for _, s := range statements {
		size, sid := len(awspolicy.New(s).String()), s.Sid
		parts := min(size/maxManagedPolicy*2+1, len(s.Resource)) // names differ in length
		var some []awspolicy.Statement
		for resources := range slices.Chunk(s.Resource, (len(s.Resource)+parts-1)/parts) {
			s.Resource = resources
			if len(some) > 0 {
				s.Sid = fmt.Sprintf("%sPart%d", sid, len(some)+1)
			}
			some = append(some, s)
		}
		all = append(all, some)
	}
	return all
}

// statements allow what the operations of the row need: one for each kind of thing.
func (r row) statements(kinds []kind, planOnly bool) (all []awspolicy.Statement) {
	apis := r.apply
	if planOnly && r.plan != nil {
		apis = r.plan
	}
	actions := map[string][]string{}
	for _, api := range apis {
		for _, operation := range awsclient.Permissions(api) {
			actions[operation.On] = append(actions[operation.On], operation.Actions...)
		}
	}
	for _, kind := range kinds {
		allowed := sorted(actions[kind.on])
		allowed = slices.DeleteFunc(allowed, func(action string) bool { return action == r.never })
		if len(allowed) > 0 {
			all = append(all, awspolicy.Statement{
				Sid: kind.sid, Effect: awspolicy.Allow, Action: allowed, Resource: kind.resources,
			})
		}
	}
	return all
}

func sorted(all []string) []string { return slices.Compact(slices.Sorted(slices.Values(all))) }

// kind is a kind of thing as the tag `on` of an operation names it.
type kind struct {
	on, sid   string
	resources []string
}

// siteLevels are the levels of a bucket with a site in front of it.
func siteLevels() []access.Level { return append(access.Levels(), access.WebAdmin) }

// kinds are as narrow as they can be with the names that are known: groups and policies only those that belong to a
// bucket, because the right to write any IAM policy is the right to everything.
func (r Request) kinds(levels []access.Level) []kind {
	account, path := cmp.Or(r.AccountID, "*"), cmp.Or(r.Path, "/")
	all := []kind{{"*", "Account", []string{"*"}}}
	for _, row := range [...]struct {
		on, sid, before string // the last: the ARN behind the partition and in front of the name
		names           []string
		after           string
	}{
		{"bucket", "Buckets", "s3:::", r.Buckets, ""},
		{"object", "Objects", "s3:::", r.Buckets, "/*"},
		{"group", "Groups", "iam::ACCOUNT:groupPATH", r.named(access.GroupName, levels), ""},
		{"policy", "Policies", "iam::ACCOUNT:policyPATH", r.named(access.PolicyName, levels), ""},
		{"membership", "Memberships", "iam::ACCOUNT:groupPATH", r.named(access.GroupName, siteLevels()), ""},
		{"anygroup", "AnyGroup", "iam::ACCOUNT:group/", nil, ""},
		{"user", "Users", "iam::ACCOUNT:userPATH", r.Users, ""},
		{"role", "Roles", "iam::ACCOUNT:rolePATH", r.Roles, ""},
		{"provider", "OIDCProviders", "iam::ACCOUNT:oidc-provider/", nil, ""},
		{"mfa", "MFADevices", "iam::ACCOUNT:mfa/", nil, ""},
		{"parameter", "Parameters", "ssm:*:ACCOUNT:parameter/", nil, ""},
		{"secret", "Secrets", "secretsmanager:*:ACCOUNT:secret:", nil, ""},
		{"distribution", "Distributions", "cloudfront::ACCOUNT:distribution/", nil, ""},
		{"access", "OriginAccessControls", "cloudfront::ACCOUNT:origin-access-control/", nil, ""},
		{"function", "Functions", "cloudfront::ACCOUNT:function/spinup-", nil, ""},
		{"zone", "Zones", "route53:::hostedzone/", r.Zones, ""},
		{"change", "Changes", "route53:::change/", nil, ""},
		{"certificate", "Certificates", "acm:us-east-1:ACCOUNT:certificate/", nil, ""},
	} {
		one := kind{on: row.on, sid: row.sid}
		before := strings.NewReplacer("ACCOUNT", account, "PATH", path).Replace(row.before)
		for _, name := range orAny(row.names) {
			one.resources = append(one.resources, "arn:"+cmp.Or(r.Partition, "aws")+":"+before+name+row.after)
		}
		all = append(all, one)
	}
	return all
}

// named are the names of what belongs to levels of the buckets.
func (r Request) named(name func(string, access.Level) string, levels []access.Level) (all []string) {
	for _, bucket := range orAny(r.Buckets) {
		for _, level := range levels {
			all = append(all, name(bucket, level))
		}
	}
	return all
}

// orAny is the wildcard for no names.
func orAny(names []string) []string {
	if len(names) == 0 {
		return []string{"*"}
	}
	return names
}

// oneDirectory are the resources of one directory: its prefix of its bucket, the manifests, which are at the top of the
// bucket, and the distribution whose caches it changes.
func oneDirectory(bucket, prefix, distribution string) []kind {
	arn := "arn:aws:s3:::" + bucket
	return []kind{
		{"bucket", "Buckets", []string{arn}},
		{"object", "Objects", []string{arn + "/" + directory.Reserved + "directory-*", arn + "/" + prefix + "*"}},
		{"distribution", "Distributions", []string{"arn:aws:cloudfront::111122223333:distribution/" + distribution}},
	}
}
