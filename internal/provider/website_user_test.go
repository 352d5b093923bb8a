package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// TestAccWebsite_user: a user of a site who is confined to a path puts pages there, has them dropped from the caches, and
// may do neither elsewhere.
func TestAccWebsite_user(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed+", and it has the policy simulator", func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeCertificate(t, "*."+zone(b))
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b, "force_destroy = true", "require_tls = false") + fmt.Sprintf(`
resource "spinup_website" "other" {
  domain              = "other.%s"
  wait_for_deployment = false
}

resource "spinup_bucket_user" "test" {
  bucket     = spinup_website.test.bucket_name
  name       = "%s-docs"
  access     = "read_write"
  path       = "/docs/"
  web_admin  = true
  access_key = { store = { ssm_parameter = "/%[2]s" } }
}
`, zone(b), b.Name))
		tf.Apply()
		tf.Empty()
		key := acctest.Must(b.LookUp(t.Context(), "/"+b.Name))(t)

		objects := b.As(key.ID, key.Secret)
		put := func(key string) error {
			_, err := objects.PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: aws.String(domain(b)), Key: &key, Body: strings.NewReader(key),
			})
			return err
		}
		if err := put("docs/new.html"); err != nil {
			t.Errorf("it may not put a page below its path: %v", err)
		}
		if err := put("new.html"); !awsclient.IsAccessDenied(err) {
			t.Errorf("it puts a page outside of its path: %v", err)
		}
		wantAnswers(t, b, "put by the user", answer{domain(b), "/docs/new.html", http.StatusOK, "docs/new.html"})

		// The emulator asks IAM about objects, but not about caches.
		caches := []string{"cloudfront:CreateInvalidation", "cloudfront:ListInvalidations", "cloudfront:UpdateDistribution"}
		for name, want := range map[string][]string{
			"test":  {"cloudfront:CreateInvalidation", "cloudfront:ListInvalidations"},
			"other": {},
		} {
			arn, _ := tf.State("spinup_website." + name)["distribution_arn"].(string)
			if diff := cmp.Diff(want, simulateUser(t, b, "docs", arn, caches, nil)); diff != "" {
				t.Errorf("what it may do with the caches of %s (-want +got):\n%s", name, diff)
			}
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}
