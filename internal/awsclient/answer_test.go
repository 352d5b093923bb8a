package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// usedOperations are the operations that the domain and this package use, by their inputs in the source.
func usedOperations(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../spinup/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	input := regexp.MustCompile(`\b(s3|iam|sts|cloudfront|route53|acm|ssm|secretsmanager)\.([A-Z]\w+)Input\b`)
	all := map[string]bool{"sts GetCallerIdentity": true}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range input.FindAllStringSubmatch(string(source), -1) {
			if !strings.HasSuffix(file, "_test.go") {
				all[found[1]+" "+found[2]] = true
			}
		}
	}
	if len(all) < 100 {
		t.Fatalf("only %d operations found in %d files", len(all), len(files))
	}
	return all
}

// oneServer is a connection of which every service is the server. It makes no second attempt if once is set.
func oneServer(t *testing.T, platform string, once bool, handler http.HandlerFunc) *Conn {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	cfg := Config{Platform: platform, Endpoints: map[string]string{}, MaxRetries: aws.Int(3)}
	if once {
		cfg.MaxRetries = aws.Int(0)
	}
	for _, service := range EndpointServices() {
		cfg.Endpoints[service] = server.URL
	}
	return cfg.conn(aws.Config{
		Region: "eu-west-1", HTTPClient: awshttp.NewBuildableClient(), Credentials: credentials.NewStaticCredentialsProvider("AK", "SK", ""),
	}, Pace{MinBackoff: time.Millisecond, MaxBackoff: time.Millisecond, FirstAnswer: time.Minute, DialTimeout: time.Minute})
}

// invoke makes the call with an input that has everything the SDK asks for.
func invoke(t *testing.T, conn *Conn, name string) error {
	t.Helper()
	service, operation, _ := strings.Cut(name, " ")
	client := map[string]any{
		"s3": S3(conn), "iam": IAM(conn), "sts": STS(conn), "cloudfront": CloudFront(conn), "route53": Route53(conn),
		"acm": ACM(conn), "ssm": SSM(conn), "secretsmanager": SecretsManager(conn),
	}[service]
	method := reflect.ValueOf(client).MethodByName(operation)
	if !method.IsValid() {
		t.Fatalf("%s is not an operation", name)
	}
	input := reflect.New(method.Type().In(1).Elem())
	fill(input.Elem(), 0)
	err, _ := reflect.TypeAssert[error](method.Call([]reflect.Value{reflect.ValueOf(t.Context()), input})[1])
	return err
}

// fill sets all texts, numbers, lists and structures of an input.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("1")
	case reflect.Int32:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth)
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			chosen := depth == 0 && strings.HasPrefix(name, "Checksum") || name == "ExpectedBucketOwner"
			if v.Field(i).CanSet() && depth < 10 && !chosen {
				fill(v.Field(i), depth+1)
			}
		}
	}
}

// TestAnswers_bad: whatever a proxy or another server says with success is an error of its own class, for each
// operation in use, and never "not found". The class is retried.
func TestAnswers_bad(t *testing.T) {
	const page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Hello<br></body></html>"
	var asked atomic.Int32
	var says atomic.Value
	conn := oneServer(t, "aws", false, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(says.Load().(string)))
	})
	table := newAnswers()
	for name := range usedOperations(t) {
		service, operation, _ := strings.Cut(name, " ")
		form, known := table.of(service, operation)
		if !known {
			t.Errorf("%s has no row in restAnswers", name)
			continue
		}
		bodies := map[string]string{"page": page, "plain page": "<html><p>Hello</html>"}
		if form.is != nothing && form.is != stream {
			bodies["empty"] = ""
		}
		if form.is == document || form.is == jsonText {
			bodies["text"], bodies["other element"] = "OK", "<Other/>"
			bodies["broken object"], bodies["cut XML"] = `{"a":`, "<"+form.root+"><a>1</a>"
		}
		if form.is == document {
			bodies["object"] = "{}"
		}
		if len(form.always) > 0 && form.is != binary {
			bodies["bare"] = "<" + form.root + "/>"
			if form.is == jsonText {
				bodies["bare"] = "{}"
			}
			if service == "iam" || service == "sts" {
				bodies["bare"] = fmt.Sprintf("<%[1]sResponse><%[1]sResult></%[1]sResult></%[1]sResponse>", operation)
			}
		}
		if name == "s3 GetBucketPolicy" {
			delete(bodies, "bare") // {} is a policy
		}
		for kind, body := range bodies {
			kind = name + ", " + kind
			says.Store(body)
			asked.Store(0)
			err := invoke(t, conn, name)
			bad, ok := errors.AsType[*BadAnswerError](err)
			if !ok || bad.Status != 200 || IsNotFound(err) || !IsUncertain(err) || strings.Contains(err.Error(), "Hello") {
				t.Errorf("%s: got %v", kind, err)
			}
			if asked.Load() != 4 {
				t.Errorf("%s: asked %d times", kind, asked.Load())
			}
		}
	}
}

// An answer without content is one of AWS only with a header of AWS. Other stores need not send one.
func TestAnswers_nothing(t *testing.T) {
	table := newAnswers()
	for name := range usedOperations(t) {
		service, operation, _ := strings.Cut(name, " ")
		if form, _ := table.of(service, operation); form.is != nothing {
			continue
		}
		for _, test := range []struct {
			platform, header string
			good             bool
		}{{"aws", "X-Amz-Request-Id", true}, {"aws", "Server", false}, {"minio", "Server", true}} {
			conn := oneServer(t, test.platform, true, func(w http.ResponseWriter, r *http.Request) { w.Header().Set(test.header, "1") })
			_, bad := errors.AsType[*BadAnswerError](invoke(t, conn, name))
			if bad == test.good {
				t.Errorf("%s with %s on %s: bad is %v", name, test.header, test.platform, bad)
			}
		}
	}
}

// An empty list is an answer.
func TestAnswers_good(t *testing.T) {
	for name, body := range map[string]string{
		"s3 GetBucketVersioning": `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`,
		"s3 GetBucketTagging":    "<Tagging><TagSet/></Tagging>",
		"s3 GetBucketPolicy":     `{"Version":"2012-10-17","Statement":[]}`,
		"iam ListAccessKeys":     "<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata/></ListAccessKeysResult></ListAccessKeysResponse>",
		"iam DeleteUser":         "<DeleteUserResponse><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DeleteUserResponse>",
		"iam GetGroup": "<GetGroupResponse><GetGroupResult><Group><GroupName>g</GroupName></Group><Users/></GetGroupResult>" +
			"</GetGroupResponse>",
		"ssm DeleteParameter":           "{}",
		"acm ListCertificates":          `{"CertificateSummaryList":[]}`,
		"cloudfront ListDistributions":  "<DistributionList><Quantity>0</Quantity></DistributionList>",
		"cloudfront GetFunction":        "function handler(event) {}",
		"route53 ListHostedZones":       "<ListHostedZonesResponse><HostedZones/></ListHostedZonesResponse>",
		"cloudfront DeleteDistribution": "",
	} {
		conn := oneServer(t, "s3", true, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(body)) })
		if err := invoke(t, conn, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The error says what came. A broken answer is one of the same class; S3's own failure after the status is not.
func TestAnswers_text(t *testing.T) {
	for want, answer := range map[string]func(http.ResponseWriter){
		"s3 GetBucketTagging on bucket 1: the answer with status 200 is not an answer to this call: it has the element " +
			"Other instead of the element Tagging, 17 bytes text/xml; it may come from a proxy or from another server": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/xml; charset=utf-8")
			_, _ = w.Write([]byte("<Other>a1</Other>"))
		},
		"s3 GetBucketTagging on bucket 1: the answer with status 200 is not an answer to this call: it broke off: " +
			"unexpected EOF; it may come from a proxy or from another server": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("<Tagging>"))
		},
		"s3 GetBucketTagging on bucket 1: InternalError: Sorry. (request id R1)": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte("<Error><Code>InternalError</Code><Message>Sorry.</Message><RequestId>R1</RequestId></Error>"))
		},
	} {
		conn := oneServer(t, "aws", true, func(w http.ResponseWriter, r *http.Request) { answer(w) })
		if err := invoke(t, conn, "s3 GetBucketTagging"); err == nil || Text(err) != want {
			t.Errorf("got  %v\nwant %s", Text(err), want)
		}
	}
}

// A proxy that answers for a moment does no harm.
func TestAnswers_momentary(t *testing.T) {
	var asked atomic.Int32
	conn := oneServer(t, "aws", false, func(w http.ResponseWriter, r *http.Request) {
		body := "<html>"
		if asked.Add(1) == 3 {
			body = "<GetUserResponse><GetUserResult><User><UserName>ann</UserName></User></GetUserResult></GetUserResponse>"
		}
		_, _ = w.Write([]byte(body))
	})
	out, err := IAM(conn).GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("ann")})
	if err != nil || aws.ToString(out.User.UserName) != "ann" {
		t.Errorf("got %v", err)
	}
}

// An endpoint that is no service is retried as long as a service has to answer for the first time, not longer.
func TestAnswers_neverRight(t *testing.T) {
	var asked atomic.Int32
	conn := oneServer(t, "aws", false, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte("<html>"))
	})
	conn.aws.APIOptions = nil
	first := &firstAnswer{pace: Pace{DialTimeout: time.Minute}, services: map[string]*serviceState{}}
	client := s3.New(S3(conn).Options(), func(o *s3.Options) {
		o.APIOptions = []stackOption{describeFailure(true), first.add, checkAnswers(true)}
	})
	_, err := client.GetBucketTagging(context.Background(), &s3.GetBucketTaggingInput{Bucket: aws.String("b")})
	if _, ok := errors.AsType[*BadAnswerError](err); !ok || asked.Load() != 1 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}
