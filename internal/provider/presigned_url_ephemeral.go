package provider

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lending"
)

// presignedURLModel is spinup_presigned_url.
type presignedURLModel struct {
	Bucket        types.String `tfsdk:"bucket"`
	Key           types.String `tfsdk:"key"`
	Method        types.String `tfsdk:"method"`
	ExpiresIn     types.String `tfsdk:"expires_in"`
	ContentType   types.String `tfsdk:"content_type"`
	VersionID     types.String `tfsdk:"version_id"`
	URL           types.String `tfsdk:"url"`
	ExpiresAt     types.String `tfsdk:"expires_at"`
	SignedHeaders types.Map    `tfsdk:"signed_headers"`
}

func newPresignedURLEphemeral() ephemeral.EphemeralResource {
	return &ephemeralResource[presignedURLModel]{
		name: "presigned_url", schema: presignedURLSchema(), check: checkPresignedURL, open: openPresignedURL,
	}
}

func presignedURLSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A signed URL, by which somebody without credentials can read or write one object for a time. " +
			"It works as long as the provider's credentials may do the same. It is in neither state nor plan. Terraform signs " +
			"a new one in every plan and apply.\n\nA URL ends with the credentials that signed it: with the session if they " +
			"are of one, of which a warning tells if its end is known, and with the access key of a user when that is " +
			"deleted. Nothing else takes back a URL that was given away.",
		Attributes: map[string]schema.Attribute{
			"bucket": needed("Name of the bucket.", fwtypes.BucketName()),
			"key": needed("Key of the object, as it is: 1 to 1,024 bytes. The object need not be there.",
				fwtypes.Checked("key", "1 to 1,024 bytes, without . or .. between slashes", checkLinkKey)),
			"method": given(true, "What the URL is for: `GET` (read), `HEAD` (read what is known of it) or `PUT` (write). "+
				"Default `GET`.", fwtypes.OneOf(lending.Verbs()...)),
			"expires_in": given(true, "How long the URL can be used: `1s` to `168h`, in whole seconds. Default `1h`.",
				fwtypes.Checked("duration", "1s to 168h, such as 15m", spanRule(time.Second, lending.MaxLink))),
			"content_type": given(false, "Media type that a `PUT` must be sent with, in the header `Content-Type`. Unset: the "+
				"sender decides. Only with `PUT`.", headerValue()),
			"version_id": given(false, "Id of the version to read. Unset: the current one when the URL is used. Only with "+
				"`GET` and `HEAD`.", stringvalidator.LengthAtLeast(1)),
			"url": secretly("The URL. It has everything that is needed to use it."),
			"expires_at": lent("When the URL ends, as RFC 3339 in UTC. If the session that signed it is known to end sooner, " +
				"it is the end of that."),
			"signed_headers": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Headers that the request must have just so, with names in lower case. `host` is among " +
					"them, which every client sends by itself.",
			},
		},
	}
}

// checkLinkKey refuses keys that S3 has not, and those that clients change before they send them.
func checkLinkKey(key string) error {
	switch {
	case key == "" || len(key) > content.MaxKey || !utf8.ValidString(key):
		return fmt.Errorf("the key has %d bytes, want 1 to 1,024 of UTF-8", len(key))
	case slices.ContainsFunc(strings.Split(key, "/"), func(part string) bool { return part == "." || part == ".." }):
		return fmt.Errorf("%q has . or .. between slashes, which most clients resolve before they send a URL", key)
	}
	return nil
}

// checkPresignedURL holds the rules between attributes.
func checkPresignedURL(m *presignedURLModel, diags *diag.Diagnostics) {
	method := m.link().Verb
	refuse := func(attribute string, value types.String, fits bool, want string) {
		if !value.IsNull() && !fits {
			diags.AddAttributeError(path.Root(attribute), "Invalid "+strings.ReplaceAll(attribute, "_", " "), fmt.Sprintf(
				"%s is %q, but method is %q: it is for %s only. Leave it out.", attribute, value.ValueString(), method, want))
		}
	}
	refuse("content_type", m.ContentType, method == http.MethodPut, "PUT")
	refuse("version_id", m.VersionID, method != http.MethodPut, "GET and HEAD")
}

func (m *presignedURLModel) link() lending.Link {
	return lending.Link{
		Bucket: m.Bucket.ValueString(), Key: m.Key.ValueString(),
		Verb:        pick(m.Method, types.StringValue(http.MethodGet)).ValueString(),
		ContentType: m.ContentType.ValueString(), VersionID: m.VersionID.ValueString(),
		Lasts: span(pick(m.ExpiresIn, types.StringValue(defaultLoan))),
	}
}

func openPresignedURL(ctx context.Context, o opening, m *presignedURLModel, diags *diag.Diagnostics) {
	link := m.link()
	signed, err := lending.Sign(ctx, o.conn, link)
	if err != nil {
		diags.AddAttributeError(path.Root("bucket"), "Presigned URL could not be made",
			withAdvice(err, awsclient.Permissions(lending.LinkReads{})))
		return
	}
	if signed.Early != "" {
		diags.AddAttributeWarning(path.Root("expires_in"), "Presigned URL ends early", fmt.Sprintf(
			"expires_in is %q, but %s. Set a shorter expires_in, or sign with the access key of a user.",
			pick(m.ExpiresIn, types.StringValue(defaultLoan)).ValueString(), signed.Early))
	}
	m.Method, m.ExpiresIn = types.StringValue(link.Verb), pick(m.ExpiresIn, types.StringValue(defaultLoan))
	m.URL, m.ExpiresAt = types.StringValue(signed.URL), date(signed.Expires)
	m.SignedHeaders = textMap(signed.Headers)
}
