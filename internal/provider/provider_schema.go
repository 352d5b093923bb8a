package provider

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

// providerSchema is the provider block. Validators check the form of its attributes; awsclient.Config.Validate checks
// what depends on AWS.
func providerSchema() schema.Schema {
	attributes := map[string]schema.Attribute{}
	for _, group := range []map[string]schema.Attribute{
		credentialAttributes(), storeAttributes(), defaultAttributes(), transportAttributes(),
	} {
		maps.Copy(attributes, group)
	}
	return schema.Schema{
		MarkdownDescription: "Storage on AWS and on S3-compatible stores. One resource stands for a bucket and everything " +
			"that belongs to it, including the groups that may use it.\n\nThe provider makes no network call before a " +
			"resource or data source needs one. Every attribute is optional; if it is not set, the standard AWS environment " +
			"variables and shared configuration files apply. A value that is not known before apply, such as an endpoint " +
			"that another resource creates, does not stop a plan.",
		Attributes: attributes,
	}
}

func credentialAttributes() map[string]schema.Attribute {
	accounts := []validator.Set{setvalidator.ValueStringsAre(fwtypes.AccountID())}
	return map[string]schema.Attribute{
		"region": optionalString("The region, such as `us-east-1`. Default: the first that is set of `AWS_REGION`, " +
			"`AWS_DEFAULT_REGION`, the profile's region and the platform's region. On AWS it must be one of AWS's regions; " +
			"other stores take any name. A resource that sets its own `region` can be in another one."),
		"profile": optionalString("The profile of the shared configuration files to use. Default: `AWS_PROFILE`, else " +
			"`default`. Credentials of a profile that is set here take precedence over those in the environment."),
		"access_key": optionalString("The access key id. Set it together with `secret_key`. Default: `AWS_ACCESS_KEY_ID`, " +
			"then the rest of the SDK's chain: profile, single sign-on, web identity, container, instance."),
		"secret_key": secretString("The secret access key. Default: `AWS_SECRET_ACCESS_KEY`."),
		"token":      secretString("The session token of temporary credentials. Default: `AWS_SESSION_TOKEN`."),
		"shared_config_files": schema.ListAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Paths of shared configuration files; if several have the same setting, the last one " +
				"counts. Default: `AWS_CONFIG_FILE`, else `~/.aws/config`.",
		},
		"shared_credentials_files": schema.ListAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Paths of shared credentials files; if several have the same setting, the last one counts. " +
				"Default: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.",
		},
		"assume_role": schema.ListNestedAttribute{
			Optional: true,
			MarkdownDescription: "Roles to assume, in this order: the first with the credentials from the other attributes " +
				"or the environment, each further one with the credentials of the role before it. An empty list is the same as " +
				"unset.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"role_arn":     roleARN(),
				"session_name": sessionName(),
				"external_id": optionalString("External id that the role's trust policy requires, 2 to 1,224 letters, digits " +
					"and `_+=,.@:/-`."),
				"duration": sessionDuration(),
				"policy": optionalString("A session policy as JSON, which narrows what the role allows. For the permissions " +
					"that spinup needs see the guide \"Permissions\"."),
				"policy_arns": schema.SetAttribute{
					ElementType: types.StringType, Optional: true,
					MarkdownDescription: "ARNs of managed policies that narrow what the role allows, at most 10. Default: none.",
					Validators:          []validator.Set{setvalidator.SizeAtMost(10)},
				},
				"tags": schema.MapAttribute{
					ElementType: types.StringType, Optional: true,
					MarkdownDescription: "Tags of the session, which the trust policy of the role has to allow. Default: none.",
					Validators:          []validator.Map{fwtypes.TagMap(nil)},
				},
			}},
		},
		"assume_role_with_web_identity": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "A role to assume with the token of an identity provider, such as a CI system issues, " +
				"instead of any other credentials. Exactly one of `web_identity_token` and `web_identity_token_file` is needed. " +
				"`AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE` do the same without this attribute.",
			Attributes: map[string]schema.Attribute{
				"role_arn":     roleARN(),
				"session_name": sessionName(),
				"duration":     sessionDuration(),
				"web_identity_token": secretString("The token itself. A run that is longer than its validity needs " +
					"`web_identity_token_file`."),
				"web_identity_token_file": optionalString("Path of a file with the token, read each time the role is assumed " +
					"again."),
			},
		},
		"allowed_account_ids": schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Validators: accounts,
			MarkdownDescription: "Ids, of 12 digits, of the only accounts to work in. With credentials of any other account " +
				"every operation fails before it begins. Not together with `forbidden_account_ids`.",
		},
		"forbidden_account_ids": schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Validators: accounts,
			MarkdownDescription: "Ids, of 12 digits, of accounts never to work in. Not together with `allowed_account_ids`.",
		},
	}
}

func roleARN() schema.Attribute {
	return schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "ARN of the role, such as `arn:aws:iam::123456789012:role/deployer`.",
	}
}

func sessionName() schema.Attribute {
	return optionalString("Name of the session as it shows in logs, 2 to 64 letters, digits and `_+=,.@-`. Default: " +
		"generated by the SDK.")
}

func sessionDuration() schema.Attribute {
	return optionalString("How long a session lasts before the role is assumed again, such as `1h30m`; 15 minutes to " +
		"12 hours and not more than the role allows. Default: 15 minutes.")
}

func storeAttributes() map[string]schema.Attribute {
	endpoints := map[string]schema.Attribute{}
	for _, service := range awsclient.EndpointServices() {
		endpoints[service] = optionalString(fmt.Sprintf("URL of %[1]s, such as `https://%[1]s.example.edu`. Default: "+
			"`%[2]s`, then `AWS_ENDPOINT_URL`, then AWS's own endpoint.", service, awsclient.EndpointVariable(service)))
	}
	endpoints[awsclient.AdminService] = optionalString("URL of VersityGW's Admin API, for `spinup_gateway_user` and the " +
		"data sources about the gateway, if it is at a port or below a path of its own: " +
		"`https://gw.example.edu:7071/admin`. Let it lead to one gateway, not to several. Only for the platform " +
		"`versitygw`. Default: the URL of `s3`.")
	skip := func(what string) schema.Attribute {
		return schema.BoolAttribute{Optional: true, MarkdownDescription: what + " Default: `false` on `aws`, `true` on " +
			"other platforms, many of which have no STS. If both `skip_credentials_validation` and " +
			"`skip_requesting_account_id` are `true`, STS is not called at all."}
	}
	var tested []string
	for _, p := range awsclient.Platforms() {
		if p.Tested != "" {
			tested = append(tested, p.Name)
		}
	}
	return map[string]schema.Attribute{
		"platform": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Kind of store: `" + strings.Join(awsclient.PlatformNames(), "`, `") +
				"`. Default: `aws`, also for emulators of AWS. `s3` is any S3-compatible store. The platform only sets " +
				"defaults: which settings are managed if a resource leaves them unset (encryption, public access block and so " +
				"on), whether STS is called, the region, and for `yandex` the endpoint. Each can be set differently. A plan " +
				"refuses what the platform is known not to have. Tested: `" + strings.Join(tested, "`, `") + "`. The others " +
				"follow the documentation of their vendors and are not tested; `s3` assumes nothing. The guide \"S3-compatible " +
				"stores\" has the table.",
		},
		"endpoints": schema.SingleNestedAttribute{
			Optional: true, Attributes: endpoints,
			MarkdownDescription: "URLs to use instead of AWS's, for S3-compatible stores, emulators and private endpoints: " +
				"scheme, host and port, optionally with a path.",
		},
		"s3_use_path_style": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether the bucket's name is in the path of S3 requests (`https://host/bucket`) rather " +
				"than in the host name (`https://bucket.host`). Default: `true` when an S3 endpoint is set, here or in the " +
				"environment, else `false`.",
		},
		"skip_credentials_validation": skip("Whether to skip the check of the credentials with STS before they are used."),
		"skip_requesting_account_id": skip("Whether to skip asking STS for the account id. Attributes that show it are " +
			"then null, and `allowed_account_ids` and `forbidden_account_ids` cannot be used."),
		"skip_region_validation": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to accept any name as a region of AWS, for a region that is newer than this " +
				"provider. Default: `false`.",
		},
	}
}

func defaultAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"default_tags": schema.MapAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Tags for every object that supports tags. They show in `tags_all`; a tag of the resource " +
				"with the same key takes precedence. Keys have 1 to 128 characters and do not begin with `aws:`; values have at " +
				"most 256 characters. No key may be one that `ignore_tags` covers.",
			Validators: []validator.Map{fwtypes.TagMap(notOrgTag)},
		},
		"ignore_tags": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "Tags that someone else manages: they are not shown and never removed. Tags whose keys " +
				"begin with `aws:` are always ignored.",
			Attributes: map[string]schema.Attribute{
				"keys": schema.SetAttribute{
					ElementType: types.StringType, Optional: true, MarkdownDescription: "Keys of such tags.",
				},
				"key_prefixes": schema.SetAttribute{
					ElementType: types.StringType, Optional: true, MarkdownDescription: "Prefixes of the keys of such tags.",
					Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
				},
			},
		},
		"org": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Name of the organization that everything belongs to. It becomes the value of the tag `" +
				orgTag + "`, which shows in `tags_all` and not in `tags`; data sources can filter by it. At most 256 characters.",
			Validators: []validator.String{stringvalidator.LengthBetween(1, 256)},
		},
		"access_log": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "Default `access_log` of every bucket. Without it access logging is not managed. The bucket " +
				"must allow S3's log delivery service to write to it, and must be in the region and account of the buckets " +
				"whose logs it receives.",
			Attributes: map[string]schema.Attribute{
				"bucket": schema.StringAttribute{
					Required: true, MarkdownDescription: "Name of the bucket that receives the logs.",
					Validators: []validator.String{fwtypes.BucketName()},
				},
				"prefix": optionalString("Prefix of the keys of the log objects, before the name of the logged bucket: they " +
					"begin with `<prefix>/<name>/`, or without a prefix with `<name>/`."),
			},
		},
		"iam_path": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "IAM path of the groups, policies and users that the provider creates, such as `/spinup/`: " +
				"it begins and ends with a slash and has at most 512 characters. Existing ones stay where they are. Default: " +
				"`/`.",
			Validators: []validator.String{fwtypes.IAMPath()},
		},
		"permissions_boundary": optionalString("ARN of the managed policy that is the permissions boundary of every " +
			"`spinup_bucket_user` that sets none of its own, such as `arn:aws:iam::123456789012:policy/boundary`. Default: " +
			"none."),
	}
}

func transportAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"max_retries": schema.Int64Attribute{
			CustomType: fwtypes.Int64Type{},
			Optional:   true,
			MarkdownDescription: "How often a call is repeated after throttling, a server error or a lost connection, with " +
				"growing pauses of up to 20 seconds. `0`: no call is repeated. Default: one less than `AWS_MAX_ATTEMPTS`, else " +
				"25. A service that has never answered is given up after about 10 seconds, whatever is set here.",
		},
		"retry_mode": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`standard`, or `adaptive`, which also slows down calls to a service that throttles. " +
				"Default: `AWS_RETRY_MODE`, else `standard`.",
		},
		"http_proxy": optionalString("URL of the proxy for endpoints with `http://`; empty for none. Default: " +
			"`HTTP_PROXY`. AWS's own endpoints are `https://`, so usually `https_proxy` is the one to set."),
		"https_proxy": optionalString("URL of the proxy for endpoints with `https://`; empty for none. Default: " +
			"`HTTPS_PROXY`."),
		"no_proxy": optionalString("Hosts to reach without a proxy, separated by commas: names, domains, IP addresses, " +
			"networks. Default: `NO_PROXY`."),
		"custom_ca_bundle": optionalString("Path of a PEM file with the CA certificates to trust instead of the system's. " +
			"Default: `AWS_CA_BUNDLE`."),
		"insecure": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to accept any certificate of an `https://` endpoint. Only for tests: anyone on the " +
				"way can read and change everything. Default: `false`.",
		},
	}
}

func optionalString(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

func secretString(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
}

// orgTag is the key of the tag that org sets.
const orgTag = "spinup:org"

func notOrgTag(key string) error {
	if key == orgTag {
		return errors.New("is set by org: set that instead")
	}
	return nil
}
