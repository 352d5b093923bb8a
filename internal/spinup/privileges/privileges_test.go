package privileges

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// allows is a policy as a set of action and resource, whatever its statements are.
func allows(documents ...awspolicy.Document) map[[2]string]bool {
	all := map[[2]string]bool{}
	for _, d := range documents {
		for _, s := range d.Statements {
			for _, action := range s.Action {
				for _, resource := range s.Resource {
					all[[2]string{action, resource}] = true
				}
			}
		}
	}
	return all
}

// TestPolicy_together: what rows need together is what each of them needs, no more, and every Sid is there once.
func TestPolicy_together(t *testing.T) {
	for _, planOnly := range []bool{false, true} {
		whole := Policy(Request{For: Resources(), PlanOnly: planOnly})
		var parts []awspolicy.Document
		for _, name := range Resources() {
			parts = append(parts, Policy(Request{For: []string{name}, PlanOnly: planOnly}))
		}
		if diff := cmp.Diff(allows(parts...), allows(whole)); diff != "" {
			t.Errorf("plan only %t (-each +together):\n%s", planOnly, diff)
		}
		seen := map[string]bool{}
		for _, s := range whole.Statements {
			if seen[s.Sid] {
				t.Errorf("the Sid %s is there twice", s.Sid)
			}
			seen[s.Sid] = true
		}
	}
}

// TestSplit: the documents allow the same, and IAM takes each of them.
func TestSplit(t *testing.T) {
	r := Request{
		For: append(Resources(), DataSources, Ephemerals, SecretStores), Buckets: []string{"data-*", "www.example.edu"},
		AccountID: "111122223333", Path: "/library/",
	}
	splits(t, Policy(r))
	for i := range 60 { // more than one statement holds
		r.Buckets = append(r.Buckets, fmt.Sprintf("data-of-laboratory-%d.example.edu", i))
	}
	splits(t, Policy(r))
}

func splits(t *testing.T, whole awspolicy.Document) {
	t.Helper()
	documents := Split(whole)
	if len(documents) < 2 {
		t.Fatalf("%d documents for %d characters", len(documents), len(whole.String()))
	}
	for _, d := range documents {
		if n := len(d.String()); n > maxManagedPolicy {
			t.Errorf("a document has %d characters", n)
		}
		sids := map[string]bool{}
		for _, s := range d.Statements {
			sids[s.Sid] = true
		}
		if len(sids) != len(d.Statements) {
			t.Errorf("two statements of a document have one Sid: %s", d)
		}
	}
	if diff := cmp.Diff(allows(whole), allows(documents...)); diff != "" {
		t.Errorf("(-whole +split):\n%s", diff)
	}
}

// TestPolicy_planOnly: who only plans may write nothing, whatever else the credentials are for.
func TestPolicy_planOnly(t *testing.T) {
	policy := Policy(Request{For: append(Resources(), Actions, DataSources, SecretStores), PlanOnly: true})
	for _, s := range policy.Statements {
		for _, action := range s.Action {
			_, verb, _ := strings.Cut(action, ":")
			if !slices.ContainsFunc([]string{"Get", "List", "Describe", "Head"}, func(reads string) bool {
				return strings.HasPrefix(verb, reads)
			}) {
				t.Errorf("%s: %s", s.Sid, action)
			}
		}
	}
}

// TestPolicy_narrow: names, account, path and partition are in every ARN that has a place for them.
func TestPolicy_narrow(t *testing.T) {
	policy := Policy(Request{
		For: []string{"bucket", "bucket-user", "bucket-role", "website"}, Buckets: []string{"data-*"},
		Users: []string{"ann"}, Roles: []string{"reader"}, Zones: []string{"Z1EXAMPLE"},
		AccountID: "111122223333", Path: "/library/", Partition: "aws-cn",
	})
	var all []string
	for _, s := range policy.Statements {
		all = append(all, s.Resource...)
	}
	for _, want := range []string{
		"arn:aws-cn:s3:::data-*", "arn:aws-cn:s3:::data-*/*", "arn:aws-cn:iam::111122223333:user/library/ann",
		"arn:aws-cn:iam::111122223333:role/library/reader", "arn:aws-cn:route53:::hostedzone/Z1EXAMPLE",
		"arn:aws-cn:iam::111122223333:group/library/data-*-BktAdmGrp",
		"arn:aws-cn:iam::111122223333:policy/library/data-*-WebAdmPlc",
		"arn:aws-cn:acm:us-east-1:111122223333:certificate/*",
	} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is not in %s", want, strings.Join(all, "\n"))
		}
	}
	for _, arn := range all {
		if arn == "arn:aws-cn:s3:::*" || strings.Contains(arn, "::*:") || strings.HasPrefix(arn, "arn:aws:") {
			t.Errorf("%s is wider than asked for", arn)
		}
	}
}
