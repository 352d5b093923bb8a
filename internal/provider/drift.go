package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// comparer is a resource whose parts can be compared with what is wanted of them: every composite.
type comparer interface {
	resource.ResourceWithConfigure
	resource.ResourceWithIdentity
	resource.ResourceWithImportState
	read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, compared *comparison)
}

var _ comparer = (*bucketEnvelope)(nil)

// comparison is how the parts of one object stand. Without a resource that is wanted, what an import would take the
// object for is.
type comparison struct {
	importing bool
	id        string
	root      string // attribute that names the object
	stands    []reconcile.Stand

	wanted tftypes.Value // the whole resource; has no type for an import
	seen   tftypes.Value
}

// compare reads an object as a refresh does. An object that is not there has a root that is missing.
func compare(
	ctx context.Context, r comparer, data *providerData, wanted tftypes.Value, id string,
) (found comparison, diags diag.Diagnostics) {
	found = comparison{importing: wanted.Type() == nil, id: id, wanted: wanted}
	r.Configure(ctx, resource.ConfigureRequest{ProviderData: data}, &resource.ConfigureResponse{})
	var of resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &of)
	var identified resource.IdentitySchemaResponse
	r.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identified)
	identity := &tfsdk.ResourceIdentity{
		Schema: identified.IdentitySchema,
		Raw:    tftypes.NewValue(identified.IdentitySchema.Type().TerraformType(ctx), nil),
	}
	state := tfsdk.State{Schema: of.Schema, Raw: wanted}
	if found.importing {
		state.Raw = tftypes.NewValue(of.Schema.Type().TerraformType(ctx), nil)
		begun := resource.ImportStateResponse{State: state, Identity: identity}
		r.ImportState(ctx, resource.ImportStateRequest{ID: id}, &begun)
		if begun.Diagnostics.HasError() {
			return found, begun.Diagnostics
		}
		state = begun.State
	}
	read := resource.ReadResponse{State: state, Identity: identity}
	r.read(ctx, resource.ReadRequest{State: state, Identity: identity}, &read, &found)
	found.seen = read.State.Raw
	if found.seen.IsNull() {
		found.stands = []reconcile.Stand{{Part: found.root, Standing: reconcile.Missing}}
	}
	return found, read.Diagnostics
}

// detail says in words what is wrong with a part. Texts are named and not repeated, since a text may be a secret.
func (c comparison) detail(stand reconcile.Stand) string {
	if stand.Standing == reconcile.InSync {
		return ""
	}
	if stand.Fault != "" {
		return stand.Fault
	}
	switch stand.Standing {
	case reconcile.Missing:
		return "It does not exist."
	case reconcile.Unwanted:
		return "It exists, and is not wanted."
	}
	if differ := c.differences(stand.Part); len(differ) > 0 {
		return "It differs in " + strings.Join(differ, ", ") + "."
	}
	return "It is not as spinup writes it."
}

// differences are the places below an attribute at which what was seen is not what is wanted.
func (c comparison) differences(attribute string) []string {
	var wanted, seen map[string]tftypes.Value
	if c.wanted.As(&wanted) != nil || c.seen.As(&seen) != nil {
		return nil
	}
	return differences(attribute, wanted[attribute], seen[attribute])
}

// differences goes into objects and maps, whose keys are names. Of what is in a list or a set it says nothing.
func differences(at string, wanted, seen tftypes.Value) (all []string) {
	var want, have map[string]tftypes.Value
	var should, is *bool
	switch {
	case wanted.Equal(seen):
		return nil
	case wanted.IsNull():
		return []string{at + " (should be unset)"}
	case seen.IsNull():
		return []string{at + " (is unset)"}
	case wanted.As(&want) == nil && seen.As(&have) == nil:
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if value, ok := have[key]; ok {
				all = append(all, differences(at+"."+key, want[key], value)...)
			} else {
				all = append(all, at+"."+key+" (is missing)")
			}
		}
		for _, key := range slices.Sorted(maps.Keys(have)) {
			if _, ok := want[key]; !ok {
				all = append(all, at+"."+key+" (is too much)")
			}
		}
		return all
	case wanted.As(&should) == nil && seen.As(&is) == nil:
		return []string{fmt.Sprintf("%s (is %t, should be %t)", at, *is, *should)}
	}
	return []string{at}
}
