package provider

import (
	"context"
	"errors"
	"maps"
	"slices"

	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketgrant"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketrole"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

func newBucketList() list.ListResource {
	return &listing{
		of: newBucketResource(), noun: "bucket", permissions: bucketReads(),
		description: "All buckets of the account, by name, whoever made them. That includes the buckets of websites: leave " +
			"those to `spinup_website`, which manages its bucket. Filters narrow the list; if several are set, all must " +
			"match. `tags` and `org` take one more call for each bucket that the other filters leave.",
		filters: narrowingSchema("buckets", "name"),
		each: func(ctx context.Context, q query, give func(listed) bool) error {
			var m narrowing
			if err := q.into(ctx, &m); err != nil {
				return err
			}
			return m.eachBucket(ctx, q.session, func(one bucket.Entry, err error) bool {
				identity := bucketIdentity{types.StringValue(one.Name), optional(one.Region), optional(q.conn.AccountID)}
				return give(listed{one.Name, identity, err})
			})
		},
		tidy: sayPublicAccessOnce,
	}
}

// sayPublicAccessOnce leaves one of the two attributes that say the same: a configuration may have only one of them.
func sayPublicAccessOnce(ctx context.Context, object *tfsdk.State) (diags diag.Diagnostics) {
	var word types.String
	diags.Append(object.GetAttribute(ctx, path.Root("public_access"), &word)...)
	if word.ValueString() == bucket.Mixed {
		return append(diags, object.SetAttribute(ctx, path.Root("public_access"), types.StringNull())...)
	}
	return append(diags, object.SetAttribute(ctx, path.Root("public_access_block"),
		fwtypes.ObjectNull[publicBlockModel]())...)
}

func newWebsiteList() list.ListResource {
	return &listing{
		of: newWebsiteResource(), noun: "website", permissions: websiteReads(),
		description: "The websites of the account: the CloudFront distributions whose tag `spinup:website` is one of their " +
			"aliases, as `spinup_website` makes them. It takes one call for each distribution with an alias that the filters " +
			"of names leave. Filters narrow the list; if several are set, all must match.",
		filters: narrowingSchema("websites", "domain"),
		each: func(ctx context.Context, q query, give func(listed) bool) error {
			var m narrowing
			if err := q.into(ctx, &m); err != nil {
				return err
			}
			return m.eachSite(ctx, q.conn, func(one website.Site, err error) bool {
				return give(listed{one.Domain, websiteIdentity{types.StringValue(one.Domain)}, err})
			})
		},
	}
}

// ofOneBucket is what the lists have in common whose only filter is a bucket.
type ofOneBucket struct {
	Bucket types.String `tfsdk:"bucket"`
}

// named is the each of such a list. Walk gives the objects of a bucket.
func named(
	walk func(ctx context.Context, q query, bucket types.String, give func(listed) bool) error,
) func(context.Context, query, func(listed) bool) error {
	return func(ctx context.Context, q query, give func(listed) bool) error {
		var m ofOneBucket
		if err := q.into(ctx, &m); err != nil {
			return err
		}
		return walk(ctx, q, m.Bucket, give)
	}
}

// needsIAM refuses a list where IAM has no endpoint.
func needsIAM(data *providerData) diag.Diagnostics { return data.checkIAM(path.Root("bucket")) }

func newBucketUserList() list.ListResource {
	return &listing{
		of: newBucketUserResource(), noun: "bucket_user", permissions: bucketUserReads(), check: needsIAM,
		description: "The users of a bucket, whoever made them: the members of its groups, which are found by their exact " +
			"names, and then the users with an inline policy that gives access to it, as `spinup_bucket_user` writes them. " +
			"The latter take one call for each user of the account.",
		filters: inBucket("Name of the bucket or website. Required: users belong to one."),
		each: named(func(ctx context.Context, q query, in types.String, give func(listed) bool) error {
			return bucketuser.Each(ctx, q.conn, in.ValueString(), func(one bucketuser.Member, err error) bool {
				return give(listed{one.Name, bucketUserIdentity{in, types.StringValue(one.Name)}, err})
			})
		}),
	}
}

func newBucketRoleList() list.ListResource {
	return &listing{
		of: newBucketRoleResource(), noun: "bucket_role", check: needsIAM,
		permissions: awsclient.Permissions(bucketrole.Searches{}),
		description: "The IAM roles of a bucket: those with an inline policy for it, as `spinup_bucket_role` writes them. " +
			"It takes one call for each role of the account, without those that AWS makes for its services.",
		filters: inBucket("Name of the bucket or website. Required: roles belong to one."),
		each: named(func(ctx context.Context, q query, in types.String, give func(listed) bool) error {
			return bucketrole.Each(ctx, q.conn, in.ValueString(), func(name string, err error) bool {
				return give(listed{name, bucketRoleIdentity{in, types.StringValue(name)}, err})
			})
		}),
	}
}

func newBucketGrantList() list.ListResource {
	return &listing{
		of: newBucketGrantResource(), noun: "bucket_grant", check: needsIAM,
		permissions: slices.Concat(awsclient.Permissions(bucketgrant.Searches{}), awsclient.Permissions(bucketgrant.Reads{})),
		description: "The grants of a bucket: the roles, then the users, then the groups with the inline policy " +
			"`<bucket>-SpinupGrant`. It takes one call for each of them in the account.",
		filters: inBucket("Name of the bucket or website. Required: grants belong to one."),
		each: named(func(ctx context.Context, q query, in types.String, give func(listed) bool) error {
			return bucketgrant.Each(ctx, q.conn, in.ValueString(), func(kind, name string, err error) bool {
				identity := bucketGrantIdentity{in, types.StringValue(kind), types.StringValue(name)}
				return give(listed{kind + " " + name, identity, err})
			})
		}),
	}
}

func newLifecycleRuleList() list.ListResource {
	return &listing{
		of: newLifecycleRuleResource(), noun: "lifecycle_rule", permissions: awsclient.Permissions(lifecyclerule.Reads{}),
		description: "The lifecycle rules of a bucket, in S3's order, whoever made them. That includes the rule of a " +
			"`lifecycle_preset`: leave that to the resource of the bucket.",
		filters: inBucket("Name of the bucket. Required: rules belong to one."),
		each: named(func(ctx context.Context, q query, in types.String, give func(listed) bool) error {
			rules, err := lifecyclerule.List(ctx, q.conn, in.ValueString())
			for _, rule := range rules {
				one := listed{rule.Name, lifecycleRuleIdentity{in, types.StringValue(rule.Name)}, nil}
				if rule.Name == "" {
					one.name, one.err = "a rule without a name", errNameless
				}
				if !give(one) {
					break
				}
			}
			return err
		}),
	}
}

// errNameless is why a rule cannot be listed.
var errNameless = errors.New("a rule is imported by its name, which S3 calls its ID: give it one")

func newDirectoryList() list.ListResource {
	return &listing{
		of: newDirectoryResource(), noun: "directory", permissions: awsclient.Permissions(directory.Reads{}),
		description: "The directories that `spinup_directory` has published in a bucket, found by their manifests, each of " +
			"which is opened for its prefix. Where the files come from, no bucket says: `source` is left to you.",
		filters: inBucket("Name of the bucket. Required: directories belong to one."),
		each: named(func(ctx context.Context, q query, in types.String, give func(listed) bool) error {
			return directory.Each(ctx, q.conn, in.ValueString(), func(prefix, key, region string, err error) bool {
				one := listed{in.ValueString() + "/" + prefix, nil, err}
				if err != nil {
					one.name = in.ValueString() + "/" + key
				}
				one.identity = directoryIdentity{
					in, types.StringValue(prefix), types.StringValue(region), optional(q.conn.AccountID),
				}
				return give(one)
			})
		}),
	}
}

func newObjectList() list.ListResource {
	filters := inBucket("Name of the bucket. Required: objects belong to one.")
	maps.Copy(filters, map[string]dataschema.Attribute{"prefix": dataschema.StringAttribute{
		Optional: true, MarkdownDescription: "Only objects whose key begins with this text.",
	}})
	return &listing{
		of: newObjectResource(), noun: "object", permissions: awsclient.Permissions(object.DataReads{}), filters: filters,
		description: "The objects of a bucket, by key, whoever put them there. That includes what a `spinup_directory` has " +
			"published, which is best left to it; its manifests below `.spinup/` are not listed. What an object holds is not " +
			"listed either: the content is left to you.",
		each: func(ctx context.Context, q query, give func(listed) bool) error {
			var m struct {
				ofOneBucket
				Prefix types.String `tfsdk:"prefix"`
			}
			if err := q.into(ctx, &m); err != nil {
				return err
			}
			in := m.Bucket
			return object.Each(ctx, q.conn, in.ValueString(), m.Prefix.ValueString(), func(key, region string) bool {
				return give(listed{key, objectIdentity{in, types.StringValue(key), types.StringValue(region)}, nil})
			})
		},
	}
}

func newGatewayUserList() list.ListResource {
	return &listing{
		of: newGatewayUserResource(), noun: "gateway_user",
		description: "The users of VersityGW's own, by access key. The gateway's root is none of them. Only for the " +
			"provider's platform `versitygw`, with the credentials of the root or of a user of role `admin`.",
		check: func(data *providerData) (diags diag.Diagnostics) {
			if wrong := data.checkGateway(path.Empty(), "list spinup_gateway_user"); wrong != nil {
				diags.Append(wrong)
			}
			return diags
		},
		each: func(ctx context.Context, q query, give func(listed) bool) error {
			users, err := versitygw.New(q.conn).Users(ctx)
			for _, user := range users {
				if !give(listed{user.AccessKey, gatewayUserIdentity{types.StringValue(user.AccessKey)}, nil}) {
					break
				}
			}
			return err
		},
	}
}
