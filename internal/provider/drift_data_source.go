package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// driftDataSource compares objects with what is wanted of them, and plans nothing.
type driftDataSource struct{ dataSource }

func newDriftDataSource() datasource.DataSource { return &driftDataSource{} }

type driftDataModel struct {
	Type   types.String  `tfsdk:"type"`
	ID     types.String  `tfsdk:"id"`
	Wanted types.Dynamic `tfsdk:"wanted"`
	Org    types.String  `tfsdk:"org"`
	InSync types.Bool    `tfsdk:"in_sync"`
	Parts  types.List    `tfsdk:"parts"`
}

// driftPart is the type of one part of one object.
func driftPart() types.ObjectType {
	return textsObject("resource", "id", "attribute", "object", "status", "detail")
}

func (d *driftDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_drift"
}

func (d *driftDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Compares an object with what is wanted of it, part by part, without planning a change. It " +
			"reads what a refresh of the resource reads, and needs the same permissions. A part that may not be read is an " +
			"error, never missing.",
		Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Type of the resource, such as `spinup_bucket`: any type of this provider. Needed with " +
					"`id` and `wanted`.",
				Validators: []validator.String{
					fwtypes.OneOf(slices.Sorted(maps.Keys(comparers(ctx)))...),
				},
			},
			"id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Import id of the object. What an import would take it for is what is wanted. So settings " +
					"are in sync whatever they are. What shows is parts that belong together and are missing or altered: a group " +
					"without its policy, a policy that is not the one of its level, a name of a site without a record. Exactly " +
					"one of `id`, `wanted` and `org` is set.",
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("wanted"), path.MatchRoot("org")),
				},
			},
			"wanted": schema.DynamicAttribute{
				Optional: true,
				MarkdownDescription: "The resource itself, as in `wanted = spinup_bucket.data`: every argument is compared. " +
					"While a plan changes the resource, Terraform reads this data source after that change. In a plan with " +
					"`-refresh=false` it is compared as the last apply has left it. It is kept in state with this data source. Of a " +
					"write-only argument nothing is known here, so it is not compared.",
			},
			"org": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "All buckets and websites of this org, whose tag `spinup:org` has this value. Each is " +
					"compared as with `id`.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"in_sync": dataFlag("Whether every part has the status `in_sync`."),
			"parts": dataList("The parts that are wanted or there, in the order in which an apply makes them.",
				map[string]schema.Attribute{
					"resource":  dataText("Type of the resource that the part belongs to."),
					"id":        dataText("Import id of that object."),
					"attribute": dataText("Attribute of the resource to look at."),
					"object":    dataText("What the part is on AWS, such as a group; null for a setting."),
					"status": dataText("`in_sync`, `missing`, `changed`, or `unwanted` if the next apply would remove the " +
						"part."),
					"detail": dataText("What is wrong, in words; null if nothing is. Texts are named and not repeated, since a " +
						"text may be a secret."),
				}),
		},
	}
}

// comparers are the resources whose parts can be compared, by their types.
func comparers(ctx context.Context) map[string]func() resource.Resource {
	all := map[string]func() resource.Resource{}
	for _, construct := range (&spinupProvider{}).Resources(ctx) {
		var named resource.MetadataResponse
		one := construct()
		one.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "spinup"}, &named)
		if _, ok := one.(comparer); ok {
			all[named.TypeName] = construct
		}
	}
	return all
}

// subject is one object to compare.
type subject struct {
	at     path.Path // the argument that names it
	kind   string
	id     string
	wanted tftypes.Value
}

func (d *driftDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m driftDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	subjects := []subject{{at: path.Root("id"), kind: m.Type.ValueString(), id: m.ID.ValueString()}}
	switch {
	case m.Org.IsNull() == m.Type.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("type"), "Invalid type", "type is the type of the resource that id or "+
			"wanted is about, such as \"spinup_bucket\": set it with one of them, and leave it out with org.")
	case !m.Org.IsNull():
		subjects = d.ofOrg(ctx, conn, m.Org.ValueString(), &resp.Diagnostics)
	case !m.Wanted.IsNull():
		subjects[0].at = path.Root("wanted")
		subjects[0].wanted = wantedValue(ctx, m, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	found := d.compareAll(ctx, subjects, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	parts, inSync := []attr.Value{}, true
	for i, one := range found {
		for _, stand := range one.stands {
			inSync = inSync && stand.Standing == reconcile.InSync
			parts = append(parts, objectOfTexts(map[string]string{
				"resource": subjects[i].kind, "id": one.id, "attribute": stand.Part, "object": stand.Object,
				"status": string(stand.Standing), "detail": one.detail(stand),
			}))
		}
	}
	m.InSync, m.Parts = types.BoolValue(inSync), types.ListValueMust(driftPart(), parts)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// wantedValue is the resource that is wanted, as a value of its type.
func wantedValue(ctx context.Context, m driftDataModel, diags *diag.Diagnostics) tftypes.Value {
	if m.Wanted.IsUnderlyingValueNull() {
		diags.AddAttributeError(path.Root("wanted"), "Not the resource", "wanted is null. Give the resource itself, or give "+
			"no data source, with count = 0.")
		return tftypes.Value{}
	}
	var of resource.SchemaResponse
	comparers(ctx)[m.Type.ValueString()]().Schema(ctx, resource.SchemaRequest{}, &of)
	value, err := m.Wanted.UnderlyingValue().ToTerraformValue(ctx)
	if err != nil || !value.Type().Equal(of.Schema.Type().TerraformType(ctx)) {
		diags.AddAttributeError(path.Root("wanted"), "Not the resource", "wanted is not a whole "+m.Type.ValueString()+
			", which is what type says. Give the resource itself, as in wanted = "+m.Type.ValueString()+".data.")
	}
	return value
}

// parallelComparisons is how many objects are compared at once.
const parallelComparisons = 4

// compareAll compares the objects. What keeps one from being read is reported at the argument that names it.
func (d *driftDataSource) compareAll(ctx context.Context, subjects []subject, diags *diag.Diagnostics) []comparison {
	constructors := comparers(ctx)
	found, told := make([]comparison, len(subjects)), make([]diag.Diagnostics, len(subjects))
	for i := range awsclient.Ahead(parallelComparisons, len(subjects), func(i int) {
		s := subjects[i]
		found[i], told[i] = compare(ctx, constructors[s.kind]().(comparer), d.data, s.wanted, s.id)
	}) {
		for _, one := range told[i] {
			diags.Append(diag.WithPath(subjects[i].at, one))
		}
	}
	return found
}

// ofOrg are the buckets and the websites of an org. The bucket of a website is a part of it.
func (d *driftDataSource) ofOrg(
	ctx context.Context, conn *awsclient.Conn, org string, diags *diag.Diagnostics,
) (all []subject) {
	tags, err := d.data.buckets.AllTags(ctx, conn)
	if err != nil {
		diags.Append(readDiagnostic(path.Root("org"), "buckets", bucketReads(), err))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if tags[name][orgTag] != org {
			continue
		}
		one := subject{at: path.Root("org"), kind: "spinup_bucket", id: name}
		if domain := website.SiteOf(tags[name]); domain != "" {
			one.kind, one.id = "spinup_website", domain
		}
		all = append(all, one)
	}
	return all
}
