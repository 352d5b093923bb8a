// Command permissions writes the IAM policies that the credentials of this provider need, as domain packages declare
// them, into the folder that its argument names. It may import the domain packages, awsclient and awspolicy.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

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

//go:generate go run . ../../examples/policies

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: permissions FOLDER")
	}
	for name, text := range policies() {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// policies are the documents by the name of their file.
func policies() map[string][]byte {
	buckets := subject{kinds: kinds(access.Levels())}
	sites := subject{kinds(siteLevels()), "s3:DeleteBucketPolicy"} // there is always a statement for the distribution
	seen := subject{kinds(siteLevels()), "route53:GetHostedZone"}  // nobody names the zone
	one := subject{kinds: oneDirectory("library-data", "docs/", "E1EXAMPLE2ID")}
	roles := subject{kinds: kinds([]access.Level{access.WebAdmin})}
	return map[string][]byte{
		"bucket.json":            buckets.policy(bucket.API{}, bucket.LockWrites{}, access.API{}, lifecyclerule.API{}),
		"bucket-plan.json":       buckets.policy(bucket.Reads{}, bucket.LockReads{}, access.Reads{}, lifecyclerule.Reads{}),
		"bucket-grant.json":      roles.policy(bucketgrant.API{}),
		"bucket-grant-plan.json": roles.policy(bucketgrant.Reads{}, bucketgrant.SiteReads{}),
		"bucket-role.json":       roles.policy(bucketrole.API{}),
		"bucket-role-plan.json":  roles.policy(bucketrole.Reads{}, bucketrole.SiteReads{}),
		"bucket-user.json": buckets.policy(bucketuser.Reads{}, bucketuser.Searches{}, bucketuser.Writes{},
			bucketuser.Cleanups{}),
		"bucket-user-stores.json":  buckets.policy(bucketuser.Stores{}),
		"bucket-user-plan.json":    buckets.policy(bucketuser.Reads{}, bucketuser.Searches{}),
		"lifecycle-rule.json":      buckets.policy(lifecyclerule.API{}),
		"lifecycle-rule-plan.json": buckets.policy(lifecyclerule.Reads{}),
		"object.json":              buckets.policy(object.API{}),
		"object-plan.json":         buckets.policy(object.Reads{}),
		"website.json": sites.policy(website.API{}, bucket.API{}, bucket.PlaceholderReads{}, access.API{},
			lifecyclerule.API{}),
		"website-plan.json":     sites.policy(website.Reads{}, bucket.Reads{}, access.Reads{}, lifecyclerule.Reads{}),
		"directory.json":        buckets.policy(directory.API{}),
		"directory-plan.json":   buckets.policy(directory.Reads{}, content.Reads{}),
		"directory-prefix.json": one.policy(directory.API{}),
		"ephemeral.json":        buckets.policy(lending.API{}, lending.LinkReads{}, secretstore.Reads{}),
		"actions.json": buckets.policy(website.Invalidations{}, bucket.EmptyingCalls{}, object.MoveCalls{},
			bucketuser.RotationCalls{}),
		"data-sources.json": seen.policy(bucket.Reads{}, bucket.LockReads{}, bucket.DataReads{}, access.Reads{},
			bucketuser.Reads{}, bucketuser.DataReads{}, bucketrole.Searches{}, bucketgrant.Searches{}, bucketgrant.Reads{},
			lifecyclerule.Reads{}, object.DataReads{}, website.Reads{}),
	}
}

// subject is what a policy is about: kinds of resources, and an action that is not needed although an api has it.
type subject struct {
	kinds []kind
	never string
}

// policy allows what the operations of the apis need: one statement for each kind of resource.
func (s subject) policy(apis ...any) []byte {
	actions := map[string][]string{}
	for _, api := range apis {
		for _, operation := range awsclient.Permissions(api) {
			actions[operation.On] = append(actions[operation.On], operation.Actions...)
		}
	}
	var statements []awspolicy.Statement
	for _, kind := range s.kinds {
		allowed := slices.Sorted(slices.Values(actions[kind.on]))
		allowed = slices.DeleteFunc(allowed, func(action string) bool { return action == s.never })
		if len(allowed) == 0 {
			continue
		}
		statements = append(statements, awspolicy.Statement{
			Sid: kind.sid, Effect: awspolicy.Allow, Action: slices.Compact(allowed), Resource: kind.resources,
		})
	}
	return indented(awspolicy.New(statements...))
}

// kind is a kind of resource as the tag `on` of an operation names it.
type kind struct {
	on, sid   string
	resources []string
}

// siteLevels are the levels of a bucket with a site in front of it.
func siteLevels() []access.Level { return append(access.Levels(), access.WebAdmin) }

// kinds are as narrow as they can be without knowing names: groups and policies only those that belong to a bucket,
// because the right to write any IAM policy is the right to everything.
func kinds(levels []access.Level) []kind {
	return []kind{
		{"*", "Account", []string{"*"}},
		{"bucket", "Buckets", []string{"arn:aws:s3:::*"}},
		{"object", "Objects", []string{"arn:aws:s3:::*/*"}},
		{"group", "Groups", named("group", access.GroupName, levels)},
		{"policy", "Policies", named("policy", access.PolicyName, levels)},
		{"membership", "Memberships", named("group", access.GroupName, siteLevels())},
		{"anygroup", "AnyGroup", []string{"arn:aws:iam::*:group/*"}},
		{"user", "Users", []string{"arn:aws:iam::*:user/*"}},
		{"role", "Roles", []string{"arn:aws:iam::*:role/*"}},
		{"provider", "OIDCProviders", []string{"arn:aws:iam::*:oidc-provider/*"}},
		{"mfa", "MFADevices", []string{"arn:aws:iam::*:mfa/*"}},
		{"parameter", "Parameters", []string{"arn:aws:ssm:*:*:parameter/*"}},
		{"secret", "Secrets", []string{"arn:aws:secretsmanager:*:*:secret:*"}},
		{"distribution", "Distributions", []string{"arn:aws:cloudfront::*:distribution/*"}},
		{"access", "OriginAccessControls", []string{"arn:aws:cloudfront::*:origin-access-control/*"}},
		{"function", "Functions", []string{"arn:aws:cloudfront::*:function/spinup-*"}},
		{"zone", "Zones", []string{"arn:aws:route53:::hostedzone/*"}},
		{"change", "Changes", []string{"arn:aws:route53:::change/*"}},
		{"certificate", "Certificates", []string{"arn:aws:acm:us-east-1:*:certificate/*"}},
	}
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

// named are the ARNs of what bears the name of a level of any bucket.
func named(what string, name func(string, access.Level) string, levels []access.Level) (arns []string) {
	for _, level := range levels {
		arns = append(arns, "arn:aws:iam::*:"+what+"/"+name("*", level))
	}
	return arns
}

func indented(document awspolicy.Document) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(document.String()), "", "  "); err != nil {
		panic(fmt.Sprintf("a document of ours is no JSON: %v", err))
	}
	b.WriteByte('\n')
	return b.Bytes()
}
