package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// Two rules of cors_rules.
const (
	uploads = `{ id = "up", allowed_methods = ["PUT"], allowed_origins = ["https://*.example.edu"],
    allowed_headers = ["x-amz-*"], expose_headers = ["ETag"], max_age_seconds = 0 }`
	reads = `{ allowed_methods = ["GET", "HEAD"], allowed_origins = ["*"] }`
)

// corsSeen are the live rules, each as one text; none where there is no configuration.
func corsSeen(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	out, err := b.S3().GetBucketCors(t.Context(), &s3.GetBucketCorsInput{Bucket: &b.Name})
	if !found(t, "the CORS configuration", err) {
		return nil
	}
	var all []string
	for _, r := range out.CORSRules {
		parts := []string{aws.ToString(r.ID)}
		for _, list := range [][]string{r.AllowedMethods, r.AllowedOrigins, r.AllowedHeaders, r.ExposeHeaders} {
			if len(list) > 0 {
				parts = append(parts, strings.Join(list, ","))
			}
		}
		if r.MaxAgeSeconds != nil {
			parts = append(parts, fmt.Sprint(*r.MaxAgeSeconds))
		}
		all = append(all, strings.Join(parts, " "))
	}
	return all
}

// corsIs requires the live rules. LocalStack gives every rule an id.
func corsIs(want ...string) func(*testing.T, *acctest.Bench) {
	return func(t *testing.T, b *acctest.Bench) {
		seen := corsSeen(t, b)
		for i := range seen {
			if i < len(want) && strings.HasPrefix(want[i], " ") {
				_, rest, _ := strings.Cut(seen[i], " ")
				seen[i] = " " + rest
			}
		}
		same(t, "CORS rules", want, seen)
	}
}

// putCORS replaces the CORS configuration by rules of these ids; "mine" is the one of the configuration. None deletes it.
func putCORS(t *testing.T, b *acctest.Bench, ids ...string) {
	t.Helper()
	if len(ids) == 0 {
		acctest.Must(b.S3().DeleteBucketCors(t.Context(), &s3.DeleteBucketCorsInput{Bucket: &b.Name}))(t)
		return
	}
	var rules []types.CORSRule
	for _, id := range ids {
		rule := types.CORSRule{ID: aws.String(id), AllowedMethods: []string{"DELETE"}, AllowedOrigins: []string{"https://theirs.example.edu"}}
		if id == "mine" {
			rule = types.CORSRule{
				ID: aws.String("up"), AllowedMethods: []string{"PUT"}, AllowedOrigins: []string{"https://*.example.edu"},
				AllowedHeaders: []string{"x-amz-*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: new(int32),
			}
		}
		rules = append(rules, rule)
	}
	acctest.Must(b.S3().PutBucketCors(t.Context(), &s3.PutBucketCorsInput{
		Bucket: &b.Name, CORSConfiguration: &types.CORSConfiguration{CORSRules: rules},
	}))(t)
}

// TestAccBucket_corsOfOthers: rules of others are left alone while none are wanted, taken over when they are the same,
// and read by an import with their ids.
func TestAccBucket_corsOfOthers(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		write := func(lines ...string) {
			tf.Write(b.Provider() + bucketNamed(b.Name, append(lines, "access_levels = []")...))
		}
		write()
		tf.Apply()
		putCORS(t, b, "mine")
		tf.Empty()
		write(`tags = { A = "1" }`)
		tf.Apply()
		same(t, "theirs", 1, len(corsSeen(t, b)))

		without := strings.Replace(uploads, `id = "up", `, "", 1)
		write("cors_rules = [" + without + "]") // just the same but for its id, which is left
		b.Gateway.Reset()
		tf.Apply()
		tf.Empty()
		same(t, "puts", 0, b.Gateway.Counts()["s3:PutBucketCors"])
		corsIs("up PUT https://*.example.edu x-amz-* ETag 0")(t, b)

		putCORS(t, b, "theirs") // between a plan and its apply
		write()
		out, code := tf.Run("apply", "-auto-approve", "-refresh=false")
		if code == 0 {
			t.Error("it was deleted, although it is not what the plan showed")
		}
		saysAll(t, out, "not the one that was read before", "https://theirs.example.edu", "plan again")
		tf.Apply() // which shows it
		same(t, "rules", 0, len(corsSeen(t, b)))

		putCORS(t, b, "mine", "theirs")
		tf.ForgetState()
		write("cors_rules = [" + uploads + `, { id = "theirs", allowed_methods = ["DELETE"], allowed_origins = ["https://theirs.example.edu"] }]`)
		tf.Must("import", testBucket, b.Name)
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
