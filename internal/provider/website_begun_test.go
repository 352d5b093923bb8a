package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccWebsite_begun: what a killed create leaves first is a bucket: empty and of the site's name, or with the site's
// tag. The import that the error names finds it, and the next apply finishes the site.
func TestAccWebsite_begun(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		for name, tagged := range map[string]bool{domain(b): false, b.Name + "-files": true} {
			acctest.Must(b.S3().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}))(t)
			tf := b.Served(t)
			config := b.Provider() + site(b, fmt.Sprintf("bucket_name = %q", name), "wait_for_deployment = false")
			tf.Write(config)
			if tagged {
				saysAll(t, tf.MustFail("plan"), "Website cannot be created", "the bucket "+name+" exists already",
					"there is no website "+domain(b), "set bucket_name to a name that is free")
				acctest.Must(b.S3().PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{
					Bucket: &name, Tagging: &s3types.Tagging{TagSet: []s3types.Tag{
						{Key: aws.String("spinup:website"), Value: aws.String(domain(b))},
					}},
				}))(t)
			}
			saysAll(t, tf.MustFail("plan"), "Website exists already", fmt.Sprintf("id = %q", domain(b)))
			tf.Write(config + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", websiteAddress, domain(b)))
			tf.Apply()
			tf.Empty()
			tf.Destroy()
			goneWhole(t, b)
		}
	})
}

// TestAccWebsite_oneBucket: of two sites with one bucket name the error says that the bucket exists, and shows no import of
// a site that does not.
func TestAccWebsite_oneBucket(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		lines := []string{fmt.Sprintf("bucket_name = %q", b.Name+"-files"), "wait_for_deployment = false"}
		second := strings.NewReplacer(`"test"`, `"second"`, domain(b), "second."+zone(b)).Replace(site(b, lines...))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, lines...))
		tf.Apply()
		tf.Write(b.Provider() + site(b, lines...) + second)
		out := tf.MustFail("plan")
		saysAll(t, out, "Website cannot be created", "bucket_name: ", "the bucket "+b.Name+"-files exists already")
		if strings.Contains(out, "import {") {
			t.Errorf("it shows an import:\n%s", out)
		}
		tf.Write(b.Provider() + site(b, lines...))
		tf.Destroy()
		goneWhole(t, b)
	})
}
