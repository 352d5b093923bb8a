package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// everybodys is why a test that leaves a distribution behind needs an account of its own.
const everybodys = "whatever distribution is left to be deleted, the next test would delete"

const websiteAddress = "spinup_website.test"

// TestAccWebsite_destroyDisable: a destroy that does not wait leaves the disabled distribution and what it uses, and
// nothing else; the next change of another site deletes that.
func TestAccWebsite_destroyDisable(t *testing.T) {
	acctest.Alone(t, emulator.Fakecloud, everybodys, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		other := func(step string) string {
			return b.Provider() + fmt.Sprintf("resource \"spinup_website\" \"other\" {\ndomain = %q\ntags = { Step = %q }\n}\n",
				"other."+zone(b), step)
		}
		tf := b.Played(t)
		tf.Write(other("before") + site(b, `destroy_mode = "disable"`))
		tf.Apply()
		id := distributionID(tf)
		b.MakeCertificate(t, "*."+zone(b)) // somebody else's, which is not to be taken for ours

		tf.Write(other("before"))
		b.Edge.Reset()
		slowly(b, tf.Apply)
		if polls := callsAfter(b, "cloudfront:UpdateDistribution", "cloudfront:GetDistribution"); polls > 0 {
			t.Errorf("the distribution was asked for %d times after it was disabled, want none", polls)
		}
		wantRetired(t, b, id)
		wantLeft(t, b, "certificate", "distribution", "function", "origin access control", "record CNAME")

		b.Edge.Reset()
		tf.Empty()
		if n := b.Edge.Mutations(); n > 0 {
			t.Errorf("a plan makes %d changes", n)
		}
		untilStatus(t, b, id, "Deployed")
		tf.Write(other("after"))
		tf.Apply()
		b.GoneSite(t, domain(b))
		tf.Empty()
		tf.Destroy()
		b.GoneSite(t, "other."+zone(b))
	})
}

// leftDisabled makes a site and destroys it without waiting, so that its distribution is left.
func leftDisabled(t *testing.T, b *acctest.Bench) (tf *acctest.Player, distribution string) {
	t.Helper()
	b.MakeZone(t, zone(b))
	tf = b.Played(t)
	tf.Write(b.Provider() + site(b, `destroy_mode = "disable"`, "wait_for_deployment = false"))
	tf.Apply()
	distribution = distributionID(tf)
	slowly(b, tf.Destroy)
	wantRetired(t, b, distribution)
	return tf, distribution
}

// TestAccReapAction: the action deletes what the last site of an account has left.
func TestAccReapAction(t *testing.T) {
	acctest.Alone(t, emulator.Fakecloud, everybodys, func(t *testing.T, b *acctest.Bench) {
		_, id := leftDisabled(t, b)
		s := play(t, b, values{"endpoints": endpoints(b)})
		untilStatus(t, b, id, "Deployed")
		progress, diags := s.Invoke("spinup_reap", values{})
		wellDone(t, diags)
		same(t, "progress", []string{"deleted the distribution " + id + " of " + domain(b)}, progress)
		b.GoneSite(t, domain(b))
		progress, diags = s.Invoke("spinup_reap", values{})
		wellDone(t, diags)
		same(t, "progress of the next", 0, len(progress))
	})
}

// TestAccWebsite_madeAgain: a site whose distribution is still to be deleted can be made again at once. That deletes the
// distribution, and nothing that the new one uses.
func TestAccWebsite_madeAgain(t *testing.T) {
	acctest.Alone(t, emulator.Fakecloud, everybodys, func(t *testing.T, b *acctest.Bench) {
		tf, former := leftDisabled(t, b)
		quietly := func() {
			if out := tf.Apply(); strings.Contains(out, "Warning") {
				t.Errorf("it warns:\n%s", out)
			}
		}
		quietly()
		if now := distributionID(tf); now == former {
			t.Fatalf("the disabled distribution %s was taken", now)
		}
		until(t, "the former distribution to be deployed, or gone", func(ctx context.Context) (bool, error) {
			out, err := b.CloudFront().GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &former})
			return awsclient.IsNotFound(err) || err == nil && *out.Distribution.Status == "Deployed", nil
		})
		tf.Write(b.Provider() + site(b, "tags = { Step = \"after\" }"))
		quietly()
		if left := distributions(t, b); !slices.Equal(left, []string{distributionID(tf)}) {
			t.Errorf("distributions %v, want that of the new site only", left)
		}
		tf.Empty()
		if status, _ := b.Fetch(t, domain(b), "/"); status != http.StatusOK {
			t.Errorf("the new site answers %d", status)
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// TestAccWebsite_waitRunsOut: a wait that runs out is a warning when the site is made, with everything in state, and an
// error when it is destroyed, after which the next destroy goes on.
func TestAccWebsite_waitRunsOut(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeCertificate(t, domain(b))                                                      // its own wait would run out too
		tf := b.Played(t, func(p *awsclient.Pace) { p.Deployment = 200 * time.Millisecond }) // a fifth of what it takes
		tf.Write(b.Provider() + site(b))
		progress := b.Edge.Inject(gateway.Rule{Match: gateway.Op("cloudfront:GetDistribution"), Fault: gateway.Stale()})
		saysAll(t, acctest.Flat(tf.Apply()), "Warning: ", "to be deployed", "Everything configured exists and is in state")
		made := tf.State(websiteAddress)
		if got := made["distribution_status"]; got != "InProgress" {
			t.Errorf("distribution_status is %v, want InProgress", got)
		}
		for name, value := range made {
			if value == nil && slices.Contains([]string{"url", "distribution_id", "dns_records", "groups", "certificate_arn"}, name) {
				t.Errorf("state has no %s", name)
			}
		}
		progress()
		untilStatus(t, b, distributionID(tf), "Deployed")
		tf.Empty()

		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "to be deployed", "`terraform destroy` goes on from there")
		id := distributionID(tf)
		if id == "" {
			t.Fatal("the distribution is not in state any more")
		}
		untilStatus(t, b, id, "Deployed")
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// TestAccWebsite_uploadedMeanwhile: a file that comes into the bucket while the distribution is being deleted stops the
// destroy. It stays, and so does the site in state.
func TestAccWebsite_uploadedMeanwhile(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b))
		tf.Apply()
		late := b.Edge.Inject(gateway.Rule{Match: func(call gateway.Call) bool {
			if call.Name() == "cloudfront:DeleteDistribution" {
				b.PutObject(t, domain(b), "late.html")
			}
			return false
		}})
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), domain(b), "not empty")
		late()
		out := acctest.Must(b.S3().ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(domain(b))}))(t)
		var keys []string
		for _, object := range out.Contents {
			keys = append(keys, *object.Key)
		}
		if !slices.Contains(keys, "late.html") {
			t.Errorf("the bucket holds %v", keys)
		}
		if tf.State(websiteAddress) == nil {
			t.Error("the site is not in state any more")
		}
		for _, key := range keys {
			acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(domain(b)), Key: &key}))(t)
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// TestAccWebsite_noWait: without wait_for_deployment nothing waits, and the next plan has nothing to do.
func TestAccWebsite_noWait(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeCertificate(t, domain(b))
		tf := b.Played(t)
		const few = 4 // whoever waits looks again and again
		looks := func() (n int) {
			for _, call := range b.Edge.Calls() { // not at what others left to be deleted
				if call.Name() == "cloudfront:GetDistribution" && strings.HasSuffix(call.Resource, "/"+distributionID(tf)) {
					n++
				}
			}
			return n
		}
		tf.Write(b.Provider() + site(b, "wait_for_deployment = false"))
		tf.Apply()
		if n := looks(); n > few {
			t.Errorf("the new distribution was looked at %d times", n)
		}
		tf.Empty()
		b.Edge.Reset()
		tf.Write(b.Provider() + site(b, "wait_for_deployment = false", `price_class = "PriceClass_All"`))
		tf.Apply()
		if n := looks(); n > few {
			t.Errorf("the updated distribution was looked at %d times", n)
		}
		if n := b.Edge.Counts()["cloudfront:UpdateDistribution"]; n != 1 {
			t.Errorf("%d updates of the distribution, want one", n)
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// TestAccWebsite_oneTag: a changed tag is written without a deployment, and so without waiting for one.
func TestAccWebsite_oneTag(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, `tags = { Step = "before", Keep = "this" }`))
		tf.Apply()
		tf.Write(b.Provider() + site(b, `tags = { Step = "after", Keep = "this" }`))
		change := tf.Plan(websiteAddress)
		if got := change.Attributes(); !slices.Equal(got, []string{"tags", "tags_all"}) {
			t.Errorf("the plan changes %v, want the tags only", got)
		}
		b.Edge.Reset()
		tf.Must("apply", "test.plan")
		counts := map[string]int{}
		for _, call := range b.Edge.Calls() {
			if strings.HasSuffix(call.Resource, "/"+distributionID(tf)) { // not what others left to be deleted
				counts[call.Name()]++
			}
		}
		for call, want := range map[string]int{
			"cloudfront:UpdateDistribution": 0, "cloudfront:TagResource": 1, "cloudfront:UntagResource": 0,
			"cloudfront:GetDistribution": 2, // looked at, and read back
		} {
			if counts[call] != want {
				t.Errorf("%s was called %d times, want %d", call, counts[call], want)
			}
		}
		tf.Empty()
		tf.Destroy()
	})
}

// slowly runs a command as if CloudFront took its usual minutes: what it disables it does not see deployed at its end.
func slowly(b *acctest.Bench, command func() string) {
	defer b.Edge.Inject(gateway.Rule{Match: gateway.Op("cloudfront:ListDistributions"), Fault: gateway.Stale()})()
	command()
}

func distributionID(tf acctest.Runner) string {
	id, _ := tf.State(websiteAddress)["distribution_id"].(string)
	return id
}

// callsAfter counts the calls of an operation after the last of another.
func callsAfter(b *acctest.Bench, last, operation string) (count int) {
	for _, call := range b.Edge.Calls() {
		switch call.Name() {
		case last:
			count = 0
		case operation:
			count++
		}
	}
	return count
}

// wantRetired requires that the distribution is there, disabled, without names, and marked for a later run.
func wantRetired(t *testing.T, b *acctest.Bench, id string) {
	t.Helper()
	d := acctest.Must(b.CloudFront().GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: &id}))(t).Distribution
	if config := d.DistributionConfig; *config.Enabled || len(config.Aliases.Items) > 0 {
		t.Errorf("the distribution has enabled = %v and the names %v, want it disabled without any", *config.Enabled,
			config.Aliases.Items)
	}
	tags := acctest.Must(b.CloudFront().ListTagsForResource(t.Context(), &cloudfront.ListTagsForResourceInput{Resource: d.ARN}))(t)
	if !slices.ContainsFunc(tags.Tags.Items, func(tag types.Tag) bool {
		return *tag.Key == "spinup:reap" && aws.ToString(tag.Value) == domain(b)
	}) {
		t.Errorf("the distribution bears the tags %v", tags.Tags.Items)
	}
}

// wantLeft requires that just these kinds of things are left of the site.
func wantLeft(t *testing.T, b *acctest.Bench, kinds ...string) {
	t.Helper()
	left := b.SiteLeftovers(t, domain(b))
	for i, what := range left {
		left[i] = what[:strings.LastIndex(what, " ")]
	}
	slices.Sort(left)
	if !slices.Equal(left, kinds) {
		t.Errorf("left are %v, want %v", left, kinds)
	}
}

func distributions(t *testing.T, b *acctest.Bench) (ids []string) {
	t.Helper()
	list := acctest.Must(b.CloudFront().ListDistributions(t.Context(), &cloudfront.ListDistributionsInput{}))(t)
	for _, d := range list.DistributionList.Items {
		ids = append(ids, *d.Id)
	}
	return ids
}

// untilStatus waits until the distribution has the status.
func untilStatus(t *testing.T, b *acctest.Bench, id, want string) {
	t.Helper()
	until(t, "the distribution to be "+want, func(ctx context.Context) (bool, error) {
		out, err := b.CloudFront().GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
		return err == nil && *out.Distribution.Status == want, err
	})
}

// until waits for something, for half a minute at most.
func until(t *testing.T, what string, done func(context.Context) (bool, error)) {
	t.Helper()
	pace := acctest.Pace()
	pace.Consistency = 30 * time.Second
	if err := awsclient.Until(t.Context(), pace, what, done); err != nil {
		t.Fatal(err)
	}
}
