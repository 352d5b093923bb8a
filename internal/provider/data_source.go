package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

// dataSource is what all data sources share: the provider's data and the connection.
type dataSource struct{ data *providerData }

// Configure takes the provider's data; there is none during validation.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.data, _ = req.ProviderData.(*providerData)
}

// connect gives the connection. A data source has no earlier state to keep, so a provider that is not known yet is an
// error here, unlike in the refresh of a resource.
func (d *dataSource) connect(ctx context.Context, diags *diag.Diagnostics) *awsclient.Conn {
	conn, err := d.data.connect(ctx)
	if err != nil {
		diags.Append(connectDiagnostic(err))
	}
	return conn
}

// boundedDataSource bounds the read of a data source, which has no timeouts block, by that of a resource.
type boundedDataSource struct {
	datasource.DataSourceWithConfigure
}

// Read reads within readTimeout.
func (d boundedDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	d.DataSourceWithConfigure.Read(ctx, req, resp)
}

// bounded are the data sources with bounded reads. Each can be configured, because it is a dataSource.
func bounded(constructors ...func() datasource.DataSource) []func() datasource.DataSource {
	var all []func() datasource.DataSource
	for _, construct := range constructors {
		all = append(all, func() datasource.DataSource {
			return boundedDataSource{construct().(datasource.DataSourceWithConfigure)}
		})
	}
	return all
}

// readDiagnostic is the error of a data source that cannot be read.
func readDiagnostic(at path.Path, noun string, permissions []awsclient.Permission, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, unread(noun), withAdvice(err, permissions))
}

func dataText(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func dataFlag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

// dataTexts is a set of texts.
func dataTexts(description string) schema.SetAttribute {
	return schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

func dataNumber(description string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, CustomType: fwtypes.Int64Type{}, MarkdownDescription: description}
}

// textsObject is the type of an object of texts.
func textsObject(names ...string) types.ObjectType {
	all := map[string]attr.Type{}
	for _, name := range names {
		all[name] = types.StringType
	}
	return types.ObjectType{AttrTypes: all}
}

// objectOfTexts is an object of texts, in which an empty text is null.
func objectOfTexts(texts map[string]string) attr.Value {
	values := map[string]attr.Value{}
	for name, text := range texts {
		values[name] = optional(text)
	}
	return types.ObjectValueMust(textsObject(slices.Collect(maps.Keys(texts))...).AttrTypes, values)
}

// dataMap is a map of objects with these attributes, see [objects].
func dataMap(description string, each map[string]schema.Attribute) schema.MapAttribute {
	of, text := objects(description, each)
	return schema.MapAttribute{Computed: true, ElementType: of, MarkdownDescription: text}
}

// dataList is a list of objects with these attributes, see [objects].
func dataList(description string, each map[string]schema.Attribute) schema.ListAttribute {
	of, text := objects(description, each)
	return schema.ListAttribute{Computed: true, ElementType: of, MarkdownDescription: text}
}
