package awsclient_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// The kinds of answers to one attempt. The first group refuses it: it had no effect. Of the second nobody knows.
func kinds() (refusals, unknowns map[string]answer) {
	return map[string]answer{
			"throttled":            failQuery(400, "Throttling", "Rate exceeded"),
			"throttled with 500":   failQuery(500, "ThrottlingException", "Rate exceeded"),
			"too many requests":    {Status: 429, Body: failQuery(429, "TooManyRequestsException", "").Body},
			"request limit":        failQuery(503, "RequestLimitExceeded", ""),
			"slow down":            failQuery(503, "SlowDown", ""),
			"unavailable":          failQuery(503, "ServiceUnavailable", ""),
			"503 of a proxy":       {Status: 503},
			"being changed":        failQuery(409, "ConcurrentModification", ""),
			"aborted":              failQuery(409, "OperationAborted", ""),
			"body was not in time": failQuery(400, "RequestTimeout", ""),
		}, map[string]answer{
			"lost":           {},
			"failed":         failQuery(500, "ServiceFailure", ""),
			"500 of a proxy": {Status: 500},
			"bad gateway":    {Status: 502},
			"gateway waited": {Status: 504},
			"not readable":   {Status: 200, Body: "<CreateGroupResponse><CreateGroupRes"},
		}
}

// createGroup gets the answers in turn.
func createGroup(t *testing.T, answers ...answer) (*iam.CreateGroupOutput, error) {
	t.Helper()
	clean(t)
	server := serve(t, func(s seen) answer { return answers[min(s.Number, len(answers))-1] })
	cfg := unasked(server.URL)
	cfg.MaxRetries = new(2)
	return awsclient.IAM(connect(t, cfg)).CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: aws.String("g")})
}

// TestOutcomes: what is known after one attempt of each kind, followed by one that finds the object, one that is
// refused, and one that works.
func TestOutcomes(t *testing.T) {
	exists, denied := failQuery(409, "EntityAlreadyExists", ""), failQuery(403, "AccessDenied", "No.")
	done := answer{Status: 200, Body: "<CreateGroupResponse><CreateGroupResult><Group><GroupName>g</GroupName><Arn>a</Arn>" +
		"</Group></CreateGroupResult></CreateGroupResponse>"}
	refusals, unknowns := kinds()
	check := func(name string, first answer, unknown bool) {
		t.Run(name, func(t *testing.T) {
			_, err := createGroup(t, first, exists)
			if !awsclient.IsExists(err) || awsclient.MayHaveWorked(err) != unknown || awsclient.IsUncertain(err) != unknown {
				t.Errorf("then exists: may have worked %v, uncertain %v: %v", awsclient.MayHaveWorked(err), awsclient.IsUncertain(err), err)
			}
			_, err = createGroup(t, first, denied)
			if !awsclient.IsAccessDenied(err) || awsclient.IsUncertain(err) != unknown {
				t.Errorf("then denied: uncertain %v: %v", awsclient.IsUncertain(err), err)
			}
			_, err = createGroup(t, first, first, first)
			if err == nil || awsclient.IsUncertain(err) != unknown {
				t.Errorf("again and again: uncertain %v: %v", awsclient.IsUncertain(err), err)
			}
			out, err := createGroup(t, first, done)
			if err != nil || awsclient.Resent(out.ResultMetadata) != unknown {
				t.Errorf("then done: %v", err)
			}
		})
	}
	for name, first := range refusals {
		check(name, first, false)
	}
	for name, first := range unknowns {
		check(name, first, true)
	}
}

// Of one attempt, the outcome is known if it was answered.
func TestOutcomes_one(t *testing.T) {
	if _, err := createGroup(t, failQuery(409, "EntityAlreadyExists", "")); awsclient.MayHaveWorked(err) || awsclient.IsUncertain(err) {
		t.Errorf("got %v", err)
	}
	if _, err := createGroup(t, failQuery(409, "LimitExceeded", "")); awsclient.IsUncertain(err) {
		t.Errorf("got %v", err)
	}
	if awsclient.IsUncertain(nil) || awsclient.MayHaveWorked(nil) || !awsclient.IsUncertain(context.Canceled) {
		t.Error("nothing failed, or a call was cut short")
	}
}

// After a lost answer, a bucket may be ours only if S3 says that it is.
func TestOutcomes_bucket(t *testing.T) {
	clean(t)
	for code, ours := range map[string]bool{"BucketAlreadyOwnedByYou": true, "BucketAlreadyExists": false} {
		server := serve(t, func(s seen) answer {
			if s.Number == 1 {
				return answer{}
			}
			return fail(409, code, "")
		})
		_, err := awsclient.S3(connect(t, unasked(server.URL))).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("b")})
		if !awsclient.IsExists(err) || awsclient.MayHaveWorked(err) != ours {
			t.Errorf("%s: may have worked %v: %v", code, awsclient.MayHaveWorked(err), err)
		}
	}
}

// A request that found no connection was not sent.
func TestOutcomes_notSent(t *testing.T) {
	clean(t)
	var handshakes atomic.Int32
	script := &server{}
	secure := httptest.NewUnstartedServer(script.handler(func(seen) answer { return failQuery(409, "EntityAlreadyExists", "") }))
	secure.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if handshakes.Add(1) == 1 {
			return nil, errors.New("not yet")
		}
		return nil, nil
	}}
	secure.StartTLS()
	t.Cleanup(secure.Close)
	cfg := unasked(secure.URL)
	cfg.Insecure = true
	_, err := awsclient.IAM(connect(t, cfg)).CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: aws.String("g")})
	if handshakes.Load() < 2 || !awsclient.IsExists(err) || awsclient.MayHaveWorked(err) || awsclient.IsUncertain(err) {
		t.Errorf("%d handshakes, may have worked %v: %v", handshakes.Load(), awsclient.MayHaveWorked(err), err)
	}

	_, err = awsclient.IAM(connect(t, unasked(closedPort(t)))).CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: aws.String("g")})
	if err == nil || awsclient.IsUncertain(err) {
		t.Errorf("nobody listens: %v", err)
	}
}

// A call that its caller ends while it is under way may have taken effect. One that is ended before was not made.
func TestOutcomes_cancelled(t *testing.T) {
	clean(t)
	ctx, cancel := context.WithCancel(t.Context())
	asked := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices that the caller is gone only after that
		cancel()
		<-r.Context().Done()
	}))
	t.Cleanup(asked.Close)
	group := func(ctx context.Context) error {
		_, err := awsclient.IAM(connect(t, unasked(asked.URL))).CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("g")})
		return err
	}
	if err := group(ctx); !awsclient.IsUncertain(err) {
		t.Errorf("ended on the way: %v", err)
	}
	if err := group(ctx); err == nil || awsclient.IsUncertain(err) {
		t.Errorf("ended before: %v", err)
	}
}
