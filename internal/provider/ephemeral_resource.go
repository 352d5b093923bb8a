package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// ephemeralResource is what all ephemeral resources share. M is the struct behind the schema. Nothing is closed: AWS
// cannot end what was lent. Nothing is renewed: a renewal cannot give new values.
type ephemeralResource[M any] struct {
	name   string // after "spinup_"
	schema schema.Schema
	check  func(m *M, diags *diag.Diagnostics) // of a configuration without unknown values; nil for nothing to check
	open   func(ctx context.Context, o opening, m *M, diags *diag.Diagnostics)

	data *providerData
}

// opening is what opening an ephemeral resource needs.
type opening struct {
	data *providerData
	conn *awsclient.Conn
}

// Metadata gives the name.
func (e *ephemeralResource[M]) Metadata(
	_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + e.name
}

// Schema gives the schema.
func (e *ephemeralResource[M]) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = e.schema
}

// Configure takes the provider's data; there is none during validation.
func (e *ephemeralResource[M]) Configure(
	_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse,
) {
	e.data, _ = req.ProviderData.(*providerData)
}

// ValidateConfig holds the rules between attributes, once all are known.
func (e *ephemeralResource[M]) ValidateConfig(
	ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse,
) {
	var m M
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if e.check != nil && req.Config.Raw.IsFullyKnown() && !resp.Diagnostics.HasError() {
		e.check(&m, &resp.Diagnostics)
	}
}

// Open opens it, within the time of a read. Terraform does so in every plan and apply, when the configuration is known.
// A provider that is not known yet is an error here, as for a data source.
func (e *ephemeralResource[M]) Open(
	ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse,
) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var m M
	if resp.Diagnostics.Append(req.Config.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	conn, err := e.data.connect(ctx)
	if err != nil {
		resp.Diagnostics.Append(connectDiagnostic(err))
		return
	}
	e.open(ctx, opening{e.data, conn}, &m, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, &m)...)
	}
}

// lent is a text that the opening gives.
func lent(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// secretly is a text that the opening gives and nobody may see.
func secretly(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: description}
}

// given is a text that the configuration may have; with a default the opening tells it.
func given(hasDefault bool, description string, rules ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: hasDefault, MarkdownDescription: description, Validators: rules,
	}
}

// needed is a text that the configuration must have.
func needed(description string, rules ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, Validators: rules}
}
