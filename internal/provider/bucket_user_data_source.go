package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
)

// bucketUserDataSource looks at one user of a bucket.
type bucketUserDataSource struct{ dataSource }

func newBucketUserDataSource() datasource.DataSource { return &bucketUserDataSource{} }

type bucketUserDataModel struct {
	ID                  types.String      `tfsdk:"id"`
	Bucket              types.String      `tfsdk:"bucket"`
	Name                types.String      `tfsdk:"name"`
	Access              types.String      `tfsdk:"access"`
	WebAdmin            types.Bool        `tfsdk:"web_admin"`
	Path                types.String      `tfsdk:"path"`
	ARN                 types.String      `tfsdk:"arn"`
	UniqueID            types.String      `tfsdk:"unique_id"`
	PermissionsBoundary types.String      `tfsdk:"permissions_boundary"`
	TagsAll             map[string]string `tfsdk:"tags_all"`
	Groups              []string          `tfsdk:"groups"`
	Policies            []string          `tfsdk:"policies"`
	AccessKeys          []keyDataModel    `tfsdk:"access_keys"`
}

type keyDataModel struct {
	ID        types.String `tfsdk:"id"`
	Active    types.Bool   `tfsdk:"active"`
	CreatedAt types.String `tfsdk:"created_at"`
}

func (d *bucketUserDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_bucket_user"
}

func (d *bucketUserDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A user of a bucket, whether spinup created it or not, with its access keys but not their " +
			"secrets. It is an error if there is no such IAM user, or if neither a group of the bucket nor an inline policy " +
			"named after the bucket gives it access.",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the bucket or website.",
				Validators:          []validator.String{fwtypes.BucketName()},
			},
			"name": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the IAM user.",
			},
			"id":        dataText("`bucket/name`."),
			"access":    dataText("`admin`, `read_write` or `read_only`; null for a user that is only a web admin."),
			"web_admin": dataFlag("Whether the user is a member of the website's group `<bucket>-WebAdmGrp`."),
			"path": dataText("Key prefix to which the user is confined, such as `/docs/`; null for the whole " +
				"bucket."),
			"arn":                  dataText("ARN of the user."),
			"unique_id":            dataText("Unique id that IAM gave the user."),
			"permissions_boundary": dataText("ARN of the user's permissions boundary; null for none."),
			"tags_all": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Tags of the user, without those under `ignore_tags`.",
			},
			"groups": dataTexts("Names of all groups that the user is a member of."),
			"policies": dataTexts("Names of the inline policies and of the managed policies that are attached to the user " +
				"itself."),
			"access_keys": dataList("Access keys of the user, the oldest first.", map[string]schema.Attribute{
				"id":         dataText("Access key id."),
				"active":     dataFlag("Whether the key can be used."),
				"created_at": dataText("When the key was created, as RFC 3339 in UTC."),
			}),
		},
	}
}

func (d *bucketUserDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m bucketUserDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	resp.Diagnostics.Append(d.data.checkIAM(path.Root("name"))...)
	if resp.Diagnostics.HasError() {
		return
	}
	spec := bucketuser.Spec{
		Bucket: m.Bucket.ValueString(), Name: m.Name.ValueString(), Partition: conn.Partition,
		IgnoreTag: d.data.ignoreTags, ReadAll: true,
	}
	have, err := bucketuser.New(conn).Observe(ctx, spec)
	var policies []string
	if err == nil {
		policies, err = bucketuser.Policies(ctx, conn, spec, have)
	}
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Root("name"), "bucket user", bucketUserReads(), err))
		return
	}
	grant := have.SeenGrant(reconcile.Keep(spec))
	if have.User == nil || grant.Access == "" && !grant.WebAdmin {
		resp.Diagnostics.AddAttributeError(path.Root("name"), "No such bucket user",
			"The bucket \""+spec.Bucket+"\" has no user \""+spec.Name+"\".")
		return
	}
	m.ID = types.StringValue(spec.Bucket + "/" + spec.Name)
	m.Access, m.WebAdmin = optional(string(grant.Access)), types.BoolValue(grant.WebAdmin)
	m.Path = types.StringNull()
	if grant.Path != "" {
		m.Path = types.StringValue("/" + grant.Path)
	}
	m.ARN, m.UniqueID = optional(have.User.ARN), optional(have.User.ID)
	m.PermissionsBoundary = optional(have.User.Boundary)
	m.TagsAll, m.Groups, m.Policies = spec.OwnTags(have.User.Tags), have.Groups, policies
	m.AccessKeys = []keyDataModel{}
	for _, key := range have.Keys() {
		m.AccessKeys = append(m.AccessKeys, keyDataModel{
			types.StringValue(key.ID), types.BoolValue(key.Active), date(key.Created),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// bucketUserReads are the permissions behind the data sources about users.
func bucketUserReads() []awsclient.Permission {
	return slices.Concat(awsclient.Permissions(bucketuser.Reads{}), awsclient.Permissions(bucketuser.DataReads{}),
		awsclient.Permissions(bucketuser.Searches{}))
}
