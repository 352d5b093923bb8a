package awsclient_test

import (
	"crypto/md5"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// sent is one request as a store got it.
type sent struct {
	header http.Header
	md5    string // of the body
	signed []string
}

var signedHeaders = regexp.MustCompile(`SignedHeaders=([^,]+)`)

// store answers every call with a success, and drops the first attempt of each.
func store(t *testing.T) (url string, got func() sent) {
	t.Helper()
	var mu sync.Mutex
	var all []sent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sum := md5.Sum(body)
		one := sent{header: r.Header, md5: base64.StdEncoding.EncodeToString(sum[:])}
		if m := signedHeaders.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
			one.signed = strings.Split(m[1], ";")
		}
		mu.Lock()
		all = append(all, one)
		first := len(all)%2 == 1
		mu.Unlock()
		if first {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("X-Amz-Request-Id", "RQ0")
		if r.URL.Query().Has("delete") {
			_, _ = io.WriteString(w, `<DeleteResult/>`)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, func() sent {
		mu.Lock()
		defer mu.Unlock()
		return all[len(all)-1]
	}
}

// TestQuirks: what a store has to be asked in another way changes just that, with every operation and every attempt.
// A row of the table without a quirk asks as AWS wants it.
func TestQuirks(t *testing.T) {
	clean(t)
	type call func(*s3.Client) error
	required := map[string]call{
		"DeleteObjects": func(c *s3.Client) error {
			_, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{
				Bucket: aws.String("demo"), Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: aws.String("k")}}},
			})
			return err
		},
		"PutBucketPolicy": func(c *s3.Client) error {
			_, err := c.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{
				Bucket: aws.String("demo"), Policy: aws.String("{}"),
			})
			return err
		},
		"PutBucketLifecycleConfiguration": func(c *s3.Client) error {
			_, err := c.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
				Bucket: aws.String("demo"), LifecycleConfiguration: &types.BucketLifecycleConfiguration{
					Rules: []types.LifecycleRule{{Status: types.ExpirationStatusEnabled}},
				},
			})
			return err
		},
	}
	optional := map[string]call{
		"PutObject": func(c *s3.Client) error {
			_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: aws.String("demo"), Key: aws.String("k"), Body: strings.NewReader("text"),
			})
			return err
		},
		"CreateBucket": func(c *s3.Client) error {
			_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("demo")})
			return err
		},
	}
	platforms := append(awsclient.Platforms(),
		awsclient.Platform{Name: "md5", ContentMD5: true},
		awsclient.Platform{Name: "encoding", UnsignedAcceptEncoding: true},
		awsclient.Platform{Name: "both", ContentMD5: true, UnsignedAcceptEncoding: true})
	for _, p := range platforms {
		url, got := store(t)
		conn := connect(t, unasked(url))
		conn.Platform = p
		client := awsclient.S3(conn)
		for _, calls := range []map[string]call{required, optional} {
			for operation, call := range calls {
				if err := call(client); err != nil {
					t.Errorf("%s, %s: %v", p.Name, operation, err)
					continue
				}
				one := got()
				_, must := required[operation]
				if sum := one.header.Get("Content-Md5"); (sum == one.md5) != (p.ContentMD5 && must) {
					t.Errorf("%s, %s: Content-MD5 is %q, that of the body %q", p.Name, operation, sum, one.md5)
				}
				if slices.Contains(one.signed, "content-md5") != (p.ContentMD5 && must) {
					t.Errorf("%s, %s: signed are %v", p.Name, operation, one.signed)
				}
				crc := one.header.Get("X-Amz-Checksum-Crc32") != "" || one.header.Get("X-Amz-Sdk-Checksum-Algorithm") != ""
				if crc != (must && !p.ContentMD5) {
					t.Errorf("%s, %s: headers %v", p.Name, operation, one.header)
				}
				if e := one.header.Values("Accept-Encoding"); !slices.Equal(e, []string{"identity"}) {
					t.Errorf("%s, %s: Accept-Encoding is %q", p.Name, operation, e)
				}
				if slices.Contains(one.signed, "accept-encoding") == p.UnsignedAcceptEncoding || len(one.signed) == 0 {
					t.Errorf("%s, %s: signed are %v", p.Name, operation, one.signed)
				}
			}
		}
	}
}
