package provider

import (
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// tagsAll joins a resource's own tags with the provider's; of two with the same key the resource's wins.
func (d *providerData) tagsAll(own types.Map) types.Map {
	if own.IsUnknown() || d.isUnknown("default_tags", "org") {
		return types.MapUnknown(types.StringType)
	}
	all := map[string]attr.Value{}
	for key, value := range d.tags() {
		all[key] = types.StringValue(value)
	}
	maps.Copy(all, own.Elements())
	return types.MapValueMust(types.StringType, all)
}

// splitTags splits live tags into tags and tags_all: the provider's show in tags_all only, unless said, what the
// configuration or the state says in tags, repeats them. Where no configuration is known, as for an import, one with
// another value than the provider's is taken for such.
func (d *providerData) splitTags(live map[string]string, said types.Map, importing bool) (tags, tagsAll types.Map) {
	all, own := map[string]attr.Value{}, map[string]attr.Value{}
	words, provided := said.Elements(), d.tags()
	for key, value := range live {
		all[key] = types.StringValue(value)
		theirs, ok := provided[key]
		_, repeated := words[key]
		repeated = repeated || importing && theirs != value && key != orgTag
		if !ok || repeated {
			own[key] = all[key]
		}
	}
	tags = said
	if len(own) > 0 || !said.IsNull() {
		tags = types.MapValueMust(types.StringType, own)
	}
	return tags, types.MapValueMust(types.StringType, all)
}

// checkTags refuses tags that the provider's settings leave to the provider or to others.
func (d *providerData) checkTags(tags types.Map) (diags diag.Diagnostics) {
	if _, said := tags.Elements()[orgTag]; said && d.org != "" {
		diags.AddAttributeError(path.Root("tags"), "Invalid tags", fmt.Sprintf(
			"tags has the key %q, which the provider's org sets to %q. Leave it out.", orgTag, d.org))
	}
	for key := range tags.Elements() {
		if d.ignoreTags(key) {
			diags.AddAttributeError(path.Root("tags"), "Invalid tags", fmt.Sprintf(
				"tags has the key %q, which the provider's ignore_tags leaves to others. Take it out of one of them.", key))
		}
	}
	return diags
}
