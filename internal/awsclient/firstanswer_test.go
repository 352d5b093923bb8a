package awsclient

import (
	"errors"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// network is an HTTP client without a network, so that calls run on false time.
type network func(*http.Request) error

func (n network) Do(r *http.Request) (*http.Response, error) {
	return nil, &url.Error{Op: r.Method, URL: r.URL.String(), Err: n(r)}
}

// TestFirstAnswer_bound: calls of a service that never answers take as long as the pace allows for all of them
// together, whether the server refuses connections or says nothing.
func TestFirstAnswer_bound(t *testing.T) {
	for name, net := range map[string]network{
		"refused": func(*http.Request) error { return syscall.ECONNREFUSED },
		"silent": func(r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			found := aws.Config{
				Region: "eu-west-1", HTTPClient: net, Credentials: credentials.NewStaticCredentialsProvider("AK", "SK", ""),
			}
			cfg := Config{Endpoints: map[string]string{"s3": "http://s3.example.edu"}}
			client, start := S3(cfg.conn(found, DefaultPace())), time.Now()
			for range 30 {
				_, err := client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("demo")})
				noAnswer, ok := errors.AsType[*NoAnswerError](err)
				if !ok || noAnswer.Host != "s3.example.edu" || noAnswer.After != DefaultPace().FirstAnswer {
					t.Fatalf("%s: got %v", name, err)
				}
			}
			if took := time.Since(start); took != DefaultPace().FirstAnswer {
				t.Errorf("%s: it took %s", name, took)
			}
		})
	}
}
