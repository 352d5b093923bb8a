package gateway

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// request is one HTTP request with what the gateway understands of it.
type request struct {
	Call
	http   *http.Request
	body   []byte
	query  url.Values
	form   url.Values // the parameters of the query protocol
	bucket string
	each   []string // the ARNs of what a call for many is about, where AWS asks for each; Resource stands for all
	byName bool     // Resource lacks the IAM path, which the request does not say
	epoch  int      // how often anything had changed when it came in
}

// readKey tells apart the reads whose answers Stale may replay.
func (r *request) readKey() string {
	return r.http.Method + " " + r.http.RequestURI + "\n" + string(r.body)
}

// classify finds out what AWS would call the request.
func classify(r *http.Request, body []byte, account string) *request {
	req := &request{http: r, body: body, query: r.URL.Query()}
	var region string
	req.AccessKey, region, req.Service = signer(r, req.query)
	req.InvocationID = r.Header.Get("Amz-Sdk-Invocation-Id")
	req.Attempt = attempt(r.Header.Get("Amz-Sdk-Request"))
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		req.form, _ = url.ParseQuery(string(body)) // what cannot be read has no Action
	}
	target := r.Header.Get("X-Amz-Target")
	if req.Service == "" {
		req.Service = guess(r.URL.Path, target, req.form)
	}
	req.Resource = "*"
	switch {
	case r.Method == http.MethodPatch && req.Service == "s3": // neither S3 nor an SDK has that method
		req.classifyAdmin()
	case target != "":
		req.Operation = target[strings.LastIndex(target, ".")+1:]
		req.Mutating = !readsOnly(req.Operation)
		req.Actions = []string{req.Name()}
		if req.Service == "acm" {
			req.classifyACM(region, account)
		} else {
			req.resourceOfTarget(region, account)
		}
	case req.form.Has("Action"):
		req.classifyQuery(account)
	case req.Service == "s3":
		req.classifyS3()
	case req.classifyREST(account):
	default:
		req.Operation = r.Method + " " + starred(r.URL.Path)
		req.Mutating = r.Method != http.MethodGet && r.Method != http.MethodHead
		req.Actions = []string{req.Name()}
	}
	return req
}

// classifyAdmin understands VersityGW's Admin API. https://github.com/versity/versitygw/wiki/Admin-APIs
func (r *request) classifyAdmin() {
	path := strings.Trim(r.http.URL.Path, "/")
	last := path[strings.LastIndex(path, "/")+1:]
	r.Service, r.Operation = "admin", "PATCH "+last
	if last == "create" {
		last = "create-bucket"
	}
	if slices.Contains([]string{
		"create-user", "update-user", "delete-user", "list-users", "list-buckets", "change-bucket-owner", "create-bucket",
	}, last) {
		r.Operation = ""
		for word := range strings.SplitSeq(last, "-") {
			r.Operation += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	r.Mutating = !readsOnly(r.Operation)
	r.Actions = []string{r.Name()}
	switch {
	case r.Operation == "CreateBucket":
		bucket, _, _ := strings.Cut(strings.TrimSuffix(path, "/create"), "/")
		r.Resource = "bucket " + bucket
	case r.query.Has("bucket"):
		r.Resource = "bucket " + r.query.Get("bucket")
	case r.query.Has("access"):
		r.Resource = "user " + r.query.Get("access")
	}
}

// signer reads the access key, the region and the service out of the credential scope,
// AKID/date/region/service/aws4_request, of a signed or presigned request.
func signer(r *http.Request, query url.Values) (accessKey, region, service string) {
	credential := query.Get("X-Amz-Credential")
	if _, rest, found := strings.Cut(r.Header.Get("Authorization"), "Credential="); found {
		credential, _, _ = strings.Cut(rest, ",")
	}
	scope := strings.Split(credential, "/")
	if len(scope) != 5 {
		return "", "", ""
	}
	return scope[0], scope[2], scope[3]
}

// guess names the service of a request that is not signed.
func guess(path, target string, form url.Values) string {
	api, _, _ := strings.Cut(target, ".")
	switch {
	case api == "AmazonSSM":
		return "ssm"
	case api == "CertificateManager":
		return "acm"
	case api != "":
		return api // secretsmanager calls itself so
	case form.Get("Version") == "2011-06-15":
		return "sts"
	case form.Has("Action"):
		return "iam"
	case strings.HasPrefix(path, "/2020-05-31/"):
		return "cloudfront"
	case strings.HasPrefix(path, "/2013-04-01/"):
		return "route53"
	}
	return "s3"
}

// attempt reads "attempt=2; max=3".
func attempt(header string) int {
	number, _, _ := strings.Cut(strings.TrimPrefix(header, "attempt="), ";")
	n, _ := strconv.Atoi(number) // no number, no attempt: 0
	return n
}

// readsOnly goes by the first word of an operation's name.
func readsOnly(operation string) bool {
	return slices.ContainsFunc(
		[]string{"Get", "List", "Head", "Describe", "Simulate", "Assume", "Select", "Test"},
		func(verb string) bool { return strings.HasPrefix(operation, verb) })
}

var identifier = regexp.MustCompile(`^(?:[A-Z0-9]{10,}|.*[0-9:].*)$`)

// starred puts a star for each identifier in a path; its first element is the version of the API.
func starred(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i := 1; i < len(parts); i++ {
		if identifier.MatchString(parts[i]) {
			parts[i] = "*"
		}
	}
	return "/" + strings.Join(parts, "/")
}

// resourceOfTarget understands the stores of secrets. The ARN of a secret ends in six characters that Secrets Manager
// made up, so for a call by name only policies that leave them open can be compared.
func (r *request) resourceOfTarget(region, account string) {
	var input struct{ SecretId, Name string }
	_ = json.Unmarshal(r.body, &input) // what cannot be read names nothing
	name := cmp.Or(input.SecretId, input.Name)
	switch {
	case name == "":
	case strings.HasPrefix(name, "arn:"):
		r.Resource = name
	case r.Service == "ssm":
		r.Resource = "arn:aws:ssm:" + region + ":" + account + ":parameter/" + strings.TrimPrefix(name, "/")
	case r.Service == "secretsmanager":
		r.Resource = "arn:aws:secretsmanager:" + region + ":" + account + ":secret:" + name + "-??????"
	}
}

// classifyQuery understands IAM and STS.
func (r *request) classifyQuery(account string) {
	r.Operation = r.form.Get("Action")
	r.Mutating = !readsOnly(r.Operation)
	r.Actions = []string{r.Name()}
	switch r.Name() {
	case "sts:GetCallerIdentity", "sts:GetSessionToken", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML":
		r.Actions = nil // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html and the like
	}
	created, creates := strings.CutPrefix(r.Operation, "Create")
	if r.Service == "iam" && creates && r.form.Has("Tags.member.1.Key") {
		r.Actions = append(r.Actions, "iam:Tag"+created)
	}
	r.resourceOfQuery(account)
}

// resourceOfQuery takes the first parameter that names something: AddUserToGroup, for one, is about the group.
func (r *request) resourceOfQuery(account string) {
	if r.Operation == "CreateOpenIDConnectProvider" {
		r.Resource = "arn:aws:iam::" + account + ":oidc-provider/" + strings.TrimPrefix(r.form.Get("Url"), "https://")
		return
	}
	for _, name := range []string{
		"GroupName", "RoleName", "UserName", "PolicyName", "PolicyArn", "PolicySourceArn", "RoleArn", "SerialNumber",
		"OpenIDConnectProviderArn",
	} {
		value := r.form.Get(name)
		if value == "" {
			continue
		}
		kind, named := strings.CutSuffix(name, "Name")
		if !named {
			r.Resource = value
			return
		}
		r.byName = r.Operation != "Create"+kind
		path := "/"
		if r.form.Has("Path") {
			path = r.form.Get("Path")
		}
		r.Resource = "arn:aws:iam::" + account + ":" + strings.ToLower(kind) + path + value
		return
	}
}
