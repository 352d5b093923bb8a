package provider

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// ask is an attribute that needs a feature of the store.
type ask struct {
	attribute string
	says      string // such as `is "x"`, as the user wrote it; "" for one of several parts
	set       bool   // it is configured, and asks for something
	feature   awsclient.Feature
	out       string // what to leave out; "" for the attribute
}

// checkStore refuses what the kind of store is known to lack: it would fail only after the bucket is made.
func (d *providerData) checkStore(diags *diag.Diagnostics, asks ...ask) {
	if d.isUnknown("platform") {
		return
	}
	for _, a := range asks {
		if !a.set || !d.platform.Lacks(a.feature) {
			continue
		}
		diags.AddAttributeError(path.Root(a.attribute), "Not available on this platform", fmt.Sprintf(
			"%s %s, but a store of platform %q does not have %s. Leave %s out, or, if this store has it nevertheless, set the "+
				"provider's platform to \"s3\".", a.attribute, cmp.Or(a.says, "is set"), d.platform.Name, a.feature,
			cmp.Or(a.out, a.attribute)))
	}
}

// text is an ask for a feature by an attribute with a text.
func text(attribute string, value types.String, feature awsclient.Feature) ask {
	written := value.ValueString()
	return ask{attribute: attribute, says: fmt.Sprintf("is %q", written), set: written != "", feature: feature}
}

// flag is an ask for a feature by an attribute that is true.
func flag(attribute string, value types.Bool, feature awsclient.Feature) ask {
	return ask{attribute: attribute, says: "is true", set: value.ValueBool(), feature: feature}
}

// asks are what the configuration of a bucket asks of the store. What asks for nothing, such as versioning = false, is
// fine everywhere.
func (m *bucketModel) asks(ctx context.Context, diags *diag.Diagnostics) []ask {
	public := text("public_access", m.PublicAccess, awsclient.Policy)
	public.set = m.PublicAccess.ValueString() == bucket.PublicRead || m.PublicAccess.ValueString() == bucket.PublicReadList
	preset, _ := lifecyclerule.PresetRule(m.LifecyclePreset.ValueString())
	moves := text("lifecycle_preset", m.LifecyclePreset, awsclient.StorageClasses)
	moves.set = len(preset.Classes()) > 0
	uploads := text("lifecycle_preset", m.LifecyclePreset, awsclient.AbortRules)
	uploads.set = preset.DeleteIncompleteUploadsDays > 0
	places := m.IPAccess.Get(ctx, diags)
	return []ask{
		{attribute: "tags", set: len(m.Tags.Elements()) > 0, feature: awsclient.Tagging},
		flag("versioning", m.Versioning, awsclient.Versioning),
		{attribute: "object_lock", set: m.locks(), feature: awsclient.ObjectLock},
		{attribute: "encryption", set: !m.Encryption.IsNull() && !m.Encryption.IsUnknown(), feature: awsclient.Encryption},
		text("object_ownership", m.ObjectOwnership, awsclient.Ownership),
		{attribute: "access_log", set: !m.AccessLog.IsNull() && !m.AccessLog.IsUnknown(), feature: awsclient.Logging},
		text("lifecycle_preset", m.LifecyclePreset, awsclient.Lifecycle), moves, uploads,
		{attribute: "cors_rules", set: len(m.CORSRules.Elements()) > 0, feature: awsclient.CORS},
		{attribute: "policy", set: m.Policy.ValueString() != "", feature: awsclient.Policy},
		flag("require_tls", m.RequireTLS, awsclient.Policy),
		public,
		{
			attribute: "public_access_block", set: !m.PublicAccessBlock.IsNull() && !m.PublicAccessBlock.IsUnknown(),
			feature: awsclient.PublicAccessBlock,
		},
		{attribute: "ip_access", set: !m.IPAccess.IsNull() && !m.IPAccess.IsUnknown(), feature: awsclient.Policy},
		{
			attribute: "ip_access", says: "has vpc_endpoint_ids", set: len(places.Endpoints.Elements()) > 0,
			feature: awsclient.NetworkKeys, out: "vpc_endpoint_ids",
		},
		{
			attribute: "ip_access", says: "has exempt_principal_arns", set: len(places.Exempt.Elements()) > 0,
			feature: awsclient.PrincipalKeys, out: "exempt_principal_arns",
		},
		{attribute: "access_levels", set: len(m.AccessLevels.Elements()) > 0, feature: awsclient.Groups},
	}
}

// asks are what the configuration of a lifecycle rule asks of the store.
func (m *lifecycleRuleModel) asks(ctx context.Context, diags *diag.Diagnostics) []ask {
	rule := text("name", m.Name, awsclient.Lifecycle)
	rule.out = "the resource"
	asked := m.rule(ctx, diags)
	to := func(attribute string, classes []string) ask {
		return ask{
			attribute: attribute, says: "moves to " + strings.Join(classes, " and "), set: len(classes) > 0,
			feature: awsclient.StorageClasses,
		}
	}
	return []ask{
		rule,
		to("transitions", lifecyclerule.Rule{Transitions: asked.Transitions}.Classes()),
		to("noncurrent_transitions", lifecyclerule.Rule{NoncurrentTransitions: asked.NoncurrentTransitions}.Classes()),
		{
			attribute: "delete_incomplete_uploads_days", says: fmt.Sprintf("is %d", asked.DeleteIncompleteUploadsDays),
			set: asked.DeleteIncompleteUploadsDays > 0, feature: awsclient.AbortRules,
		},
	}
}
