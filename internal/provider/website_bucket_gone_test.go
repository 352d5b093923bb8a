package provider_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// dropBucket deletes the site's bucket, of which only the placeholder is left, past the provider.
func dropBucket(t *testing.T, b *acctest.Bench) {
	t.Helper()
	name := aws.String(domain(b))
	acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: name, Key: aws.String("index.html")}))(t)
	acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: name}))(t)
}

// TestAccWebsite_bucketGone: a site whose bucket somebody deleted stays in state. The plan says what is missing, one apply
// makes the bucket anew with everything in it, and a destroy takes down what is left.
func TestAccWebsite_bucketGone(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b, `access_levels = ["read_only"]`, "versioning = false"))
		tf.Apply()
		id := distributionID(tf)
		dropBucket(t, b)
		change := tf.Plan(websiteAddress)
		same(t, "the plan does", []string{"update"}, change.Actions)
		saysAll(t, tf.Must("plan"), "Only remains are left", "+ origin_access", "+ versioning")
		tf.Apply()
		if now := distributionID(tf); now != id {
			t.Errorf("the distribution is %s, was %s", now, id)
		}
		tf.Empty()
		if status, _ := b.Fetch(t, domain(b), "/"); status != http.StatusOK {
			t.Errorf("the site made anew answers %d", status)
		}

		dropBucket(t, b)
		tf.Destroy()
		goneWhole(t, b)
	})
}
