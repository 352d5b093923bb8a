package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lending"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

// bucketCredentialsModel is spinup_bucket_credentials.
type bucketCredentialsModel struct {
	Bucket    types.String `tfsdk:"bucket"`
	Prefix    types.String `tfsdk:"prefix"`
	Access    types.String `tfsdk:"access"`
	RoleARN   types.String `tfsdk:"role_arn"`
	Duration  types.String `tfsdk:"duration"`
	Method    types.String `tfsdk:"method"`
	AccessKey types.String `tfsdk:"access_key"`
	SecretKey types.String `tfsdk:"secret_key"`
	Token     types.String `tfsdk:"token"`
	ExpiresAt types.String `tfsdk:"expires_at"`
	Policy    types.String `tfsdk:"policy"`
}

func newBucketCredentialsEphemeral() ephemeral.EphemeralResource {
	return &ephemeralResource[bucketCredentialsModel]{
		name: "bucket_credentials", schema: bucketCredentialsSchema(), check: checkBucketCredentials,
		open: openBucketCredentials,
	}
}

// defaultLoan is how long credentials and URLs last unless the configuration says it.
const defaultLoan = "1h"

func bucketCredentialsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Credentials for a bucket, or a part of it, that end by themselves. They are of a new session " +
			"of STS, which a policy confines: it may do what the policy allows and its role, or the user whose key the " +
			"provider has, may do as well. They are in neither state nor plan. Terraform asks for new ones in every plan and " +
			"apply.\n\nA session cannot be ended before its time: lend for as short as will do. It is of no use for a bucket " +
			"that is encrypted with a key of KMS, which the policy does not speak of.",
		Attributes: map[string]schema.Attribute{
			"bucket": needed("Name of the bucket. It is not looked up.", fwtypes.BucketName()),
			"prefix": given(false, "Key prefix to which the credentials are confined, such as `docs/`: they may list the "+
				"objects below it and, depending on `access`, read or write them, and nothing else. It ends with a slash and does "+
				"not begin with one. It has none of `*?$`, which mean something in a policy, and no character above U+00FF, which "+
				"AWS does not take there. Unset: the whole bucket.",
				fwtypes.Checked("prefix", "a key prefix such as docs/", checkLentPrefix)),
			"access": given(true, "What the credentials may do: `read_only`, `read_write` or `admin`, as for "+
				"`spinup_bucket_user`. With `prefix`, `admin` and `read_write` are the same. Default `read_only`.",
				fwtypes.OneOf(levelNames()...)),
			"role_arn": given(false, "ARN of the IAM role that is assumed. Its trust policy must let the provider's "+
				"credentials in, and it must be allowed itself what is lent. One that refuses is asked again for 15 seconds, "+
				"because a new role is not known everywhere at once. Not with `method = \"federation_token\"`, and not on "+
				"MinIO, which has no roles.",
				fwtypes.Checked("role ARN", names.RoleForm, names.CheckRole)),
			"duration": given(true, "How long the credentials last: `15m` to `12h`, in whole seconds. Default `1h`. A role "+
				"allows no more than its own maximum, which is an hour unless it was raised, and an hour at most if the "+
				"provider's credentials are those of a role themselves.",
				fwtypes.Checked("duration", "15m to 12h, such as 1h30m", spanRule(lending.MinDuration, lending.MaxDuration))),
			"method": given(true, "How the session is made: `assume_role`, which is the default with `role_arn` and on MinIO, "+
				"where the session is of the provider's own user; or `federation_token`, else the default, which takes the "+
				"access key of an IAM user and no credentials of a session. VersityGW has neither.",
				fwtypes.OneOf(textsFrom(lending.Methods())...)),
			"access_key": lent("Access key id."),
			"secret_key": secretly("Secret access key."),
			"token":      secretly("Session token. A client must have it beside the two keys."),
			"expires_at": lent("When the credentials end, as RFC 3339 in UTC."),
			"policy":     lent("The policy of the session, as JSON."),
		},
	}
}

// checkLentPrefix refuses prefixes that cannot be one of keys, or would mean more than they say in a policy.
func checkLentPrefix(prefix string) error {
	below, ends := strings.CutSuffix(prefix, "/")
	switch {
	case !ends || strings.HasPrefix(prefix, "/"):
		return fmt.Errorf("%q must end with a slash and not begin with one, such as \"docs/\"; for the whole bucket leave "+
			"it out", prefix)
	case strings.ContainsAny(prefix, "*?$"):
		return fmt.Errorf("%q has one of *?$, which mean something in a policy: want a prefix without", prefix)
	case strings.IndexFunc(prefix, func(r rune) bool { return r > unicode.MaxLatin1 }) >= 0:
		return fmt.Errorf("%q has a character above U+00FF, and AWS takes none in the policy of a session: want a prefix "+
			"without", prefix)
	}
	return content.CheckKey(below)
}

// spanRule wants a length of time between two, in whole seconds.
func spanRule(least, most time.Duration) func(string) error {
	return func(text string) error {
		span, err := time.ParseDuration(text)
		if err != nil || span < least || span > most || span != span.Truncate(time.Second) {
			return fmt.Errorf("%q is not a duration from %s to %s in whole seconds, such as 1h30m", text, short(least),
				short(most))
		}
		return nil
	}
}

// short is a duration without what is zero in it.
func short(span time.Duration) string {
	text := strings.TrimSuffix(span.String(), "0s")
	return strings.TrimSuffix(text, "0m")
}

func (m *bucketCredentialsModel) loan() lending.Loan {
	return lending.Loan{
		Bucket: m.Bucket.ValueString(), Prefix: m.Prefix.ValueString(),
		Access:  access.Level(pick(m.Access, types.StringValue(string(access.ReadOnly))).ValueString()),
		RoleARN: m.RoleARN.ValueString(), Method: lending.Method(m.Method.ValueString()),
		Duration: span(pick(m.Duration, types.StringValue(defaultLoan))),
	}
}

// checkBucketCredentials holds the rules between attributes.
func checkBucketCredentials(m *bucketCredentialsModel, diags *diag.Diagnostics) {
	loan := m.loan()
	if loan.Method == lending.FederationToken && loan.RoleARN != "" {
		diags.AddAttributeError(path.Root("role_arn"), "Invalid role", fmt.Sprintf("role_arn is %q, but method is %q, which "+
			"takes no role. Leave one of them out.", loan.RoleARN, loan.Method))
	}
	if n := len(loan.Policy("aws")); n > lending.MaxPolicy {
		diags.AddAttributeError(path.Root("prefix"), "Prefix too long", fmt.Sprintf("With this prefix of %d bytes the "+
			"policy of the session has %d characters; AWS allows %d. Set a shorter one.", len(loan.Prefix), n,
			lending.MaxPolicy))
	}
}

func openBucketCredentials(
	ctx context.Context, o opening, m *bucketCredentialsModel, diags *diag.Diagnostics,
) {
	loan := m.loan().On(o.conn.Platform)
	asked := ask{
		attribute: "method", says: fmt.Sprintf("is %q", loan.Method), set: true, feature: loan.Method.Needs(),
		out: "the ephemeral resource",
	}
	if loan.RoleARN != "" {
		asked = text("role_arn", m.RoleARN, loan.Method.Needs())
	}
	if o.data.checkStore(diags, asked); diags.HasError() {
		return
	}
	made, err := lending.Lend(ctx, o.conn, loan)
	if err != nil {
		diags.Append(unlent(loan, err))
		return
	}
	m.Access, m.Method = types.StringValue(string(loan.Access)), types.StringValue(string(loan.Method))
	m.Duration = pick(m.Duration, types.StringValue(defaultLoan))
	m.AccessKey, m.SecretKey = types.StringValue(made.AccessKey), types.StringValue(made.SecretKey)
	m.Token, m.ExpiresAt = types.StringValue(made.Token), date(made.Expires)
	m.Policy = types.StringValue(loan.Policy(o.conn.Partition))
}

// unlent is the error of credentials that could not be had.
func unlent(loan lending.Loan, err error) diag.Diagnostic {
	const summary = "Bucket credentials could not be made"
	if wrong, ok := errors.AsType[*lending.SettingError](err); ok {
		return diag.NewAttributeErrorDiagnostic(path.Root(wrong.Attribute), summary, wrong.Error()+".")
	}
	at, advice := path.Root("method"), ""
	if loan.RoleARN != "" {
		at = path.Root("role_arn")
	}
	switch {
	case awsclient.IsAccessDenied(err) && loan.RoleARN != "":
		advice = "\n\nThe trust policy of the role must name these credentials, too."
	case awsclient.HasCode(err, "PackedPolicyTooLarge"):
		at, advice = path.Root("prefix"), "\n\nAWS packs the policy and the tags of the session into a size of its own, "+
			"which is exceeded. Set a shorter prefix, or lend without one."
	}
	return diag.NewAttributeErrorDiagnostic(at, summary,
		withAdvice(err, awsclient.Permissions(lending.API{}))+advice)
}
