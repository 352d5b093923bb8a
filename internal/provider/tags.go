package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// maxTags is how many tags AWS allows for one object.
const maxTags = 50

// tagsAll joins a resource's own tags with the provider's; of two with the same key the resource's takes precedence.
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

// splitTags divides live tags: tags_all gets all of them; tags gets those that the provider does not set, or that the
// configuration or state repeats. An import has neither: there a tag whose value differs from the provider's counts as
// repeated.
func (d *providerData) splitTags(live map[string]string, own types.Map, importing bool) (tags, tagsAll types.Map) {
	all, mine := map[string]attr.Value{}, map[string]attr.Value{}
	written, provided := own.Elements(), d.tags()
	for key, value := range live {
		all[key] = types.StringValue(value)
		theirs, ok := provided[key]
		_, repeated := written[key]
		repeated = repeated || importing && theirs != value && key != orgTag
		if !ok || repeated {
			mine[key] = all[key]
		}
	}
	tags = own
	if len(mine) > 0 || !own.IsNull() {
		tags = types.MapValueMust(types.StringType, mine)
	}
	return tags, types.MapValueMust(types.StringType, all)
}

// checkTags refuses tags that the provider's settings leave to the provider or to others, and more than most.
func (d *providerData) checkTags(tags types.Map, most int) (diags diag.Diagnostics) {
	if _, set := tags.Elements()[orgTag]; set && d.org != "" {
		diags.AddAttributeError(path.Root("tags"), "Invalid tags", fmt.Sprintf(
			"tags has the key %q, which the provider's org sets to %q. Leave it out.", orgTag, d.org))
	}
	all := d.tags()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if _, own := tags.Elements()[key]; !own && d.ignoreTags(key) {
			diags.AddAttributeError(path.Root("tags"), "Invalid tags", fmt.Sprintf(
				"The provider's default_tags or org sets the tag %q, which its ignore_tags leaves to others. Remove it from one "+
					"of them.", key))
		}
	}
	together := len(all)
	for key := range tags.Elements() {
		if _, both := all[key]; !both {
			together++
		}
	}
	if len(tags.Elements()) <= maxTags && together > most {
		diags.AddAttributeError(path.Root("tags"), "Too many tags", fmt.Sprintf(
			"tags and the provider's default_tags and org have %d tags together, want at most %d.", together, most))
	}
	for key := range tags.Elements() {
		if d.ignoreTags(key) {
			diags.AddAttributeError(path.Root("tags"), "Invalid tags", fmt.Sprintf(
				"tags has the key %q, which the provider's ignore_tags leaves to others. Remove it from one of them.", key))
		}
	}
	return diags
}

// notMark refuses the tag by which the provider knows what it made.
func notMark(mark, made string) func(key string) error {
	return func(key string) error {
		if key == mark {
			return fmt.Errorf("is the mark of %s that spinup made: leave it out", made)
		}
		return nil
	}
}
