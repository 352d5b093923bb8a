// Package provider is the skin: what Terraform sees of spinup. Terraform's types live here and in fwtypes, nowhere
// else; what a composite is on AWS is in internal/spinup, how one is made and kept in internal/reconcile.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

type spinupProvider struct {
	version string
	pace    awsclient.Pace
}

var (
	_ provider.Provider                       = (*spinupProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*spinupProvider)(nil)
	_ provider.ProviderWithFunctions          = (*spinupProvider)(nil)
	_ provider.ProviderWithListResources      = (*spinupProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*spinupProvider)(nil)
)

// Option changes how the provider behaves, for tests.
type Option func(*spinupProvider)

// WithPace sets how long anything waits.
func WithPace(pace awsclient.Pace) Option {
	return func(p *spinupProvider) { p.pace = pace }
}

// New makes the provider. The version goes into the user agent of its requests.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &spinupProvider{version: version, pace: awsclient.DefaultPace()}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

func (p *spinupProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "spinup"
	resp.Version = p.version
}

func (p *spinupProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerSchema()
}

// ValidateConfig refuses what cannot be right, as far as it is known.
func (p *spinupProvider) ValidateConfig(
	ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse,
) {
	p.read(ctx, req.Config, &resp.Diagnostics)
}

// Configure makes no network call; see providerData.connect.
func (p *spinupProvider) Configure(
	ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse,
) {
	data := p.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.ResourceData, resp.DataSourceData, resp.EphemeralResourceData, resp.ActionData = data, data, data, data
	resp.ListResourceData = data
}

func (p *spinupProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		newBucketResource, newBucketGrantResource, newBucketRoleResource, newBucketUserResource, newDirectoryResource,
		newGatewayUserResource, newLifecycleRuleResource, newObjectResource, newWebsiteResource,
	}
}

func (p *spinupProvider) DataSources(context.Context) []func() datasource.DataSource {
	return bounded(newAccountDataSource, newBucketDataSource, newBucketsDataSource, newBucketUserDataSource,
		newBucketUsersDataSource, newDriftDataSource, newGatewayBucketsDataSource, newGatewayUserDataSource,
		newGatewayUsersDataSource, newLifecycleRulesDataSource, newObjectDataSource, newObjectsDataSource,
		newOrphansDataSource, newProviderPolicyDataSource, newWebsiteDataSource,
		newWebsitesDataSource)
}

// EphemeralResources need Terraform 1.10, and most of what takes their values 1.11.
func (p *spinupProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		newAccessKeyEphemeral, newBucketCredentialsEphemeral, newPresignedURLEphemeral,
	}
}

// ListResources need Terraform 1.14. There is one for each resource.
func (p *spinupProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		newBucketList, newBucketGrantList, newBucketRoleList, newBucketUserList, newDirectoryList, newGatewayUserList,
		newLifecycleRuleList, newObjectList, newWebsiteList,
	}
}

// Actions need Terraform 1.14.
func (p *spinupProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		newCopyObjectAction, newEmptyBucketAction, newInvalidateAction, newMoveObjectAction, newReapAction,
		newRotateKeyAction,
	}
}

func (p *spinupProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		newAWSProfileFunction, newBucketNameFunction, newCyberduckBookmarkFunction, newMCAliasFunction,
		newParseS3URIFunction, newRcloneConfigFunction,
	}
}
