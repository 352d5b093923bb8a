package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// ask is an attribute that needs a feature of the store.
type ask struct {
	attribute string
	value     string // as the user wrote it; "" for one of several parts
	set       bool   // it is configured, and asks for something
	feature   awsclient.Feature
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
		what := a.attribute + " is set"
		if a.value != "" {
			what = a.attribute + " is " + a.value
		}
		diags.AddAttributeError(path.Root(a.attribute), "Not available on this platform", fmt.Sprintf(
			"%s, but a store of platform %q does not have %s. Leave %s out, or, if this store has it nevertheless, set the "+
				"provider's platform to \"s3\".", what, d.platform.Name, a.feature, a.attribute))
	}
}

// text is an ask for a feature by an attribute with a text.
func text(attribute string, value types.String, feature awsclient.Feature) ask {
	return ask{attribute, fmt.Sprintf("%q", value.ValueString()), value.ValueString() != "", feature}
}

// flag is an ask for a feature by an attribute that is true.
func flag(attribute string, value types.Bool, feature awsclient.Feature) ask {
	return ask{attribute, "true", value.ValueBool(), feature}
}

// asks are what the configuration of a bucket asks of the store. What asks for nothing, such as versioning = false, is
// fine everywhere.
func (m *bucketModel) asks() []ask {
	public := text("public_access", m.PublicAccess, awsclient.Policy)
	public.set = m.PublicAccess.ValueString() == bucket.PublicRead || m.PublicAccess.ValueString() == bucket.PublicReadList
	return []ask{
		{attribute: "tags", set: len(m.Tags.Elements()) > 0, feature: awsclient.Tagging},
		flag("versioning", m.Versioning, awsclient.Versioning),
		{attribute: "encryption", set: !m.Encryption.IsNull() && !m.Encryption.IsUnknown(), feature: awsclient.Encryption},
		text("object_ownership", m.ObjectOwnership, awsclient.Ownership),
		{attribute: "access_log", set: !m.AccessLog.IsNull() && !m.AccessLog.IsUnknown(), feature: awsclient.Logging},
		text("lifecycle_preset", m.LifecyclePreset, awsclient.Lifecycle),
		{attribute: "policy", set: m.Policy.ValueString() != "", feature: awsclient.Policy},
		flag("require_tls", m.RequireTLS, awsclient.Policy),
		public,
		{attribute: "access_levels", set: len(m.AccessLevels.Elements()) > 0, feature: awsclient.Groups},
	}
}
