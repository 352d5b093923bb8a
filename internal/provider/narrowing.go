package provider

import (
	"context"
	"maps"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// narrowing are the filters of every list of buckets or websites.
type narrowing struct {
	NamePrefix types.String      `tfsdk:"name_prefix"`
	NameRegex  types.String      `tfsdk:"name_regex"`
	Tags       map[string]string `tfsdk:"tags"`
	Org        types.String      `tfsdk:"org"`
}

// narrowingSchema describes the filters of a list of these; name is what a name of one is called.
func narrowingSchema(these, name string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name_prefix": schema.StringAttribute{
			Optional: true, MarkdownDescription: "Only " + these + " whose " + name + " begins with this text.",
		},
		"name_regex": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only " + these + " whose " + name + " matches this regular expression, in [Go's " +
				"syntax](https://pkg.go.dev/regexp/syntax), anywhere in the " + name + ".",
			Validators: []validator.String{fwtypes.Regexp()},
		},
		"tags": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Only " + these + " that have all of these tags, with these values.",
		},
		"org": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only " + these + " of this org: those whose tag `spinup:org` has this value. The provider's " +
				"`org` is not used as a filter.",
		},
	}
}

// names gives the function that reports whether a name matches the filters of names.
func (n narrowing) names() (fits func(name string) bool, err error) {
	pattern, err := regexp.Compile(n.NameRegex.ValueString()) // of nothing: what matches everything
	if err != nil {
		return nil, err
	}
	prefix := n.NamePrefix.ValueString()
	return func(name string) bool {
		return strings.HasPrefix(name, prefix) && pattern.MatchString(name)
	}, nil
}

// wanted are the tags that the filters ask for.
func (n narrowing) wanted() map[string]string {
	want := map[string]string{}
	maps.Copy(want, n.Tags)
	if !n.Org.IsNull() {
		want[orgTag] = n.Org.ValueString()
	}
	return want
}

// tagged reports whether the tags match the filters of tags.
func (n narrowing) tagged(tags map[string]string) bool {
	for key, value := range n.wanted() {
		if got, ok := tags[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// eachBucket gives the buckets of the account that match, by name, until give returns false. Tags are only read when a
// filter asks for them; a bucket whose tags cannot be read is given with the error.
func (n narrowing) eachBucket(ctx context.Context, s session, give func(bucket.Entry, error) bool) error {
	fits, err := n.names()
	if err != nil {
		return err
	}
	all, err := s.data.buckets.List(ctx, s.conn, n.NamePrefix.ValueString())
	if err != nil {
		return err
	}
	var left []bucket.Entry
	for _, one := range all {
		if fits(one.Name) {
			left = append(left, one)
		}
	}
	if len(n.wanted()) == 0 {
		for _, one := range left {
			if !give(one, nil) {
				return nil
			}
		}
		return nil
	}
	for i, seen := range s.data.buckets.Tagged(ctx, s.conn, left) {
		if (seen.Err != nil || n.tagged(seen.Tags)) && !give(left[i], seen.Err) {
			return nil
		}
	}
	return nil
}

// eachSite is eachBucket for websites, whose tags are read anyway.
func (n narrowing) eachSite(ctx context.Context, conn *awsclient.Conn, give func(website.Site, error) bool) error {
	fits, err := n.names()
	if err != nil {
		return err
	}
	return website.Each(ctx, conn, fits, func(one website.Site, err error) bool {
		return err == nil && !n.tagged(one.Tags) || give(one, err)
	})
}
