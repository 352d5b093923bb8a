package awsclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// exchange is an HTTP client without a network, so that calls run on false time.
type exchange func(*http.Request) (*http.Response, error)

func (e exchange) Do(r *http.Request) (*http.Response, error) { return e(r) }

// silence waits for the end of the request.
func silence(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// says answers with a body.
func says(body io.Reader) *http.Response {
	header := http.Header{"X-Amz-Request-Id": {"RQ"}}
	return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(body), ContentLength: -1}
}

// over is a connection over the exchange whose services have answered before.
func over(e exchange, pace Pace, retries int) *Conn {
	cfg := Config{MaxRetries: &retries, Endpoints: map[string]string{"s3": "http://s3.example.edu", "iam": "http://iam.example.edu"}}
	pace.FirstAnswer = time.Hour
	return cfg.conn(aws.Config{
		Region: "eu-west-1", HTTPClient: e, Credentials: credentials.NewStaticCredentialsProvider("AK", "SK", ""),
	}, pace)
}

const versioning = `<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`

func getVersioning(ctx context.Context, c *Conn) error {
	_, err := S3(c).GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String("b")})
	return err
}

// A call that gets no answer is made again, at most as often as is allowed, and the error names the host.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		conn := over(func(r *http.Request) (*http.Response, error) {
			calls++
			if calls == 1 { // the service is there
				return says(strings.NewReader(versioning)), nil
			}
			return silence(r)
		}, DefaultPace(), 2)
		if err := getVersioning(t.Context(), conn); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err := getVersioning(t.Context(), conn)
		want := "s3 GetBucketVersioning on bucket b: no answer from s3.example.edu for 30s after 3 attempts"
		if err == nil || Text(err) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if took := time.Since(start); calls != 4 || took < 90*time.Second || took > 91*time.Second {
			t.Errorf("%d calls, %s", calls, took)
		}
	})
}

// An answer that stops in the middle of its body is asked for again.
func TestSilence_body(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		conn := over(func(r *http.Request) (*http.Response, error) {
			calls++
			if calls == 2 {
				return says(strings.NewReader(versioning)), nil
			}
			return says(io.MultiReader(strings.NewReader("<VersioningConf"), readerFunc(func([]byte) (int, error) {
				_, err := silence(r)
				return 0, err
			}))), nil
		}, DefaultPace(), 5)
		if err := getVersioning(t.Context(), conn); err != nil || calls != 2 {
			t.Errorf("%d calls: %v", calls, err)
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// slowly brings a byte every 20 seconds.
func slowly(bytes int) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if bytes == 0 {
			return 0, io.EOF
		}
		bytes--
		<-time.After(20 * time.Second)
		return copy(p, "x"), nil
	})
}

// While bytes move, nothing is cut, however long it takes: neither an upload nor a download, nor one whose reader
// pauses.
func TestSilence_slow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := over(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPut {
				return says(slowly(20)), nil
			}
			one := make([]byte, 1)
			for {
				if _, err := r.Body.Read(one); err != nil {
					return says(strings.NewReader("")), nil
				}
				if <-time.After(20 * time.Second); r.Context().Err() != nil {
					return nil, r.Context().Err()
				}
			}
		}, DefaultPace(), 0)
		out, err := S3(conn).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Minute)
		if body, err := io.ReadAll(out.Body); len(body) != 20 || err != nil {
			t.Errorf("read %d bytes: %v", len(body), err)
		}
		_ = out.Body.Close()
		_, err = S3(conn).PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("a long upload"),
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// If the context ends first, the error names the host, or what the last attempt met.
func TestSilence_contextEnds(t *testing.T) {
	for want, answer := range map[string]exchange{
		"iam DeleteUser on user ann: no answer from iam.example.edu: context deadline exceeded": silence,
		"iam DeleteUser on user ann: context deadline exceeded after iam DeleteUser: Throttling: Rate exceeded": func(*http.Request) (*http.Response, error) {
			response := says(strings.NewReader("<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"))
			response.StatusCode = 400
			return response, nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			pace := DefaultPace()
			pace.MinBackoff, pace.MaxBackoff = time.Hour, time.Hour
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := IAM(over(answer, pace, 5)).DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("ann")})
			if err == nil || Text(err) != want || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// A wait that ends during a call says who did not answer.
func TestSilence_until(t *testing.T) {
	for want, limit := range map[string]time.Duration{
		"timed out after 2m0s waiting for the bucket: s3 GetBucketVersioning on bucket b: no answer from s3.example.edu: " +
			"context deadline exceeded after 4 attempts": time.Hour,
		"waiting for the bucket: context deadline exceeded: s3 GetBucketVersioning on bucket b: no answer from " +
			"s3.example.edu: context deadline exceeded": time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			conn := over(silence, DefaultPace(), 25)
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			err := conn.Until(ctx, "the bucket", func(ctx context.Context) (bool, error) {
				err := getVersioning(ctx, conn)
				return err == nil, err
			})
			if err == nil || Text(err) != want {
				t.Errorf("got  %v\nwant %s", Text(err), want)
			}
		})
	}
}

// The same over a real connection, whose answer may have been that the call worked.
func TestSilence_lostAnswer(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if asked.Add(1) == 1 {
			<-r.Context().Done()
			return
		}
		w.WriteHeader(409)
		fmt.Fprint(w, "<ErrorResponse><Error><Code>EntityAlreadyExists</Code></Error></ErrorResponse>")
	}))
	t.Cleanup(server.Close)
	pace := Pace{Silence: 300 * time.Millisecond, DialTimeout: time.Minute, MinBackoff: 1, MaxBackoff: 1}
	cfg := Config{Endpoints: map[string]string{"iam": server.URL}}
	found := aws.Config{Region: "eu-west-1", HTTPClient: http.DefaultClient, Credentials: credentials.NewStaticCredentialsProvider("A", "S", "")}
	pace.FirstAnswer = time.Minute
	_, err := IAM(cfg.conn(found, pace)).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ann")})
	if !IsExists(err) || !MayHaveWorked(err) {
		t.Errorf("got %v", err)
	}
}
