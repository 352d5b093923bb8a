package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// orphansDataSource lists what earlier runs have left in the account.
type orphansDataSource struct{ dataSource }

func newOrphansDataSource() datasource.DataSource { return &orphansDataSource{} }

type orphansDataModel struct {
	Orphans types.List `tfsdk:"orphans"`
}

func (d *orphansDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_orphans"
}

// orphan is the type of one of them.
func orphan() types.ObjectType { return textsObject("kind", "id", "detail", "way_out") }

func (d *orphansDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What runs of this provider have left in the account, known by the marks that the provider " +
			"puts on what it makes. It changes nothing. It lists the account's buckets, distributions and users, and asks for " +
			"the tags of each bucket and the keys of each user.",
		Attributes: map[string]schema.Attribute{
			"orphans": dataList("What is left; empty if nothing is.", map[string]schema.Attribute{
				"kind": dataText("`distribution`: a website with `destroy_mode = \"disable\"` was destroyed, and its " +
					"distribution waits to be deleted. `half_made_website`: a bucket bears the tag of a website, and no " +
					"distribution has its name. `origin_access_control`: one made for a website that is gone. " +
					"`second_access_key`: the older one of two active keys of a user. That is as it should be until the overlap " +
					"of its rotation is over, which only state knows."),
				"id":      dataText("Id or name on AWS."),
				"detail":  dataText("What it is, in words."),
				"way_out": dataText("What to do about it."),
			}),
		},
	}
}

func (d *orphansDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	tags, err := d.data.buckets.AllTags(ctx, conn)
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Empty(), "buckets", bucketReads(), err))
		return
	}
	left, err := website.FindOrphans(ctx, conn, tags)
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Empty(), "websites", websiteReads(), err))
		return
	}
	keys, err := bucketuser.SecondKeys(ctx, conn)
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Empty(), "bucket users", bucketUserReads(), err))
		return
	}
	all := orphansOf(left, keys)
	resp.Diagnostics.Append(resp.State.Set(ctx, &orphansDataModel{types.ListValueMust(orphan(), all)})...)
}

// orphansOf says in words what was found.
func orphansOf(left website.Orphans, keys map[string]bucketuser.AccessKey) []attr.Value {
	all := []attr.Value{}
	add := func(kind, id, detail, wayOut string) {
		all = append(all, objectOfTexts(map[string]string{"kind": kind, "id": id, "detail": detail, "way_out": wayOut}))
	}
	for _, id := range slices.Sorted(maps.Keys(left.Retired)) {
		one := left.Retired[id]
		state := "It is disabled everywhere."
		if !one.Deployed {
			state = "CloudFront is still disabling it, which takes some minutes."
		}
		add("distribution", id, "It served the website "+one.Domain+", which was destroyed. "+state,
			"The next apply that changes any spinup_website deletes it; so does the action spinup_reap.")
	}
	for _, bucket := range slices.Sorted(maps.Keys(left.Buckets)) {
		domain := left.Buckets[bucket]
		add("half_made_website", bucket, "The bucket was made for the website "+domain+", which has no distribution.",
			"Apply the spinup_website "+domain+" again, after an import of that id if state does not hold it; or delete the "+
				"bucket.")
	}
	for _, id := range slices.Sorted(maps.Keys(left.Access)) {
		add("origin_access_control", id, "It was made for the website "+left.Access[id]+", which is gone.",
			"Delete it in CloudFront, or make the website again, which takes it over.")
	}
	for _, user := range slices.Sorted(maps.Keys(keys)) {
		key := keys[user]
		add("second_access_key", key.ID, fmt.Sprintf("The user %s has a newer key as well. This one was made at %s.",
			user, date(key.Created).ValueString()),
			"When the overlap of the rotation is over, the next apply of its spinup_bucket_user removes it. A key that no "+
				"state knows has to be deleted by hand.")
	}
	return all
}
