package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccBucket_scale counts what many buckets cost: so much for each, and nothing for each that one call can tell of
// all.
func TestAccBucket_scale(t *testing.T) {
	const (
		buckets = 50
		looks   = 20 // data sources

		refreshCalls = 12               // of one bucket: root, eight settings, group, its policies, policy, its text; 13 is the promise
		changeCalls  = refreshCalls + 2 // one tag: looked at, written, read back
		policyCalls  = refreshCalls + 3 // the policy's last statement: looked at, again before it is deleted, deleted, read back
		lookCalls    = 23               // of a data source: it finds the region first, looks at all levels, lifecycle, CORS, locks, and for contents
	)
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Terraform(t)
		provider := b.Provider(fmt.Sprintf("access_log = { bucket = %q }", b.Name+"-log"))
		config := func(changed, plain int) string {
			return provider + fmt.Sprintf(`
resource "spinup_bucket" "test" {
  count = %d
  name  = "%s-${count.index}"
  tags  = { Step = count.index < %d ? "after" : "before" }

  require_tls = count.index >= %d
}
`, buckets, b.Name, changed, plain)
		}
		tf.Write(config(0, 0))
		tf.Apply()
		if made := numberedThings(t, b); len(made) != 3*buckets {
			t.Errorf("%d buckets, groups and policies were made, want %d", len(made), 3*buckets)
		}

		b.Gateway.Reset()
		tf.Empty()
		seen := callsOf(b)
		if len(seen) != buckets {
			t.Errorf("%d buckets were refreshed, want %d", len(seen), buckets)
		}
		for name, calls := range seen {
			total := 0
			for call, times := range calls {
				total += times
				if times > 1 {
					t.Errorf("%s: %s was asked %d times in one refresh", name, call, times)
				}
			}
			if total != refreshCalls {
				t.Errorf("%s: the refresh took %d calls, want %d: %v", name, total, refreshCalls, calls)
			}
		}
		shared(t, b, buckets*refreshCalls, 0, 0)

		b.Gateway.Reset()
		tf.Write(config(1, 0))
		tf.Must("apply", "-auto-approve", "-refresh=false")
		if seen := callsOf(b); len(seen) != 1 {
			t.Errorf("one changed tag made calls about %d buckets", len(seen))
		}
		shared(t, b, changeCalls, 0, 0)

		b.Gateway.Reset()
		tf.Write(config(1, 1))
		tf.Must("apply", "-auto-approve", "-refresh=false")
		shared(t, b, policyCalls, 0, 1) // a store that is slow to answer has the policy read again

		b.Gateway.Reset()
		look := b.Terraform(t)
		look.Write(provider + fmt.Sprintf(
			"data \"spinup_bucket\" \"test\" {\ncount = %d\nname  = \"%s-${count.index}\"\n}\n", looks, b.Name))
		look.Must("plan")
		shared(t, b, looks*lookCalls, 1, 0)

		tf.Destroy()
		if left := numberedThings(t, b); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// numberedThings lists what bears the name of one of the test's numbered buckets. It is quicker than looking for each.
func numberedThings(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	var all []string
	for _, one := range acctest.Must(b.S3().ListBuckets(t.Context(), &s3.ListBucketsInput{}))(t).Buckets {
		all = append(all, *one.Name)
	}
	for pages := iam.NewListGroupsPaginator(b.IAM(), &iam.ListGroupsInput{}); pages.HasMorePages(); {
		for _, group := range acctest.Must(pages.NextPage(t.Context()))(t).Groups {
			all = append(all, *group.GroupName)
		}
	}
	for pages := iam.NewListPoliciesPaginator(b.IAM(), &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}); pages.HasMorePages(); {
		for _, policy := range acctest.Must(pages.NextPage(t.Context()))(t).Policies {
			all = append(all, *policy.PolicyName)
		}
	}
	mine := numbered(b)
	return slices.DeleteFunc(all, func(name string) bool { return !mine.MatchString(name) })
}

// numbered finds the name of one of the test's buckets in the names of what belongs to it.
func numbered(b *acctest.Bench) *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta(b.Name) + `-\d+`)
}

// callsOf counts the calls about each of the test's buckets, by what was asked of what.
func callsOf(b *acctest.Bench) map[string]map[string]int {
	mine := numbered(b)
	seen := map[string]map[string]int{}
	for _, call := range b.Gateway.Calls() {
		name := mine.FindString(call.Resource)
		if name == "" {
			continue
		}
		if seen[name] == nil {
			seen[name] = map[string]int{}
		}
		seen[name][call.Name()+" "+call.Resource]++
	}
	return seen
}

// shared holds the run of one process to so many calls about single buckets, or a few more, one that asks who is calling,
// and so many lists of the account.
func shared(t *testing.T, b *acctest.Bench, single, lists, more int) {
	t.Helper()
	counts := b.Gateway.Counts()
	if got := counts["sts:GetCallerIdentity"]; got != 1 {
		t.Errorf("GetCallerIdentity was called %d times, want once", got)
	}
	if got := counts["s3:ListBuckets"]; got != lists {
		t.Errorf("ListBuckets was called %d times, want %d", got, lists)
	}
	if got := b.Gateway.Total() - 1 - lists; got < single || got > single+more {
		t.Errorf("%d calls about single buckets, want %d: %v", got, single, counts)
	}
}
