package awsclient_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func headBucket(t *testing.T, conn *awsclient.Conn) error {
	t.Helper()
	_, err := awsclient.S3(conn).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("demo")})
	return err
}

func TestRetries_count(t *testing.T) {
	for name, test := range map[string]struct {
		retries     *int
		environment string
		mode        string
		want        int
	}{
		"none":                         {retries: new(0), want: 1},
		"one":                          {retries: new(1), want: 2},
		"many":                         {retries: new(7), want: 8},
		"adaptive":                     {retries: new(2), mode: "adaptive", want: 3},
		"default":                      {want: awsclient.DefaultMaxRetries + 1},
		"environment counts all":       {environment: "4", want: 4},
		"configuration before default": {retries: new(2), environment: "9", want: 3},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			if test.environment != "" {
				t.Setenv("AWS_MAX_ATTEMPTS", test.environment)
			}
			s := serve(t, func(seen) answer { return answer{Status: 503} })
			cfg := unasked(s.URL)
			cfg.MaxRetries, cfg.RetryMode = test.retries, test.mode
			err := headBucket(t, connect(t, cfg))
			if got := len(s.requests()); got != test.want {
				t.Errorf("%d requests, want %d", got, test.want)
			}
			var call *awsclient.CallError
			if !errors.As(err, &call) || call.Attempts != test.want || call.HTTPStatus != 503 {
				t.Errorf("got %+v", call)
			}
		})
	}
}

func TestRetries_which(t *testing.T) {
	clean(t)
	for _, test := range []struct {
		answer answer
		again  bool
	}{
		{answer{}, true}, // the connection is lost
		{fail(500, "InternalError", ""), true},
		{fail(503, "SlowDown", ""), true},
		{fail(409, "OperationAborted", ""), true},
		{failQuery(409, "ConcurrentModification", ""), true},
		{failQuery(409, "EntityTemporarilyUnmodifiable", ""), true},
		{failQuery(400, "Throttling", ""), true},
		{fail(409, "BucketNotEmpty", ""), false},
		{failQuery(409, "DeleteConflict", ""), false},
		{failQuery(409, "LimitExceeded", ""), false},
		{fail(403, "AccessDenied", ""), false},
		{fail(404, "NoSuchBucket", ""), false},
		{fail(501, "NotImplemented", ""), false},
	} {
		s := serve(t, func(r seen) answer {
			if r.Number == 1 {
				return test.answer
			}
			return answer{Status: 200, Body: "<DeleteGroupResponse/>"}
		})
		conn := connect(t, unasked(s.URL))
		var err error
		if strings.HasPrefix(test.answer.Body, "<ErrorResponse>") {
			_, err = awsclient.IAM(conn).DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: aws.String("g")})
		} else {
			_, err = awsclient.S3(conn).DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("b")})
		}
		if again := len(s.requests()) == 2; again != test.again || again != (err == nil) {
			t.Errorf("%s: %d requests, %v", test.answer.Body, len(s.requests()), err)
		}
	}
}

// An endpoint that never answered is a *NoAnswerError. One that has answered once gets all retries.
func TestFirstAnswer(t *testing.T) {
	clean(t)
	err := headBucket(t, connect(t, unasked(closedPort(t))))
	var noAnswer *awsclient.NoAnswerError
	if !errors.As(err, &noAnswer) {
		t.Errorf("got %v", err)
	}

	pace := fast()
	pace.FirstAnswer = 5 * time.Millisecond // less than 20 retries take
	s := serve(t, func(r seen) answer {
		if r.Number == 1 {
			return answer{Status: 200}
		}
		return answer{} // drops the connection
	})
	cfg := unasked(s.URL)
	cfg.MaxRetries = new(20)
	conn, err := awsclient.New(cfg, pace).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := headBucket(t, conn); err != nil {
		t.Fatal(err)
	}
	// A write: Go's transport repeats a read by itself when the connection it kept turns out to be dead.
	_, err = awsclient.S3(conn).DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("demo")})
	if err == nil || errors.As(err, &noAnswer) {
		t.Errorf("got %v", err)
	}
	if got := len(s.requests()); got != 1+21 {
		t.Errorf("%d requests, want the first and 21", got)
	}
}

// After STS did not answer, later attempts to connect, one per resource, fail at once.
func TestConnect_waitsOnceForAnAnswer(t *testing.T) {
	clean(t)
	client := awsclient.New(config(silentPort(t)), fast())
	start := time.Now()
	for range 30 {
		_, err := client.Connect(t.Context())
		if _, ok := errors.AsType[*awsclient.NoAnswerError](err); !ok {
			t.Fatalf("got %v", err)
		}
	}
	if took := time.Since(start); took > 5*time.Second || took < 300*time.Millisecond { // 9 s if each waited
		t.Errorf("it took %s", took)
	}
}

// A server that is just starting is waited for.
func TestFirstAnswer_waitsForAStart(t *testing.T) {
	clean(t)
	s := serve(t, func(r seen) answer {
		if r.Number < 4 {
			return answer{}
		}
		return answer{Status: 200}
	})
	if err := headBucket(t, connect(t, unasked(s.URL))); err != nil {
		t.Error(err)
	}
}
