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
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
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
	return map[string][]byte{
		"bucket.json":              policy(bucket.API{}, lifecyclerule.API{}),
		"bucket-plan.json":         policy(bucket.Reads{}, lifecyclerule.Reads{}),
		"bucket-user.json":         policy(bucketuser.Reads{}, bucketuser.Writes{}, bucketuser.Cleanups{}),
		"bucket-user-stores.json":  policy(bucketuser.Stores{}),
		"bucket-user-plan.json":    policy(bucketuser.Reads{}),
		"lifecycle-rule.json":      policy(lifecyclerule.API{}),
		"lifecycle-rule-plan.json": policy(lifecyclerule.Reads{}),
		"data-sources.json": policy(bucket.Reads{}, bucket.CatalogAPI{}, bucketuser.Reads{}, bucketuser.CatalogAPI{},
			lifecyclerule.Reads{}),
	}
}

// policy allows what the operations of the apis need: one statement for each kind of resource.
func policy(apis ...any) []byte {
	actions := map[string][]string{}
	for _, api := range apis {
		for _, operation := range awsclient.Permissions(api) {
			actions[operation.On] = append(actions[operation.On], operation.Actions...)
		}
	}
	var statements []awspolicy.Statement
	for _, kind := range kinds() {
		allowed := slices.Sorted(slices.Values(actions[kind.on]))
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

// kinds are as narrow as they can be without knowing names: groups and policies only those that belong to a bucket,
// because the right to write any IAM policy is the right to everything.
func kinds() []kind {
	var groups, policies []string
	for _, level := range bucket.Levels {
		groups = append(groups, "arn:aws:iam::*:group/"+bucket.GroupName("*", level))
		policies = append(policies, "arn:aws:iam::*:policy/"+bucket.PolicyName("*", level))
	}
	return []kind{
		{"*", "Account", []string{"*"}},
		{"bucket", "Buckets", []string{"arn:aws:s3:::*"}},
		{"object", "Objects", []string{"arn:aws:s3:::*/*"}},
		{"group", "Groups", groups},
		{"policy", "Policies", policies},
		{"membership", "Memberships", append(groups, "arn:aws:iam::*:group/"+bucketuser.WebAdminGroup("*"))},
		{"anygroup", "AnyGroup", []string{"arn:aws:iam::*:group/*"}},
		{"user", "Users", []string{"arn:aws:iam::*:user/*"}},
		{"mfa", "MFADevices", []string{"arn:aws:iam::*:mfa/*"}},
		{"parameter", "Parameters", []string{"arn:aws:ssm:*:*:parameter/*"}},
		{"secret", "Secrets", []string{"arn:aws:secretsmanager:*:*:secret:*"}},
	}
}

func indented(document awspolicy.Document) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(document.String()), "", "  "); err != nil {
		panic(fmt.Sprintf("a document of ours is no JSON: %v", err))
	}
	b.WriteByte('\n')
	return b.Bytes()
}
