package provider

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

// providerSchema is the provider block. What its attributes may hold is checked by validators where it is a matter of
// form, and by awsclient.Config.Validate where it has to do with AWS.
func providerSchema() schema.Schema {
	attributes := map[string]schema.Attribute{}
	for _, group := range []map[string]schema.Attribute{
		credentialAttributes(), storeAttributes(), defaultAttributes(), transportAttributes(),
	} {
		maps.Copy(attributes, group)
	}
	return schema.Schema{
		MarkdownDescription: "Storage on AWS and on S3-compatible stores: a bucket with all that belongs to it, the " +
			"groups that may use it included, is one resource.\n\nNothing is sent anywhere before a resource or data source " +
			"needs it. Every attribute is optional; where one is not set, the standard AWS environment variables and shared " +
			"configuration files count. A value that is not known before apply, such as an endpoint that another resource " +
			"makes, does not stop a plan.",
		Attributes: attributes,
	}
}

func credentialAttributes() map[string]schema.Attribute {
	accounts := []validator.Set{setvalidator.ValueStringsAre(fwtypes.AccountID())}
	return map[string]schema.Attribute{
		"region": optionalString("The region, such as `us-east-1`. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the " +
			"profile's region, the platform's. On AWS it must be one of AWS's regions; other stores take any name. Resources " +
			"can be in another region by their own `region`."),
		"profile": optionalString("The profile of the shared configuration files to use. Default: `AWS_PROFILE`, else " +
			"`default`. Credentials of a profile named here win over those in the environment."),
		"access_key": optionalString("The access key id. Set it together with `secret_key`. Default: `AWS_ACCESS_KEY_ID`, " +
			"then the rest of the SDK's chain: profile, single sign-on, web identity, container, instance."),
		"secret_key": secretString("The secret access key. Default: `AWS_SECRET_ACCESS_KEY`."),
		"token":      secretString("The session token of temporary credentials. Default: `AWS_SESSION_TOKEN`."),
		"shared_config_files": schema.ListAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Paths of shared configuration files; of a setting that several have the last counts. " +
				"Default: `AWS_CONFIG_FILE`, else `~/.aws/config`.",
		},
		"shared_credentials_files": schema.ListAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Paths of shared credentials files; of a setting that several have the last counts. " +
				"Default: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.",
		},
		"assume_role": schema.ListNestedAttribute{
			Optional: true,
			MarkdownDescription: "Roles to assume, each with the credentials of the one before; the first with the " +
				"credentials configured otherwise.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"role_arn":     roleARN(),
				"session_name": sessionName(),
				"external_id": optionalString("External id that the role's trust policy asks for, 2 to 1,224 letters, digits " +
					"and `_+=,.@:/-`."),
				"duration": sessionDuration(),
				"policy": optionalString("A session policy as JSON, which narrows what the role allows. For the permissions " +
					"that spinup needs see the guide \"Permissions\"."),
				"policy_arns": schema.SetAttribute{
					ElementType: types.StringType, Optional: true,
					MarkdownDescription: "ARNs of managed policies that narrow what the role allows, at most 10.",
					Validators:          []validator.Set{setvalidator.SizeAtMost(10)},
				},
				"tags": schema.MapAttribute{
					ElementType: types.StringType, Optional: true,
					MarkdownDescription: "Session tags.",
					Validators:          []validator.Map{fwtypes.TagMap(nil)},
				},
			}},
			Validators: []validator.List{listvalidator.SizeAtLeast(1)},
		},
		"assume_role_with_web_identity": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "A role to assume with the token of an identity provider, as CI systems hand them out, in " +
				"place of any other credentials. Exactly one of `web_identity_token` and `web_identity_token_file` is needed. " +
				"`AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE` do the same without this attribute.",
			Attributes: map[string]schema.Attribute{
				"role_arn":           roleARN(),
				"session_name":       sessionName(),
				"duration":           sessionDuration(),
				"web_identity_token": secretString("The token."),
				"web_identity_token_file": optionalString("Path of a file with the token, read each time the role is assumed " +
					"again."),
			},
		},
		"allowed_account_ids": schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Validators: accounts,
			MarkdownDescription: "The only accounts to work in, by their 12 digits. With credentials of any other account " +
				"every operation stops before it begins. Not together with `forbidden_account_ids`.",
		},
		"forbidden_account_ids": schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Validators: accounts,
			MarkdownDescription: "Accounts never to work in, by their 12 digits. Not together with `allowed_account_ids`.",
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
		"made up by the SDK.")
}

func sessionDuration() schema.Attribute {
	return optionalString("How long a session lasts before the role is assumed again, such as `1h30m`; 15 minutes to " +
		"12 hours and not more than the role allows. Default: 15 minutes.")
}

func storeAttributes() map[string]schema.Attribute {
	endpoints := map[string]schema.Attribute{}
	for _, service := range awsclient.EndpointServices() {
		endpoints[service] = optionalString(fmt.Sprintf("URL of %[1]s, such as `https://%[1]s.example.edu`. Default: "+
			"`%[2]s`, then `AWS_ENDPOINT_URL`, then AWS's own.", service, awsclient.EndpointVariable(service)))
	}
	skip := func(what string) schema.Attribute {
		return schema.BoolAttribute{Optional: true, MarkdownDescription: what + " Default: `false` on `aws`, `true` on " +
			"other platforms, many of which have no STS. When both this and its sibling are true, STS is not asked at all."}
	}
	return map[string]schema.Attribute{
		"platform": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "What kind of store this is: `" + strings.Join(awsclient.PlatformNames(), "`, `") +
				"`. Default: `aws`, also for emulators of AWS. `s3` is any S3-compatible store. The platform only sets " +
				"defaults: what is managed where a resource does not say (encryption, public access block and so on), whether " +
				"STS is asked, the region, and for `yandex` the endpoint. Each can be set otherwise. All but `aws` follow " +
				"documentation and are not tested here.",
		},
		"endpoints": schema.SingleNestedAttribute{
			Optional: true, Attributes: endpoints,
			MarkdownDescription: "URLs to use in place of AWS's, for S3-compatible stores, emulators and private endpoints: " +
				"scheme, host and port, perhaps a path. This version calls S3, IAM and STS; the others are for resources to " +
				"come.",
		},
		"s3_use_path_style": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Put the bucket's name into the path of S3 requests (`https://host/bucket`) and not into " +
				"the host name (`https://bucket.host`). Default: `true` when an S3 endpoint is set, here or in the environment, " +
				"else `false`.",
		},
		"skip_credentials_validation": skip("Do not ask STS whether the credentials are valid before they are used."),
		"skip_requesting_account_id": skip("Do not ask STS for the account id. Attributes that show it are then null, and " +
			"`allowed_account_ids` and `forbidden_account_ids` cannot be used."),
		"skip_region_validation": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Accept any name as a region of AWS, for one that is newer than this provider. Default: " +
				"`false`.",
		},
	}
}

func defaultAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"default_tags": schema.MapAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Tags for everything that takes tags. They show in `tags_all`; a tag of the resource with " +
				"the same key wins. Keys have 1 to 128 characters and do not begin with `aws:`, values have at most 256.",
			Validators: []validator.Map{fwtypes.TagMap(notOrgTag)},
		},
		"ignore_tags": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "Tags that someone else sets: they are not seen, not shown and never removed. Those that " +
				"begin with `aws:` always belong to these.",
			Attributes: map[string]schema.Attribute{
				"keys": schema.SetAttribute{
					ElementType: types.StringType, Optional: true, MarkdownDescription: "Keys of such tags.",
				},
				"key_prefixes": schema.SetAttribute{
					ElementType: types.StringType, Optional: true, MarkdownDescription: "Beginnings of the keys of such tags.",
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
			MarkdownDescription: "Where the server access log of every bucket goes that does not say otherwise. Without it " +
				"access logging is left alone. The bucket must let S3's log delivery write to it, and be in the region and " +
				"account of the buckets that it logs.",
			Attributes: map[string]schema.Attribute{
				"bucket": schema.StringAttribute{
					Required: true, MarkdownDescription: "Name of the bucket that receives the logs.",
					Validators: []validator.String{fwtypes.BucketName()},
				},
				"prefix": optionalString("What the keys of log objects begin with, before the name of the bucket they are " +
					"about: they begin with `<prefix>/<name>/`, without this with `<name>/`."),
			},
		},
		"iam_path": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The path of the IAM groups and policies made here, such as `/spinup/`: begins and ends " +
				"with a slash, at most 512 characters. Those that exist stay where they are. Default: `/`.",
			Validators: []validator.String{fwtypes.IAMPath()},
		},
		"permissions_boundary": optionalString("ARN of the policy that bounds what IAM users made here may be allowed, " +
			"such as `arn:aws:iam::123456789012:policy/boundary`; this version makes none. Default: none."),
	}
}

func transportAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"max_retries": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "How often a call is sent again after throttling, server errors and lost connections, with " +
				"growing pauses of up to 20 seconds. `0`: each call is made once. Default: one less than `AWS_MAX_ATTEMPTS`, " +
				"else 25. A service that has not answered once is given up after about 10 seconds all the same.",
		},
		"retry_mode": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`standard`, or `adaptive`, which also slows down calls to a service that throttles. " +
				"Default: `AWS_RETRY_MODE`, else `standard`.",
		},
		"http_proxy": optionalString("URL of the proxy for endpoints with `http://`; empty for none. Default: " +
			"`HTTP_PROXY`. AWS's own endpoints are `https://`, so that usually `https_proxy` is the one to set."),
		"https_proxy": optionalString("URL of the proxy for endpoints with `https://`; empty for none. Default: " +
			"`HTTPS_PROXY`."),
		"no_proxy": optionalString("Hosts to reach without proxy, with commas between: names, domains, addresses, " +
			"networks. Default: `NO_PROXY`."),
		"custom_ca_bundle": optionalString("Path of a file with the certificates, in PEM form, to trust in place of the " +
			"system's. Default: `AWS_CA_BUNDLE`."),
		"insecure": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Do not verify the certificates of `https://` endpoints. Only for tests: whoever is between " +
				"can read and change everything. Default: `false`.",
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
