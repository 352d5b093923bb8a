package provider

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// settings are attributes of the provider block by name. Those left out are null, in nested objects too.
type settings map[string]any

// unknown is a value that is not known yet.
type unknown struct{}

// block makes the provider block.
func block(t *testing.T, s settings) tftypes.Value {
	t.Helper()
	return valueOf(t, providerSchema().Type().TerraformType(t.Context()), s)
}

func valueOf(t *testing.T, of tftypes.Type, from any) tftypes.Value {
	t.Helper()
	if _, ok := from.(unknown); ok {
		return tftypes.NewValue(of, tftypes.UnknownValue)
	}
	if from == nil {
		return tftypes.NewValue(of, nil)
	}
	switch of := of.(type) {
	case tftypes.Object:
		given, all := from.(settings), map[string]tftypes.Value{}
		for name := range given {
			if _, ok := of.AttributeTypes[name]; !ok {
				t.Fatalf("there is no attribute %s", name)
			}
		}
		for name, attribute := range of.AttributeTypes {
			all[name] = valueOf(t, attribute, given[name])
		}
		return tftypes.NewValue(of, all)
	case tftypes.Map:
		all := map[string]tftypes.Value{}
		for key, element := range from.(settings) {
			all[key] = valueOf(t, of.ElementType, element)
		}
		return tftypes.NewValue(of, all)
	case tftypes.List:
		return tftypes.NewValue(of, elements(t, of.ElementType, from))
	case tftypes.Set:
		return tftypes.NewValue(of, elements(t, of.ElementType, from))
	}
	return tftypes.NewValue(of, from)
}

func elements(t *testing.T, of tftypes.Type, from any) []tftypes.Value {
	t.Helper()
	var all []tftypes.Value
	for _, element := range from.([]any) {
		all = append(all, valueOf(t, of, element))
	}
	return all
}

// quiet takes away what the environment says about AWS.
func quiet(t *testing.T) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, value) // puts it back afterwards
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func hurried() awsclient.Pace {
	return awsclient.Pace{
		MinBackoff: time.Millisecond, MaxBackoff: 2 * time.Millisecond,
		FirstAnswer: 200 * time.Millisecond, DialTimeout: 100 * time.Millisecond,
	}
}

// configured gives the data that Configure hands on.
func configured(t *testing.T, s settings) *providerData {
	t.Helper()
	p := New("test", WithPace(hurried()))()
	resp := &provider.ConfigureResponse{}
	config := tfsdk.Config{Schema: providerSchema(), Raw: block(t, s)}
	p.Configure(t.Context(), provider.ConfigureRequest{Config: config}, resp)
	if resp.Diagnostics.HasError() {
		t.Fatal(resp.Diagnostics)
	}
	return resp.ResourceData.(*providerData)
}

// served is the provider as Terraform talks to it.
func served(t *testing.T) tfprotov6.ProviderServer {
	t.Helper()
	server, err := NewServer("test", WithPace(hurried()))
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func dynamic(t *testing.T, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestProviderSchema(t *testing.T) {
	if diags := providerSchema().ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	want := []string{
		"access_key", "access_log", "allowed_account_ids", "assume_role", "assume_role_with_web_identity",
		"custom_ca_bundle", "default_tags", "endpoints", "forbidden_account_ids", "http_proxy", "https_proxy", "iam_path",
		"ignore_tags", "insecure", "max_retries", "no_proxy", "org", "permissions_boundary", "platform", "profile",
		"region", "retry_mode", "s3_use_path_style", "secret_key", "shared_config_files", "shared_credentials_files",
		"skip_credentials_validation", "skip_region_validation", "skip_requesting_account_id", "token",
	}
	var got []string
	for name, attribute := range providerSchema().Attributes {
		got = append(got, name)
		secret := slices.Contains([]string{"secret_key", "token"}, name)
		if attribute.IsSensitive() != secret || !attribute.IsOptional() || len(attribute.GetMarkdownDescription()) < 20 {
			t.Errorf("%s: sensitive %t, %q", name, attribute.IsSensitive(), attribute.GetMarkdownDescription())
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConfigure(t *testing.T) {
	quiet(t)
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	t.Cleanup(server.Close)

	data := configured(t, settings{
		"region": "cn-north-1", "access_key": "AK", "secret_key": "SK",
		"endpoints":    settings{"s3": server.URL, "sts": server.URL},
		"default_tags": settings{"team": "a"},
		"ignore_tags":  settings{"keys": []any{"cost"}, "key_prefixes": []any{"audit:"}},
		"org":          "library", "iam_path": "/spinup/",
		"access_log":           settings{"bucket": "logs", "prefix": "s3"},
		"permissions_boundary": "arn:aws:iam::123456789012:policy/b",
	})
	if diff := cmp.Diff(map[string]string{"team": "a", "spinup:org": "library"}, data.tags()); diff != "" {
		t.Error(diff)
	}
	if len(data.defaultTags) != 1 {
		t.Error("the default tags have changed")
	}
	for key, want := range map[string]bool{"cost": true, "costs": false, "audit:x": true, "aws:x": true, "team": false} {
		if data.ignoreTags(key) != want {
			t.Errorf("ignores %s: %t", key, !want)
		}
	}
	got := fmt.Sprint(data.region, data.partition, data.platform.Name, *data.accessLog, data.iamPath, data.permissionsBoundary,
		len(data.unknown))
	if want := fmt.Sprint("cn-north-1", "aws-cn", "aws", accessLogDefault{"logs", "s3"}, "/spinup/",
		"arn:aws:iam::123456789012:policy/b", 0); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if data.checkRegion("eu-west-1") != nil || data.checkRegion("eu-wset-1") == nil {
		t.Error("regions are not checked")
	}

	data = configured(t, settings{})
	if data.tags() != nil || data.accessLog != nil || data.iamPath != "/" || data.region != "" || data.ignoreTags("team") {
		t.Errorf("an empty block gives %+v", data)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("configuring made %d requests", n)
	}
}

func TestConfigure_unknown(t *testing.T) {
	quiet(t)
	for name, test := range map[string]struct {
		block    settings
		names    string // "" when a connection is possible all the same
		isUnsure string
	}{
		"endpoint":        {settings{"endpoints": settings{"s3": unknown{}}}, "endpoints.s3 is not known", "endpoints"},
		"endpoints":       {settings{"endpoints": unknown{}}, "endpoints is not known", "endpoints"},
		"region":          {settings{"region": unknown{}}, "region is not known", "region"},
		"platform":        {settings{"platform": unknown{}, "region": "ru-central1"}, "platform is not known", "platform"},
		"store endpoint":  {settings{"platform": "minio", "endpoints": settings{"s3": unknown{}}}, "endpoints.s3", "endpoints"},
		"role":            {settings{"assume_role": []any{settings{"role_arn": unknown{}}}}, "assume_role[0].role_arn", "assume_role"},
		"web identity":    {settings{"assume_role_with_web_identity": unknown{}}, "assume_role_with_web_identity", "assume_role_with_web_identity"},
		"log":             {settings{"access_log": unknown{}}, "", "access_log"},
		"roles":           {settings{"assume_role": unknown{}}, "assume_role is", "assume_role"},
		"role's policies": {settings{"assume_role": []any{settings{"role_arn": roleForTests, "policy_arns": unknown{}}}}, "policy_arns", "assume_role"},
		"token": {settings{"assume_role_with_web_identity": settings{
			"role_arn": roleForTests, "web_identity_token": unknown{},
		}}, "web_identity_token", "assume_role_with_web_identity"},
		"account":      {settings{"allowed_account_ids": []any{unknown{}}}, "allowed_account_ids", "allowed_account_ids"},
		"retries":      {settings{"max_retries": unknown{}}, "max_retries", "max_retries"},
		"a flag":       {settings{"insecure": unknown{}}, "insecure", "insecure"},
		"tags":         {settings{"default_tags": unknown{}}, "", "default_tags"},
		"a tag":        {settings{"default_tags": settings{"team": unknown{}}}, "", "default_tags"},
		"ignored tags": {settings{"ignore_tags": settings{"keys": unknown{}}}, "", "ignore_tags"},
		"log bucket":   {settings{"access_log": settings{"bucket": unknown{}}}, "", "access_log"},
		"boundary":     {settings{"permissions_boundary": unknown{}}, "", "permissions_boundary"},
	} {
		validated, err := served(t).ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{
			Config: dynamic(t, block(t, test.block)),
		})
		if err != nil || len(validated.Diagnostics) > 0 {
			t.Errorf("%s: %+v", name, *validated.Diagnostics[0])
			continue
		}
		data := configured(t, test.block)
		if !data.isUnknown(test.isUnsure) || data.isUnknown("profile") || len(data.unknown) != 1 {
			t.Errorf("%s: unknown are %v", name, data.unknown)
		}
		_, err = data.connect(t.Context())
		if isUnknown := errors.Is(err, errProviderUnknown); isUnknown != (test.names != "") ||
			isUnknown && !strings.Contains(err.Error(), test.names) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if region := configured(t, settings{"region": unknown{}, "platform": "yandex"}).region; region != "" {
		t.Errorf("an unknown region is %q", region)
	}
}

const roleForTests = "arn:aws:iam::123456789012:role/r"

func TestValidateConfig(t *testing.T) {
	quiet(t)
	role := func(s settings) settings { return settings{"assume_role": []any{s}} }
	for name, test := range map[string]struct {
		block settings
		path  string
		says  string
	}{
		"region typo":   {settings{"region": "us-esat-1"}, "region", "us-esat-1"},
		"platform":      {settings{"platform": "azure"}, "platform", "azure"},
		"role":          {role(settings{"role_arn": "admin"}), "assume_role[0].role_arn", "admin"},
		"duration":      {role(settings{"role_arn": roleForTests, "duration": "1d"}), "assume_role[0].duration", "1d"},
		"session tags":  {role(settings{"role_arn": roleForTests, "tags": settings{"aws:x": "y"}}), `assume_role[0].tags["aws:x"]`, "aws:x"},
		"account":       {settings{"allowed_account_ids": []any{"12345"}}, `allowed_account_ids[Value("12345")]`, "12345"},
		"both accounts": {settings{"allowed_account_ids": []any{"123456789012"}, "forbidden_account_ids": []any{"123456789013"}}, "forbidden_account_ids", "allowed_account_ids"},
		"endpoint":      {settings{"endpoints": settings{"s3": "localhost:9000"}}, "endpoints.s3", "localhost:9000"},
		"retries":       {settings{"max_retries": -1}, "max_retries", "-1"},
		"retry mode":    {settings{"retry_mode": "often"}, "retry_mode", "often"},
		"tag key":       {settings{"default_tags": settings{"aws:x": "y"}}, `default_tags["aws:x"]`, "aws:x"},
		"org tag":       {settings{"default_tags": settings{"spinup:org": "y"}}, `default_tags["spinup:org"]`, "set by org"},
		"null tag":      {settings{"default_tags": settings{"Team": nil}}, `default_tags["Team"]`, "leave the tag out"},
		"ignored tag": {settings{"default_tags": settings{"Team": "a", "Other": "b"}, "ignore_tags": settings{"keys": []any{"Team"}}},
			`default_tags["Team"]`, "ignore_tags"},
		"ignored org": {settings{"org": "physics", "ignore_tags": settings{"key_prefixes": []any{"spinup"}}}, "org", "spinup:org"},
		"org":         {settings{"org": strings.Repeat("x", 257)}, "org", "256"},
		"log bucket":  {settings{"access_log": settings{"bucket": "A_B"}}, "access_log.bucket", "A_B"},
		"IAM path":    {settings{"iam_path": "spinup"}, "iam_path", "spinup"},
		"boundary":    {settings{"permissions_boundary": roleForTests}, "permissions_boundary", roleForTests},
		"CA bundle":   {settings{"custom_ca_bundle": "/no/such/file"}, "custom_ca_bundle", "/no/such/file"},
		"half a key":  {settings{"access_key": "AK"}, "secret_key", "access_key"},
	} {
		resp, err := served(t).ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{
			Config: dynamic(t, block(t, test.block)),
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.Diagnostics) != 1 {
			t.Errorf("%s: got %d diagnostics: %v", name, len(resp.Diagnostics), resp.Diagnostics)
			continue
		}
		d := resp.Diagnostics[0]
		if got := pathText(d.Attribute); got != test.path || !strings.Contains(d.Detail, test.says) {
			t.Errorf("%s: got %s: %s: %s", name, got, d.Summary, d.Detail)
		}
	}
}

// TestValidateConfig_accepted: what means the same as unset is as good as unset.
func TestValidateConfig_accepted(t *testing.T) {
	quiet(t)
	for name, config := range map[string]settings{
		"no roles":        {"assume_role": []any{}},
		"no tags":         {"default_tags": settings{}, "ignore_tags": settings{}},
		"others' and own": {"default_tags": settings{"Team": "a"}, "ignore_tags": settings{"keys": []any{"Owner"}}, "org": "physics"},
	} {
		resp, err := served(t).ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{
			Config: dynamic(t, block(t, config)),
		})
		if err != nil || len(resp.Diagnostics) > 0 {
			t.Errorf("%s: %v %v", name, err, resp.Diagnostics)
		}
	}
	if roles := configured(t, settings{"assume_role": []any{}}); roles == nil {
		t.Error("no roles: not configured")
	}
}

// pathText is a path in the notation of the framework.
func pathText(p *tftypes.AttributePath) string {
	var b strings.Builder
	for i, step := range p.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			if i > 0 {
				b.WriteString(".")
			}
			b.WriteString(string(s))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", int64(s))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&b, "[%q]", string(s))
		case tftypes.ElementKeyValue:
			var text string
			_ = tftypes.Value(s).As(&text)
			fmt.Fprintf(&b, "[Value(%q)]", text)
		}
	}
	return b.String()
}

// awsServer answers STS and IAM with credentials that must not get anywhere.
func awsServer(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		operation, result := form.Get("Action"), ""
		switch operation {
		case "GetCallerIdentity":
			result = `<Arn>arn:aws:iam::123456789012:user/ann</Arn><UserId>AIDAANN</UserId><Account>123456789012</Account>`
		case "AssumeRole", "AssumeRoleWithWebIdentity":
			result = `<Credentials><AccessKeyId>ASIA0</AccessKeyId><SecretAccessKey>hush-session-key</SecretAccessKey>` +
				`<SessionToken>hush-session-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`
		case "CreateAccessKey":
			result = `<AccessKey><UserName>u</UserName><AccessKeyId>AK1</AccessKeyId><Status>Active</Status>` +
				`<SecretAccessKey>hush-new-key</SecretAccessKey></AccessKey>`
		}
		_, _ = fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", operation, result)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestSecrets_areNotLogged(t *testing.T) {
	quiet(t)
	t.Setenv("TF_LOG", "TRACE") // else no call is logged at all
	endpoint := awsServer(t)
	endpoints := settings{"sts": endpoint, "iam": endpoint}
	for name, s := range map[string]settings{
		"keys and role": {
			"region": "eu-west-1", "endpoints": endpoints,
			"access_key": "AK0", "secret_key": "hush-secret-key", "token": "hush-token",
			"assume_role": []any{settings{"role_arn": roleForTests, "policy": `{"hush-policy": true}`}},
		},
		"web identity": {
			"region": "eu-west-1", "endpoints": endpoints,
			"assume_role_with_web_identity": settings{"role_arn": roleForTests, "web_identity_token": "hush-identity"},
		},
	} {
		var log bytes.Buffer
		ctx := tflogtest.RootLogger(t.Context(), &log)
		conn, err := configured(t, s).connect(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := awsclient.IAM(conn).CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("u")}); err != nil {
			t.Fatal(err)
		}
		text := log.String()
		for _, wanted := range []string{`"operation":"CreateAccessKey"`, `"resource":"user u"`, "Assuming IAM Role"} {
			if !strings.Contains(text, wanted) {
				t.Errorf("%s: the log does not say %s", name, wanted)
			}
		}
		if at := strings.Index(text, "hush"); at >= 0 {
			t.Errorf("%s: the log has a secret: %s", name, text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

func TestAccountDataSource(t *testing.T) {
	quiet(t)
	read := func(s settings) (map[string]string, []*tfprotov6.Diagnostic) {
		server := served(t)
		if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
			Config: dynamic(t, block(t, s)),
		}); err != nil {
			t.Fatal(err)
		}
		text := tftypes.String
		object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
			"id": text, "account_id": text, "caller_arn": text, "caller_user_id": text, "region": text, "partition": text,
			"platform": text,
		}}
		resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: "spinup_account", Config: dynamic(t, valueOf(t, object, settings{})),
		})
		if err != nil {
			t.Fatal(err)
		}
		state, err := resp.State.Unmarshal(object)
		if err != nil {
			t.Fatal(err)
		}
		values, got := map[string]tftypes.Value{}, map[string]string{}
		if err := state.As(&values); err != nil {
			t.Fatal(err)
		}
		for name, value := range values {
			var text *string
			if err := value.As(&text); err != nil {
				t.Fatal(err)
			}
			if text != nil {
				got[name] = *text
			}
		}
		return got, resp.Diagnostics
	}

	keys := func(s settings) settings {
		s["region"], s["access_key"], s["secret_key"] = "us-west-2", "AK", "SK"
		return s
	}
	endpoint := awsServer(t)
	for name, test := range map[string]struct {
		block settings
		want  map[string]string
		says  string
	}{
		"AWS": {block: keys(settings{"endpoints": settings{"sts": endpoint}}), want: map[string]string{
			"id": "123456789012", "account_id": "123456789012", "caller_arn": "arn:aws:iam::123456789012:user/ann",
			"caller_user_id": "AIDAANN", "region": "us-west-2", "partition": "aws", "platform": "aws",
		}},
		"a store": {
			block: keys(settings{"platform": "minio", "endpoints": settings{"s3": endpoint}}),
			want:  map[string]string{"id": "minio", "region": "us-west-2", "partition": "aws", "platform": "minio"},
		},
		"not known yet": {block: settings{"endpoints": settings{"sts": unknown{}}}, says: "endpoints.sts is not known"},
	} {
		got, diags := read(test.block)
		if diff := cmp.Diff(test.want, got); test.want != nil && diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if test.says != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, test.says)) {
			t.Errorf("%s: got %v", name, diags)
		}
	}
}

func TestCyberduckBookmarkFunction(t *testing.T) {
	call := func(arguments ...any) *tfprotov6.CallFunctionResponse {
		var given []*tfprotov6.DynamicValue
		for _, argument := range arguments {
			given = append(given, dynamic(t, tftypes.NewValue(tftypes.String, argument)))
		}
		resp, err := served(t).CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{
			Name: "cyberduck_bookmark", Arguments: given,
		})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	const aws, other = "<string>s3.amazonaws.com</string>", "<string>9000</string>"
	for _, test := range []struct {
		arguments []any
		want      []string
	}{
		{[]any{"demo", nil}, []string{"<string>/demo</string>", aws}},
		{[]any{"demo", "/x/"}, []string{"<string>/demo/x</string>", aws}},
		{[]any{"demo", "/x/", nil}, []string{"<string>/demo/x</string>", aws}},
		{[]any{"demo", nil, "https://s3.example.edu:9000/"}, []string{"<string>s3.example.edu</string>", other}},
	} {
		resp := call(test.arguments...)
		if resp.Error != nil {
			t.Fatal(resp.Error.Text)
		}
		value, err := resp.Result.Unmarshal(tftypes.String)
		var text string
		if err != nil || value.As(&text) != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%v gives %s", test.arguments, text)
			}
		}
	}
	for _, test := range []struct {
		arguments []any
		at        int64 // the argument; -1 for none
		says      string
	}{
		{[]any{"", nil}, 0, "the bucket name is empty"},
		{[]any{"demo", nil, "s3.example.edu"}, 2, `the endpoint is "s3.example.edu"`},
		{[]any{"demo", nil, "https://a", "https://b"}, 3, "there are 2 endpoints, want at most one"},
	} {
		resp := call(test.arguments...)
		if resp.Error == nil || !strings.Contains(resp.Error.Text, test.says) {
			t.Errorf("%v: %+v", test.arguments, resp.Error)
			continue
		}
		at := int64(-1)
		if resp.Error.FunctionArgument != nil {
			at = *resp.Error.FunctionArgument
		}
		if at != test.at {
			t.Errorf("%v: argument %d, want %d", test.arguments, at, test.at)
		}
	}
}

func TestConnectDiagnostic(t *testing.T) {
	quiet(t)
	endpoint := awsServer(t)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>")
	}))
	t.Cleanup(refusing.Close)
	with := func(endpoint string, more settings) settings {
		s := settings{
			"region": "eu-west-1", "access_key": "AK", "secret_key": "hush", "endpoints": settings{"sts": endpoint},
		}
		maps.Copy(s, more)
		return s
	}
	for name, test := range map[string]struct {
		block settings
		says  []string
	}{
		"no credentials": {settings{"region": "eu-west-1"}, []string{"no usable credentials", "AWS_ACCESS_KEY_ID"}},
		"no region":      {settings{"access_key": "AK", "secret_key": "hush"}, []string{"no region", "AWS_REGION"}},
		"wrong account":  {with(endpoint, settings{"allowed_account_ids": []any{"000000000001"}}), []string{"123456789012", "allowed_account_ids"}},
		"wrong endpoint": {with("http://127.0.0.1:1", nil), []string{"The endpoint is http://127.0.0.1:1", "AWS_ENDPOINT_URL"}},
		"wrong key":      {with(refusing.URL, nil), []string{"InvalidClientTokenId", refusing.URL, "not valid"}},
		"not known":      {settings{"profile": unknown{}}, []string{"profile is not known before apply"}},
		"no STS": {
			with("", settings{"platform": "garage", "endpoints": settings{"s3": endpoint}, "skip_credentials_validation": false}),
			[]string{"endpoints.sts", "skip_credentials_validation"},
		},
	} {
		_, err := configured(t, test.block).connect(t.Context())
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		d := connectDiagnostic(err)
		for _, want := range test.says {
			if !strings.Contains(d.Detail(), want) {
				t.Errorf("%s: %q does not say %q", name, d.Detail(), want)
			}
		}
		if strings.Contains(d.Detail(), "hush") {
			t.Errorf("%s: a secret is in %q", name, d.Detail())
		}
	}
}
