package provider

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

func newDirectoryResource() resource.Resource {
	return &envelope[directoryModel, directory.Spec, directory.Status, *directoryModel]{
		noun:                  "directory",
		schema:                directorySchema,
		identity:              directoryIdentitySchema(),
		keys:                  []string{"bucket", "prefix"},
		lastKeyMayHaveSlashes: true,
		lastKeyMayBeEmpty:     true,
		build:                 directory.New,
		permissions:           awsclient.Permissions(directory.API{}),
		timeout:               directoryTimeout,
	}
}

func directoryIdentitySchema() identityschema.Schema {
	optional := func(description string) identityschema.Attribute {
		return identityschema.StringAttribute{OptionalForImport: true, Description: description}
	}
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"bucket":     identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
		"prefix":     optional("Beginning of the keys; none for the whole bucket."),
		"region":     optional("Region of the bucket."),
		"account_id": optional("AWS account of the credentials."),
	}}
}

func directorySchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The files of a directory on this machine, published in a bucket: a site, its assets, a data " +
			"set.\n\nA plan says how many files are new, changed and removed, and names the first. An apply sends what " +
			"changed: files that others refer to first, pages after them, so that no page refers to a file that is not there. " +
			"What the source has no more is deleted after a while, and the caches of a distribution get rid of what changed. " +
			"State has the same small size however many files there are: what was published, and that it is ours, is in a " +
			"manifest, an object below `.spinup/` in the bucket.\n\nObjects of others are never touched: not by an update, " +
			"not by a destroy. One that stands where a file is to go fails the plan, unless `overwrite` is set. What somebody " +
			"changed or deleted shows in `drift`, and the next apply puts just that back.\n\nThe SHA-256 of every file is " +
			"planned and sent along. A file that changes after the plan fails the apply: Terraform then says \"Provider " +
			"produced inconsistent final plan\" and shows both digests, and nothing is sent. Plan again.",
		Attributes: directoryAttributes(),
		Blocks:     map[string]schema.Block{"timeouts": timeoutsBlock(ctx, directoryTimeout)},
	}
}

func directoryAttributes() map[string]schema.Attribute {
	attributes := directorySettings()
	maps.Copy(attributes, directoryFacts())
	return attributes
}

func directorySettings() map[string]schema.Attribute {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	return map[string]schema.Attribute{
		"bucket": ofBucket("Name of the bucket. A change replaces the directory."),
		"prefix": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: replace, Validators: []validator.String{keyPrefix()},
			Default: stringdefault.StaticString(""), // here, because a change of it replaces
			MarkdownDescription: "Beginning of the keys of all files, such as `docs/`: with a slash at its end, and none at " +
				"its beginning. Default `\"\"`: the files are at the top of the bucket. A prefix of a bucket has one directory, " +
				"and another one may be below it. A change replaces the directory.",
		},
		"source": schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Path of the directory, absolute or relative to where Terraform runs; " +
				"`\"${path.module}/site\"` is relative to the module. It is read by every plan. Directories without files " +
				"make nothing.",
		},
		"include": globs("Patterns of the files to publish. `*` and `?` do not go beyond a slash, `**` does; `[abc]` and " +
			"`{html,css}` are choices. A pattern without a slash is for the name of a file in any folder, one that ends in a " +
			"slash for everything below a folder. Unset: all files."),
		"exclude": globs("Patterns of files that are not published, even if `include` has them. Default: `" +
			strings.Join(directory.DefaultExclude(), "`, `") + "`; a list of your own replaces them."),
		"follow_symlinks": toggle("Whether symbolic links are followed, to files and directories inside `source`. Default " +
			"`false`: a link is an error."),
		"allow_empty": toggle("Whether a source without files is published, which removes all files. Default `false`: it " +
			"is an error."),
		"overwrite": toggle("Whether objects of others are replaced that stand where files are to go; they count as ours " +
			"afterwards. Default `false`: they are an error. The placeholder page of a `spinup_website` is always replaced."),
		"cache_control": schema.ListNestedAttribute{
			Optional: true,
			MarkdownDescription: "Values of the header `Cache-Control`; the first rule that fits a file counts. For files " +
				"without a rule: `no-cache` for pages, service workers and manifests; `public, max-age=31536000, immutable` for " +
				"names that change with the content (eight or more hexadecimal digits before the extension, as in " +
				"`app.3f2a91bc.js`, the eight signs of Vite in `assets/`, and the folders of Next.js, Nuxt, Astro and " +
				"SvelteKit); `public, max-age=3600` for the rest.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"match": pattern("Pattern of the files, as in `include`."),
				"value": schema.StringAttribute{
					Required: true, Validators: []validator.String{headerValue()},
					MarkdownDescription: "Value of the header, such as `public, max-age=86400`.",
				},
			}},
		},
		"content_types": schema.MapAttribute{
			Optional: true, ElementType: types.StringType, Validators: []validator.Map{globKeys{}},
			MarkdownDescription: "Values of the header `Content-Type`, by patterns as in `include`; of several that fit, the " +
				"longest counts. Other files get the type of their extension from a table of the provider, the same on every " +
				"machine, or what their first 512 bytes look like.",
		},
		"headers": directoryHeaders(),
		"storage_class": schema.StringAttribute{
			Optional: true, Validators: []validator.String{fwtypes.OneOf(content.StorageClasses()...)},
			MarkdownDescription: "Storage class of the objects: `" + strings.Join(content.StorageClasses(), "`, `") +
				"`. Default: `STANDARD`. A change copies every object onto itself.",
		},
		"encryption": objectEncryption("Encryption of the objects. Default: the bucket's. A change copies every object " +
			"onto itself."),
		"last": globs("Patterns of files that are sent after all others, because they refer to them. Default: `" +
			strings.Join(directory.DefaultLast(), "`, `") + "`."),
		"keep_removed": schema.SingleNestedAttribute{
			CustomType: fwtypes.NewObjectType[keepRemovedModel](), Optional: true, Computed: true,
			MarkdownDescription: "How long files stay in the bucket that the source has no more: a page that is still open " +
				"may ask for them. A plan after that time removes them. Other files are deleted at once.",
			Attributes: map[string]schema.Attribute{
				"for": schema.StringAttribute{
					Optional: true, Computed: true, Validators: []validator.String{fwtypes.Duration()},
					MarkdownDescription: "How long, as a number with a unit: `0s`, `30m`, `168h`. Default `168h`. Of what waits " +
						"already, a shorter time removes nothing before the plan after the next one. Terraform's " +
						"language wants the name in quotes, because it has a word `for`: `keep_removed = { \"for\" = \"24h\" }`.",
				},
				"match": globs("Patterns of the files that stay, as in `include`. Default: all but pages, `*.html` and `*.htm`."),
			},
		},
		"max_removals": whole("How many files one apply may remove at most, at least 0; more fail the plan. Unset: no limit.",
			int64validator.AtLeast(0)),
		"invalidate": schema.SingleNestedAttribute{
			CustomType: fwtypes.NewObjectType[directoryInvalidateModel](), Optional: true,
			MarkdownDescription: "Distribution of CloudFront whose caches get rid of what an apply changes and removes. New " +
				"files were never cached. An invalidation that fails is made by the next apply.",
			Attributes: map[string]schema.Attribute{
				"distribution_id": schema.StringAttribute{
					Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
					MarkdownDescription: "Id of the distribution, such as `spinup_website.NAME.distribution_id`. Its origin is the " +
						"top of the bucket.",
				},
				"max_paths": number64("How many paths an invalidation has at most, 1 to 3000: more are put together as folders, "+
					"such as `/docs/*`. AWS charges for paths, beyond 1,000 in a month. Default `15`.",
					int64validator.Between(1, 3000)),
				"wait": toggle("Whether an apply waits until the caches have changed: a minute, often. Default `false`. If that " +
					"takes too long there is a warning."),
			},
		},
		"verify": choice("How a refresh finds out what was changed elsewhere: `list` (a list of the objects, 1,000 in a "+
			"call, tells what is gone and what has other content), `deep` (a call for each object compares headers too), or "+
			"`none` (only the manifest is read, and objects of others are found when they are in the way of a new file, or in "+
			"the place of one that is to be removed). Default `list`.",
			directory.VerifyList, directory.VerifyDeep, directory.VerifyNone),
		"delete_versions": toggle("Whether, in a bucket with versioning, a removal deletes all versions of a file. Default " +
			"`false`: the versions stay, and a delete marker is put before them."),
		"on_destroy": choice("What a destroy does with the files: `delete` deletes those of this directory, `retain` leaves "+
			"them, and they are nobody's afterwards. Default `delete`. A change must be applied before the destroy.",
			"delete", "retain"),
		"concurrency": number64("How many calls run at once at most, 1 to 512; fewer when S3 asks to slow down. All "+
			"directories of a run with the same number share it. Default `64`.", int64validator.Between(1, 512)),
		"part_size": number64("Size in bytes from which a file is sent in parts of this size: 5242880 (5 MiB) to "+
			"5368709120 (5 GiB). It grows for files of more than 10,000 parts. Default `16777216` (16 MiB). A change sends "+
			"the files again that have parts.", int64validator.Between(content.MinPartSize, content.MaxPartSize)),
	}
}

func directoryHeaders() schema.Attribute {
	header := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, MarkdownDescription: description, Validators: []validator.String{headerValue()},
		}
	}
	return schema.ListNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Further headers; the first rule that fits a file counts. Default: none.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"match":               pattern("Pattern of the files, as in `include`."),
			"content_encoding":    header("Value of `Content-Encoding`, such as `br` for files that are compressed already."),
			"content_disposition": header("Value of `Content-Disposition`, such as `attachment`."),
			"content_language":    header("Value of `Content-Language`, such as `en`."),
			"metadata": schema.MapAttribute{
				Optional: true, ElementType: types.StringType, Validators: []validator.Map{metadataRule{}},
				MarkdownDescription: "Metadata of the objects, which everybody sees who may read them. Keys in lower case.",
			},
		}},
	}
}

func directoryFacts() map[string]schema.Attribute {
	count := func(description string) schema.Attribute {
		return schema.Int64Attribute{Computed: true, CustomType: fwtypes.Int64Type{}, MarkdownDescription: description}
	}
	lines := func(description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":         computed("`bucket/prefix`, which is also the import id."),
		"region":     computed("AWS region of the bucket."),
		"account_id": computed("AWS account of the credentials; null where the store has no accounts."),
		"digest": computed("SHA-256 of the keys, contents and headers of all files, `sha256:…`. The old value " +
			"`drifted:3` in a plan means that three objects are not as they were put there."),
		"files":         count("Number of files."),
		"bytes":         count("Bytes of all files."),
		"changes":       computed("What the last apply did: `+12 ~3 -1` for new, changed and removed files."),
		"first_changes": lines("The first files of `changes`, such as `+ app.js`, and how many more there are."),
		"drift": lines("What is not as it was put there, such as `~ index.html (changed outside)`: the first, and how many " +
			"more there are. Empty after an apply."),
		"removals_pending": count("Number of files that the source has no more, and that stay for a while."),
		"next_removal": computed("When the first of the files that stay for a while can be removed, as RFC 3339 in " +
			"UTC; null if there are none."),
		"manifest_key": computed("Key of the manifest. Its name cannot be guessed, because it names files that no page may " +
			"link to: keep it to yourself where the bucket is public."),
		"invalidation_id": computed("Id of the last invalidation; null if there was none."),
	}
}

// globs is an optional list of patterns.
func globs(description string) schema.Attribute {
	return schema.ListAttribute{
		Optional: true, ElementType: types.StringType, MarkdownDescription: description,
		Validators: []validator.List{listvalidator.ValueStringsAre(glob())},
	}
}

// pattern is a required pattern.
func pattern(description string) schema.Attribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: description, Validators: []validator.String{glob()},
	}
}

// number64 is a whole number with a default.
func number64(description string, rules ...validator.Int64) schema.Attribute {
	a := whole(description, rules...)
	a.Computed = true
	return a
}

func glob() validator.String {
	return fwtypes.Checked("pattern", "a pattern such as *.html, docs/** or assets/", content.CheckGlob)
}

// keyPrefix wants what can be the beginning of keys, whatever comes after it.
func keyPrefix() validator.String {
	const want = "text that ends in a slash, and is the beginning of valid keys"
	return fwtypes.Checked("prefix", want, func(text string) error {
		switch {
		case text == "":
			return nil
		case !strings.HasSuffix(text, "/"):
			return fmt.Errorf("%q does not end in a slash: write %q", text, text+"/")
		case strings.HasPrefix(text, directory.Reserved):
			return fmt.Errorf("%q is for the provider's own objects: use another prefix", text)
		}
		return content.CheckKey(text + "x")
	})
}

// textsIn are the texts of a list, none of an unset one.
func textsIn(list types.List) []string {
	var all []string
	for _, value := range list.Elements() {
		if text, ok := value.(types.String); ok {
			all = append(all, text.ValueString())
		}
	}
	return all
}

// textList is a list of texts, an empty one for none.
func textList(all []string) types.List {
	values := make([]attr.Value, len(all))
	for i, text := range all {
		values[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, values)
}
