package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// said is an error as a program sees it: HTTP status and AWS's code.
func said(err error) string {
	var api smithy.APIError
	var response *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &response) {
		return fmt.Sprint("no answer: ", err)
	}
	return fmt.Sprint(response.HTTPStatusCode(), " ", api.ErrorCode())
}

func deleteBucket(ctx context.Context, g *Gateway) error {
	_, err := s3Client(g).DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String("bucket")})
	return err
}

func headBucket(ctx context.Context, g *Gateway) error {
	_, err := s3Client(g).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("bucket")})
	return err
}

func createUser(ctx context.Context, g *Gateway) error {
	_, err := iamClient(g).CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("u")})
	return err
}

func callerIdentity(ctx context.Context, g *Gateway) error {
	_, err := stsClient(g).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	return err
}

func TestErrorsAsTheSDKSeesThem(t *testing.T) {
	rows := []struct {
		fault Fault
		call  func(context.Context, *Gateway) error
		want  string
	}{
		{Forbidden(), deleteBucket, "403 AccessDenied"},
		{Forbidden(), headBucket, "403 Forbidden"}, // the SDK's own word: an answer to HEAD has no body
		{Forbidden(), createUser, "403 AccessDenied"},
		{Forbidden(), callerIdentity, "403 AccessDenied"},
		{Throttled(), deleteBucket, "503 SlowDown"},
		{Throttled(), createUser, "400 Throttling"},
		{Internal(), deleteBucket, "500 InternalError"},
		{Internal(), createUser, "500 InternalFailure"},
		{Answer(http.StatusNotFound, "NoSuchBucket", "gone"), deleteBucket, "404 NoSuchBucket"},
		{Answer(http.StatusNotFound, "NoSuchEntity", "gone"), createUser, "404 NoSuchEntity"},
		{Forbidden(), deleteAccess, "403 AccessDenied"},
		{Throttled(), deleteAccess, "400 Throttling"},
		{Answer(http.StatusPreconditionFailed, "PreconditionFailed", ""), deleteAccess, "412 PreconditionFailed"},
		{Forbidden(), listZones, "403 AccessDenied"},
		{Internal(), listZones, "500 InternalFailure"},
		{Forbidden(), listCertificates, "400 AccessDeniedException"},
		{Throttled(), listCertificates, "400 ThrottlingException"},
	}
	for _, row := range rows {
		upstream := &emulator{}
		g := start(t, upstream)
		g.Inject(Rule{Fault: row.fault})
		err := row.call(t.Context(), g)
		if said(err) != row.want {
			t.Errorf("%s: the SDK says %q (%v), want %q", row.fault.name, said(err), err, row.want)
		}
		var response *awshttp.ResponseError
		if errors.As(err, &response) && response.ServiceRequestID() != requestID {
			t.Errorf("%s: request id %q", row.fault.name, response.ServiceRequestID())
		}
		call := g.Calls()[0]
		if call.Fault != row.fault.name || call.Status == 0 || upstream.requests() != 0 {
			t.Errorf("%s: recorded %+v, the emulator heard %d requests", row.fault.name, call, upstream.requests())
		}
	}
}

func listZones(ctx context.Context, g *Gateway) error {
	_, err := route53Client(g).ListHostedZones(ctx, &route53.ListHostedZonesInput{})
	return err
}

func listCertificates(ctx context.Context, g *Gateway) error {
	_, err := acmClient(g).ListCertificates(ctx, &acm.ListCertificatesInput{})
	return err
}

func TestForbiddenNamesActionAndResource(t *testing.T) {
	g := start(t, &emulator{})
	g.Inject(Rule{Fault: Forbidden()})
	const want = "User is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::" + account + ":user/u"
	if err := createUser(t.Context(), g); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want in it %q", err, want)
	}
	if err := callerIdentity(t.Context(), g); err == nil || !strings.Contains(err.Error(), "sts:GetCallerIdentity on") {
		t.Errorf("error %v", err)
	}
}

func TestJSONErrors(t *testing.T) {
	rows := []struct {
		fault Fault
		want  string
	}{
		{Forbidden(), `400 {"__type":"AccessDeniedException","message":` +
			`"User is not authorized to perform: ssm:GetParameter on resource: *"}`},
		{Throttled(), `400 {"__type":"ThrottlingException","message":"Rate exceeded"}`},
	}
	g := start(t, &emulator{})
	for _, row := range rows {
		remove := g.Inject(Rule{Fault: row.fault})
		resp, body := send(t, http.MethodPost, g.URL(), http.Header{"X-Amz-Target": {"AmazonSSM.GetParameter"}}, nil)
		if got := fmt.Sprint(resp.StatusCode, " ", body); got != row.want {
			t.Errorf("answer %s, want %s", got, row.want)
		}
		remove()
	}
}

func TestLostCalls(t *testing.T) {
	for _, row := range []struct {
		fault Fault
		heard int
		want  int // status recorded
	}{
		{ResetBefore(), 0, 0},
		{ResetAfter(), 1, http.StatusOK},
	} {
		upstream := &emulator{}
		g := start(t, upstream)
		if err := callerIdentity(t.Context(), g); err != nil { // leaves a connection to use again
			t.Fatal(err)
		}
		remove := g.Inject(Rule{Fault: row.fault})
		for _, call := range []func(context.Context, *Gateway) error{createUser, deleteBucket} {
			before := upstream.requests()
			if err := call(t.Context(), g); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%s: the SDK says %v", row.fault.name, err)
			}
			if heard := upstream.requests() - before; heard != row.heard {
				t.Errorf("%s: the emulator heard the call %d times, want %d", row.fault.name, heard, row.heard)
			}
		}
		calls := g.Calls()
		if last := calls[len(calls)-1]; len(calls) != 3 || last.Status != row.want || last.Fault != row.fault.name {
			t.Errorf("%s: recorded %d calls, the last as %+v", row.fault.name, len(calls), last)
		}
		remove()
		if err := createUser(t.Context(), g); err != nil {
			t.Errorf("%s: after it was removed: %v", row.fault.name, err)
		}
	}
}

func TestRetriesAreTheSameCall(t *testing.T) {
	upstream := &emulator{}
	g := start(t, upstream)
	g.Inject(Rule{Name: "second", Match: Nth(2, Mutation()), Fault: Internal(), Times: 2})
	client := iam.NewFromConfig(config(g), func(o *iam.Options) {
		o.RetryMaxAttempts = 3
		o.Retryer = promptly{o.Retryer}
	})
	for _, name := range []string{"a", "b", "c"} {
		if _, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, call := range g.Calls() {
		if call.Mutating {
			got = append(got, fmt.Sprintf("%s %d %s", call.Resource[len(call.Resource)-1:], call.Attempt, call.Fault))
		}
	}
	want := []string{"a 1 ", "b 1 second", "b 2 second", "b 3 ", "c 1 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if upstream.requests() != 6 {
		t.Errorf("the emulator heard %d requests", upstream.requests())
	}
}

func TestWhichRuleFires(t *testing.T) {
	upstream := &emulator{}
	g := start(t, upstream)
	first := g.Inject(Rule{Name: "first", Match: Op("iam:CreateUser"), Fault: Internal(), Times: 1})
	g.Inject(Rule{Name: "second", Match: Op("iam:CreateUser"), Fault: Internal()})
	g.Inject(Rule{Name: "fourth call", Match: Nth(4, Op("iam:CreateUser", "s3:DeleteBucket")), Fault: Throttled()})
	reads := g.Inject(Rule{Name: "reads", Match: Read(), Fault: Forbidden()})
	_ = createUser(t.Context(), g)
	_ = createUser(t.Context(), g)
	_ = deleteBucket(t.Context(), g)
	_ = deleteBucket(t.Context(), g)
	_ = headBucket(t.Context(), g)
	first()
	reads()
	_ = headBucket(t.Context(), g)
	var got []string
	for _, call := range g.Calls() {
		got = append(got, call.Fault)
	}
	if diff := cmp.Diff([]string{"first", "second", "", "fourth call", "reads", ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNthWithoutInvocationID(t *testing.T) {
	second := Nth(2, Mutation())
	for i, want := range []bool{false, true, false} {
		if second(Call{Mutating: true}) != want || second(Call{}) {
			t.Errorf("call %d: match is not %v", i+1, want)
		}
	}
}

func TestFraction(t *testing.T) {
	sequence := func(seed uint64) string {
		match := Fraction(0.2, seed)
		var s strings.Builder
		for range 1000 {
			if match(Call{}) {
				s.WriteByte('x')
			} else {
				s.WriteByte('-')
			}
		}
		return s.String()
	}
	if first, again := sequence(1), sequence(1); first != again || first == sequence(2) {
		t.Error("the sequence does not follow from the seed alone")
	}
	if hits := strings.Count(sequence(1), "x"); hits < 150 || hits > 250 {
		t.Errorf("%d of 1000 match a share of 0.2", hits)
	}
}

func TestStale(t *testing.T) {
	const tags = "GET /bucket?tagging="
	upstream := &emulator{}
	g := start(t, upstream)
	read := func() string {
		resp, body := send(t, http.MethodGet, g.URL()+"/bucket?tagging=", nil, nil)
		return fmt.Sprint(resp.StatusCode, " ", body)
	}
	write := func(uri string) { send(t, http.MethodPut, g.URL()+uri, nil, http.NoBody) }
	stale := func(times int) func() {
		return g.Inject(Rule{Match: Op("s3:GetBucketTagging", "s3:PutBucketTagging"), Fault: Stale(), Times: times})
	}
	step := func(want string) {
		t.Helper()
		if got := read(); got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}

	remove := stale(0)
	upstream.answer(tags, http.StatusNotFound, "none")
	step("404 none") // nothing older is known
	step("404 none") // nothing has changed
	if fault := g.Calls()[1].Fault; fault != "" {
		t.Errorf("a read that went through is recorded as %q", fault)
	}
	write("/bucket?tagging") // a write is never stale
	upstream.answer(tags, http.StatusOK, "new")
	step("404 none")
	step("404 none")
	remove()
	step("200 new")
	remove = stale(1)
	step("404 none") // from before the change, though the newer answer is known
	step("200 new")
	remove()

	upstream.answer("PUT /bucket?cors", http.StatusForbidden, "")
	write("/bucket?cors") // refused: nothing has changed
	remove = stale(0)
	step("404 none")
	remove()
	write("/bucket?versioning")
	upstream.answer(tags, http.StatusOK, "newer")
	remove = stale(1)
	step("200 new") // what was current before the latest change, whatever it was about
	step("200 newer")
	remove()
	send(t, http.MethodGet, g.URL()+"/other?tagging=", nil, nil)
	heard := upstream.requests()
	stale(1)
	send(t, http.MethodGet, g.URL()+"/other?tagging=", nil, nil)
	if upstream.requests() != heard+1 {
		t.Error("a read was answered with what another or the same state was")
	}
}

func TestStaleKnowsWhichReadBeganLater(t *testing.T) {
	p := past{epoch: 2, answers: map[string]history{}}
	p.add("key", dated{2, answer{status: 200}})
	p.add("key", dated{1, answer{status: 404}}) // came in before, answered after
	if got := p.stale("key", 0); got != nil {
		t.Errorf("replays %d", got.status)
	}
}

// promptly retries without waiting.
type promptly struct{ aws.Retryer }

func (promptly) RetryDelay(int, error) (time.Duration, error) { return 0, nil }
