package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

// listing is the list resource of a resource: which objects there are and, where Terraform asks for them, the objects
// themselves. These go through the import and the read of the resource, so that a list shows what an import would, and
// this type needs to know neither model nor engine.
type listing struct {
	of          resource.Resource
	noun        string // the type is spinup_<noun>
	description string
	filters     map[string]dataschema.Attribute // those of a data source would be just the same
	check       func(*providerData) diag.Diagnostics
	each        func(ctx context.Context, q query, give func(listed) bool) error
	tidy        func(ctx context.Context, object *tfsdk.State) diag.Diagnostics // nil for nothing to do
	permissions []awsclient.Permission                                          // of each

	data *providerData
}

// query is what is asked of a list.
type query struct {
	session
	config tfsdk.Config
}

// into reads the filters.
func (q query) into(ctx context.Context, m any) error {
	if failed := q.config.Get(ctx, m).Errors(); len(failed) > 0 {
		return errors.New(failed[0].Detail())
	}
	return nil
}

// listed is an object in a list.
type listed struct {
	name     string // for people
	identity any    // the struct of the resource's identity
	err      error  // why it is not known whether the object belongs to the list; nil if it does
}

// listedAtOnce is how many objects are read at once.
const listedAtOnce = 8

var (
	_ list.ListResource              = (*listing)(nil)
	_ list.ListResourceWithConfigure = (*listing)(nil)
)

func (l *listing) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	l.of.Metadata(ctx, req, resp)
}

// Configure takes the provider's data, for the resource too.
func (l *listing) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.data, _ = req.ProviderData.(*providerData)
	l.of.(resource.ResourceWithConfigure).Configure(ctx, req, resp)
}

// ListResourceConfigSchema gives the schema of the filters.
func (l *listing) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	attributes := map[string]schema.Attribute{}
	for name, attribute := range l.filters {
		attributes[name] = attribute
	}
	resp.Schema = schema.Schema{MarkdownDescription: l.description, Attributes: attributes}
}

// List gives the objects one after the other, as they are found.
func (l *listing) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	stream.Results = func(push func(list.ListResult) bool) {
		out := output{push: push}
		if diags := l.run(ctx, req, &out); diags.HasError() {
			out.add(list.ListResult{Diagnostics: diags})
		}
		out.flush()
	}
}

// output is what goes to Terraform. One result is held back, because only the next one tells whether it is the last.
type output struct {
	push func(list.ListResult) bool
	held *list.ListResult
	over bool // nobody takes results any more
}

func (o *output) add(result list.ListResult) {
	o.flush()
	o.held = &result
}

func (o *output) flush() {
	if o.held != nil && !o.over {
		o.over = !o.push(*o.held)
	}
	o.held = nil
}

// run lists until Terraform has as many objects as it asked for. That there are more is a warning at the last of them:
// Terraform's own limit is 100 where nothing is said, and it takes nothing after the last.
func (l *listing) run(ctx context.Context, req list.ListRequest, out *output) (diags diag.Diagnostics) {
	if len(l.data.unknown) > 0 || !req.Config.Raw.IsFullyKnown() {
		diags.AddError(label(l.noun)+" list needs what is not known yet", "A list is read before anything is applied. Give "+
			"the provider block and the config block of the list values that are known without an apply.")
		return diags
	}
	if l.check != nil {
		if diags.Append(l.check(l.data)...); diags.HasError() {
			return diags
		}
	}
	conn, err := l.data.connect(ctx)
	if err != nil {
		return append(diags, connectDiagnostic(err))
	}
	var waiting []listed
	given, more := int64(0), false
	work := func() {
		for _, result := range l.results(ctx, req, waiting) {
			if result.Identity != nil {
				given++
			}
			out.add(result)
		}
		waiting = nil
	}
	err = l.each(ctx, query{session{l.data, conn}, req.Config}, func(one listed) bool {
		if more = req.Limit > 0 && given == req.Limit; more {
			return false
		}
		waiting = append(waiting, one)
		if len(waiting) == listedAtOnce || req.Limit > 0 && given+int64(len(waiting)) == req.Limit || !req.IncludeResource {
			work()
		}
		return !out.over
	})
	work()
	if err != nil {
		return append(diags, readDiagnostic(path.Empty(), l.noun+" list", l.permissions, err))
	}
	if more {
		out.held.Diagnostics.AddWarning(label(l.noun)+" list is not whole", fmt.Sprintf(
			"There are more than these %d, which is the limit of the list. Set its argument limit to a larger number.", given))
	}
	return diags
}

// results are the results for some objects, in their order. An object that is gone by now has none.
func (l *listing) results(ctx context.Context, req list.ListRequest, some []listed) (all []list.ListResult) {
	read := make([]*list.ListResult, len(some))
	for i := range awsclient.Ahead(listedAtOnce, len(some), func(i int) { read[i] = l.result(ctx, req, some[i]) }) {
		if read[i] != nil {
			all = append(all, *read[i])
		}
	}
	return all
}

// result is the result for one object; nil if it is gone. One that cannot be read is a warning without an object:
// an error would end Terraform's whole query.
func (l *listing) result(ctx context.Context, req list.ListRequest, one listed) *list.ListResult {
	if one.err != nil {
		return l.unlisted(one.name, withAdvice(one.err, l.permissions))
	}
	result := req.NewListResult(ctx)
	result.DisplayName = one.name
	result.Diagnostics.Append(result.Identity.Set(ctx, one.identity)...)
	if !req.IncludeResource || result.Diagnostics.HasError() {
		return &result
	}
	exists, diags := l.read(ctx, &result)
	if failed := diags.Errors(); len(failed) > 0 {
		var details []string
		for _, one := range failed {
			details = append(details, one.Detail())
		}
		return l.unlisted(one.name, strings.Join(details, "\n\n"))
	}
	if result.Diagnostics.Append(diags...); !exists {
		return nil
	}
	return &result
}

// unlisted says that an object is not in the list, and why.
func (l *listing) unlisted(name, why string) *list.ListResult {
	return &list.ListResult{Diagnostics: diag.Diagnostics{diag.NewWarningDiagnostic(unread(l.noun),
		fmt.Sprintf("%q could not be read, so it is not in the list of spinup_%s.\n\n%s", name, l.noun, why))}}
}

// read imports the object by its identity and reads it. It reports whether there is one.
func (l *listing) read(ctx context.Context, result *list.ListResult) (exists bool, diags diag.Diagnostics) {
	of := result.Resource
	imported := resource.ImportStateResponse{
		State: tfsdk.State{Raw: of.Raw, Schema: of.Schema}, Identity: result.Identity,
	}
	l.of.(resource.ResourceWithImportState).ImportState(ctx,
		resource.ImportStateRequest{Identity: result.Identity}, &imported)
	if diags.Append(imported.Diagnostics...); diags.HasError() {
		return false, diags
	}
	seen := resource.ReadResponse{State: imported.State, Identity: result.Identity}
	seen.Private = emptyLike(seen.Private)
	l.of.Read(ctx, resource.ReadRequest{State: imported.State, Identity: result.Identity}, &seen)
	diags.Append(seen.Diagnostics...)
	if diags.HasError() || seen.State.Raw.IsNull() {
		return false, diags
	}
	if l.tidy != nil {
		diags.Append(l.tidy(ctx, &seen.State)...)
	}
	of.Raw = seen.State.Raw
	return true, diags
}

// emptyLike is an empty value of the type of a pointer. What Terraform keeps of an object is of a type that only the
// framework can name.
func emptyLike[T any](*T) *T { return new(T) }

// inBucket is the filter of a list of what belongs to one bucket.
func inBucket(description string) map[string]dataschema.Attribute {
	return map[string]dataschema.Attribute{"bucket": dataschema.StringAttribute{
		Required: true, MarkdownDescription: description, Validators: []validator.String{fwtypes.BucketName()},
	}}
}
