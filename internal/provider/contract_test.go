package provider

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketgrant"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketrole"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lending"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// offered is what the provider has, by the names that users type.
type offered struct {
	resources   map[string]resource.Resource
	dataSources map[string]datasource.DataSource
	ephemerals  map[string]ephemeral.EphemeralResource
	functions   map[string]function.Function
	actions     map[string]action.Action
}

func everything(t *testing.T) offered {
	t.Helper()
	p, ctx := &spinupProvider{}, t.Context()
	all := offered{
		map[string]resource.Resource{}, map[string]datasource.DataSource{}, map[string]ephemeral.EphemeralResource{},
		map[string]function.Function{}, map[string]action.Action{},
	}
	for _, make := range p.Resources(ctx) {
		r, meta := make(), resource.MetadataResponse{}
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "spinup"}, &meta)
		all.resources[meta.TypeName] = r
	}
	for _, make := range p.DataSources(ctx) {
		d, meta := make(), datasource.MetadataResponse{}
		d.Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "spinup"}, &meta)
		all.dataSources[meta.TypeName] = d
	}
	for _, make := range p.EphemeralResources(ctx) {
		e, meta := make(), ephemeral.MetadataResponse{}
		e.Metadata(ctx, ephemeral.MetadataRequest{ProviderTypeName: "spinup"}, &meta)
		all.ephemerals[meta.TypeName] = e
	}
	for _, make := range p.Functions(ctx) {
		f, meta := make(), function.MetadataResponse{}
		f.Metadata(ctx, function.MetadataRequest{}, &meta)
		all.functions[meta.Name] = f
	}
	for _, make := range p.Actions(ctx) {
		a, meta := make(), action.MetadataResponse{}
		a.Metadata(ctx, action.MetadataRequest{ProviderTypeName: "spinup"}, &meta)
		all.actions[meta.TypeName] = a
	}
	return all
}

// composed is what a composite resource tells about itself here; each does, being one.
type composed interface {
	newModel() any
	parts() []string
}

func (c *envelope[M, S, O, P]) newModel() any { return new(M) }

func (c *envelope[M, S, O, P]) parts() []string {
	var names []string
	for _, part := range c.build(&awsclient.Conn{}).Parts {
		names = append(names, part.Attribute)
	}
	return names
}

// modeled is an ephemeral resource, which tells the struct behind its schema.
type modeled interface{ newModel() any }

func (*ephemeralResource[M]) newModel() any { return new(M) }

// TestContract_schemas: every schema is valid, and the struct behind it has just its attributes.
func TestContract_schemas(t *testing.T) {
	ctx := t.Context()
	valid := func(name string, diags diag.Diagnostics) {
		if diags.HasError() {
			t.Errorf("%s: %v", name, diags)
		}
	}
	valid("provider", providerSchema().ValidateImplementation(ctx))
	for name, r := range everything(t).resources {
		var resp resource.SchemaResponse
		r.Schema(ctx, resource.SchemaRequest{}, &resp)
		valid(name, resp.Schema.ValidateImplementation(ctx))
		state := tfsdk.State{Schema: resp.Schema, Raw: valueOf(t, resp.Schema.Type().TerraformType(ctx), settings{})}
		valid(name, state.Get(ctx, r.(composed).newModel()))

		var identity resource.IdentitySchemaResponse
		r.(resource.ResourceWithIdentity).IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identity)
		valid(name+" identity", identity.IdentitySchema.ValidateImplementation(ctx))
		if _, ok := r.(resource.ResourceWithImportState); !ok {
			t.Errorf("%s cannot be imported", name)
		}
		for _, part := range r.(composed).parts() {
			if resp.Schema.Attributes[part] == nil {
				t.Errorf("%s has no attribute for the part %s: its errors would point nowhere", name, part)
			}
		}
	}
	models := map[string]any{
		"spinup_account": &accountModel{}, "spinup_bucket": &bucketDataModel{}, "spinup_buckets": &bucketsDataModel{},
		"spinup_bucket_user": &bucketUserDataModel{}, "spinup_bucket_users": &bucketUsersDataModel{},
		"spinup_gateway_user": &gatewayUserDataModel{}, "spinup_gateway_users": &gatewayUsersDataModel{},
		"spinup_gateway_buckets": &gatewayBucketsDataModel{},
		"spinup_lifecycle_rules": &lifecycleRulesModel{}, "spinup_website": &websiteDataModel{},
		"spinup_websites": &websitesDataModel{},
		"spinup_object":   &objectDataModel{}, "spinup_objects": &objectsDataModel{},
		"spinup_drift": &driftDataModel{}, "spinup_orphans": &orphansDataModel{}, "spinup_provider_policy": &providerPolicyDataModel{},
	}
	for name, d := range everything(t).dataSources {
		var resp datasource.SchemaResponse
		d.Schema(ctx, datasource.SchemaRequest{}, &resp)
		valid(name, resp.Schema.ValidateImplementation(ctx))
		state := tfsdk.State{Schema: resp.Schema, Raw: valueOf(t, resp.Schema.Type().TerraformType(ctx), settings{})}
		valid(name, state.Get(ctx, models[name]))
	}
	for name, e := range everything(t).ephemerals {
		var resp ephemeral.SchemaResponse
		e.Schema(ctx, ephemeral.SchemaRequest{}, &resp)
		valid(name, resp.Schema.ValidateImplementation(ctx))
		config := tfsdk.Config{Schema: resp.Schema, Raw: valueOf(t, resp.Schema.Type().TerraformType(ctx), settings{})}
		valid(name, config.Get(ctx, e.(modeled).newModel()))
	}
	invoked := map[string]any{
		"spinup_copy_object": &transferModel{}, "spinup_move_object": &transferModel{}, "spinup_reap": &struct{}{},
		"spinup_empty_bucket": &emptyBucketModel{}, "spinup_invalidate": &invalidateModel{},
		"spinup_rotate_key": &rotateKeyModel{},
	}
	for name, a := range everything(t).actions {
		var resp action.SchemaResponse
		a.Schema(ctx, action.SchemaRequest{}, &resp)
		valid(name, resp.Schema.ValidateImplementation(ctx))
		config := tfsdk.Config{Schema: resp.Schema, Raw: valueOf(t, resp.Schema.Type().TerraformType(ctx), settings{})}
		valid(name, config.Get(ctx, invoked[name]))
	}
	for name, f := range everything(t).functions {
		var resp function.DefinitionResponse
		f.Definition(ctx, function.DefinitionRequest{}, &resp)
		var checked function.DefinitionValidateResponse
		resp.Definition.ValidateImplementation(ctx, function.DefinitionValidateRequest{FuncName: name}, &checked)
		valid(name, checked.Diagnostics)
	}
}

// TestContract_descriptions: everything that has a place for a description has one, in whole sentences that say
// something, and say it once.
func TestContract_descriptions(t *testing.T) {
	for at, text := range descriptions(t) {
		for _, fault := range faults(at, text) {
			t.Errorf("%s: %s: %q", at, fault, text)
		}
	}
}

// descriptions are those of all schemas and functions, by the place where a user reads them.
func descriptions(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	schemas, err := served(t).GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	describe(texts, "provider", schemas.Provider.Block)
	for name, schema := range schemas.ResourceSchemas {
		describe(texts, "resource "+name, schema.Block)
	}
	for name, schema := range schemas.DataSourceSchemas {
		describe(texts, "data source "+name, schema.Block)
	}
	for name, schema := range schemas.EphemeralResourceSchemas {
		describe(texts, "ephemeral resource "+name, schema.Block)
	}
	for name, schema := range schemas.ListResourceSchemas {
		describe(texts, "list resource "+name, schema.Block)
	}
	for name, schema := range schemas.ActionSchemas {
		describe(texts, "action "+name, schema.Schema.Block)
	}
	for name, f := range schemas.Functions {
		texts["function "+name] = f.Description
		for _, parameter := range f.Parameters {
			texts["function "+name+" "+parameter.Name] = parameter.Description
		}
		if f.VariadicParameter != nil {
			texts["function "+name+" "+f.VariadicParameter.Name] = f.VariadicParameter.Description
		}
	}
	identities, err := served(t).GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range identities.IdentitySchemas {
		for _, attribute := range schema.IdentityAttributes {
			texts["identity "+name+" "+attribute.Name] = attribute.Description
		}
	}
	return texts
}

// sentenceEnd is where a sentence ends and another one begins; a full stop within code or an abbreviation is none.
var sentenceEnd = regexp.MustCompile(`[.:;]\s+`)

// faults are what is wrong with the description of the place, whose last word is the name of what is described.
func faults(at, text string) []string {
	var all []string
	if !strings.HasSuffix(text, ".") {
		all = append(all, "it does not end with a full stop")
	}
	if trailing.MatchString(text) {
		all = append(all, "it has spaces at the end of a line, or more than one in a row")
	}
	for line := range strings.Lines(text) { // a list has a line for each of its elements
		seen := map[string]bool{}
		for _, sentence := range sentenceEnd.Split(strings.TrimRight(line, ".\n"), -1) {
			words := plainWords(sentence)
			if seen[words] {
				all = append(all, fmt.Sprintf("it says %q twice", sentence))
			}
			seen[words] = true
		}
	}
	name := at[strings.LastIndex(at, " ")+1:]
	if said := plainWords(text); said == plainWords(name) || said == "the "+plainWords(name) {
		all = append(all, "it says no more than the name")
	}
	return all
}

var (
	trailing = regexp.MustCompile(`^\s|[ \t](\n|$)|\S[ \t]{2,}`)
	nonWords = regexp.MustCompile(`[^a-z0-9]+`)
)

// TestFaults: each fault is found, and sentences without one pass.
func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"Name of the bucket": "does not end with a full stop",
		"Key prefix.":        "no more than the name",
		"The key prefix.":    "no more than the name",
		"What keys begin with. Default: none.  Or not.":                           "spaces",
		"What keys begin with. \nDefault: none.":                                  "spaces",
		"Default: none. What keys begin with. Default: none.":                     `"none" twice`,
		"What keys begin with, such as `a.b`. Default: none.":                     "",
		"Each has:\n\n  - `a`: One; null for none.\n  - `b`: Two; null for none.": "",
	} {
		got := strings.Join(faults("resource spinup_thing key_prefix", text), ", ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

// plainWords are the words of a text in lower case, with one blank between them.
func plainWords(text string) string {
	return strings.TrimSpace(nonWords.ReplaceAllString(strings.ToLower(text), " "))
}

// describe collects the descriptions of a block and of all that is in it.
func describe(texts map[string]string, at string, block *tfprotov6.SchemaBlock) {
	texts[at] = block.Description
	describeAttributes(texts, at, block.Attributes)
	for _, nested := range block.BlockTypes {
		describe(texts, at+" "+nested.TypeName, nested.Block)
	}
}

func describeAttributes(texts map[string]string, at string, attributes []*tfprotov6.SchemaAttribute) {
	for _, a := range attributes {
		texts[at+" "+a.Name] = a.Description
		if a.NestedType != nil {
			describeAttributes(texts, at+" "+a.Name, a.NestedType.Attributes)
		}
	}
}

// TestContract_mocks: no computed collection has nested attributes, since the mocks of `terraform test` leave such ones
// empty.
func TestContract_mocks(t *testing.T) {
	schemas, err := served(t).GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range schemas.ResourceSchemas {
		mockable(t, "resource "+name, schema.Block.Attributes, false)
	}
	for name, schema := range schemas.DataSourceSchemas {
		mockable(t, "data source "+name, schema.Block.Attributes, false)
	}
}

func mockable(t *testing.T, at string, attributes []*tfprotov6.SchemaAttribute, computed bool) {
	t.Helper()
	for _, a := range attributes {
		if a.NestedType == nil {
			continue
		}
		here, computed := at+" "+a.Name, computed || a.Computed && !a.Optional
		if computed && a.NestedType.Nesting != tfprotov6.SchemaObjectNestingModeSingle {
			t.Errorf("%s is computed and has nested attributes, which no mock can fill: use computedMap or dataList", here)
		}
		mockable(t, here, a.NestedType.Attributes, computed)
	}
}

// TestContract_documentation: everything has a page, and an example that the page shows.
func TestContract_documentation(t *testing.T) {
	files := []string{"docs/index.md", "examples/provider/provider.tf"}
	for name := range everything(t).resources {
		files = append(files, "docs/resources/"+strings.TrimPrefix(name, "spinup_")+".md",
			"examples/resources/"+name+"/resource.tf", "examples/resources/"+name+"/import.sh",
			"examples/resources/"+name+"/import-by-string-id.tf")
		files = append(files, "docs/list-resources/"+strings.TrimPrefix(name, "spinup_")+".md",
			"examples/list-resources/"+name+"/list-resource.tfquery.hcl")
	}
	for name := range everything(t).dataSources {
		files = append(files, "docs/data-sources/"+strings.TrimPrefix(name, "spinup_")+".md",
			"examples/data-sources/"+name+"/data-source.tf")
	}
	for name := range everything(t).ephemerals {
		files = append(files, "docs/ephemeral-resources/"+strings.TrimPrefix(name, "spinup_")+".md",
			"examples/ephemeral-resources/"+name+"/ephemeral-resource.tf")
	}
	for name := range everything(t).actions {
		files = append(files, "docs/actions/"+strings.TrimPrefix(name, "spinup_")+".md", "examples/actions/"+name+"/action.tf")
	}
	for name := range everything(t).functions {
		files = append(files, "docs/functions/"+name+".md", "examples/functions/"+name+"/function.tf")
	}
	for _, file := range files {
		if readFile(t, file) == "" {
			t.Errorf("%s is empty", file)
		}
	}
}

// TestContract_lists: every resource has a list of the same name, whose schema is valid.
func TestContract_lists(t *testing.T) {
	ctx, lists := t.Context(), map[string]bool{}
	for _, make := range (&spinupProvider{}).ListResources(ctx) {
		one, meta := make(), resource.MetadataResponse{}
		one.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "spinup"}, &meta)
		lists[meta.TypeName] = true
		if l := one.(*listing); "spinup_"+l.noun != meta.TypeName {
			t.Errorf("%s calls itself %s", meta.TypeName, l.noun)
		}
		var resp list.ListResourceSchemaResponse
		one.ListResourceConfigSchema(ctx, list.ListResourceSchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(ctx); diags.HasError() {
			t.Errorf("%s: %v", meta.TypeName, diags)
		}
	}
	for name := range everything(t).resources {
		if !lists[name] {
			t.Errorf("%s has no list", name)
		}
	}
}

// TestContract_pages: the page of a resource leads to a guide, and says how to import by identity: with an example that has
// the attributes of the identity, and with their table. The generator of the documentation would write that table, but
// learns of identities from Terraform 1.12 and newer only.
func TestContract_pages(t *testing.T) {
	identities, err := served(t).GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	attribute := regexp.MustCompile(`([a-z_]+) += "`)
	for name := range everything(t).resources {
		page := readFile(t, "docs/resources/"+strings.TrimPrefix(name, "spinup_")+".md")
		example := readFile(t, "examples/resources/"+name+"/import-identity.tf")
		table := identityTable(identities.IdentitySchemas[name])
		for _, part := range []string{"](../guides/", strings.TrimSpace(example), table} {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s does not have this:\n%s", name, part)
			}
		}
		var want, have []string
		for _, a := range identities.IdentitySchemas[name].IdentityAttributes {
			want = append(want, a.Name)
		}
		for _, match := range attribute.FindAllStringSubmatch(example, -1) {
			have = append(have, match[1])
		}
		slices.Sort(want)
		slices.Sort(have)
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("the example of importing %s by identity (-schema +example):\n%s", name, diff)
		}
	}
}

// identityTable says in Markdown what a resource is known by.
func identityTable(schema *tfprotov6.ResourceIdentitySchema) string {
	lines := []string{"| identity | | |\n|---|---|---|\n"}
	for _, a := range schema.IdentityAttributes {
		wanted := "optional"
		if a.RequiredForImport {
			wanted = "required"
		}
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %s |\n", a.Name, wanted, a.Description))
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "")
}

// TestContract_guides: the provider's page and the README lead to every guide, and no page leads to a file that is not there.
func TestContract_guides(t *testing.T) {
	index, readme := readFile(t, "docs/index.md"), readFile(t, "README.md")
	guides, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	for _, guide := range guides {
		link := "guides/" + filepath.Base(guide)
		if !strings.Contains(index, "]("+link) || !strings.Contains(readme, "](docs/"+link) {
			t.Errorf("docs/index.md or README.md does not link %s", link)
		}
	}
	pages, err := filepath.Glob("../../docs/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]+)?\)`)
	for _, page := range append(pages, "../../docs/index.md", "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), match[1])); err != nil {
				t.Errorf("%s leads to %s: %v", page, match[1], err)
			}
		}
	}
}

// readFile returns a file of the repository.
func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// TestContract_acceptance: every resource has the whole set of acceptance tests.
func TestContract_acceptance(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range parsed.Decls {
			if f, ok := declared.(*ast.FuncDecl); ok {
				tests[f.Name.Name] = true
			}
		}
	}
	for name := range everything(t).resources {
		noun := ""
		for word := range strings.SplitSeq(strings.TrimPrefix(name, "spinup_"), "_") {
			noun += strings.ToUpper(word[:1]) + word[1:]
		}
		for _, kind := range []string{"basic", "disappears", "update", "replace", "drift", "crashSweep"} {
			if test := "TestAcc" + noun + "_" + kind; !tests[test] {
				t.Errorf("%s has no %s", name, test)
			}
		}
	}
}

// TestContract_permissions: every operation that a domain package calls is there, with the permission it needs.
func TestContract_permissions(t *testing.T) {
	action := regexp.MustCompile(`^(s3|iam|sts|ssm|secretsmanager|cloudfront|route53|acm):[A-Z][A-Za-z]+$`)
	kinds := []string{
		"bucket", "object", "group", "policy", "membership", "anygroup", "user", "mfa", "parameter", "secret", "*",
		"distribution", "access", "function", "zone", "change", "certificate", "role", "provider",
	}
	buckets, users := bucket.NewAPI(&awsclient.Conn{}), bucketuser.NewAPI(&awsclient.Conn{})
	grants := bucketgrant.NewAPI(&awsclient.Conn{})
	levels, roles := access.NewAPI(&awsclient.Conn{}), bucketrole.NewAPI(&awsclient.Conn{})
	rules, sites := lifecyclerule.NewAPI(&awsclient.Conn{}), website.NewAPI(&awsclient.Conn{})
	objects, directories := object.NewAPI(&awsclient.Conn{}), directory.NewAPI(&awsclient.Conn{})
	for _, part := range []any{
		buckets.Reads, buckets.Writes, buckets.LockReads, levels.Reads, levels.Writes, users.Reads, users.Writes, users.Cleanups, users.Stores, users.Stores.Reads, rules.Reads, rules.Writes,
		roles.Reads, roles.Writes, grants.Reads, grants.Writes, grants.SiteReads,
		sites.Reads, sites.Writes, objects.Reads, objects.Writes, directories.Reads, directories.Writes, directories.API.Reads,
		directories.API.Writes, lending.NewAPI(&awsclient.Conn{}), lending.NewLinkReads(&awsclient.Conn{}),
		website.NewPurges(&awsclient.Conn{}),
	} {
		for field, value := range reflect.ValueOf(part).Fields() {
			if !field.Anonymous && value.IsNil() {
				t.Errorf("%s is not taken from a client", field.Name)
			}
		}
	}
	for _, p := range slices.Concat(
		awsclient.Permissions(buckets), awsclient.Permissions(bucket.LockWrites{}), awsclient.Permissions(levels), awsclient.Permissions(bucket.DataReads{}),
		awsclient.Permissions(users), awsclient.Permissions(bucketuser.DataReads{}), awsclient.Permissions(rules),
		awsclient.Permissions(sites), awsclient.Permissions(objects), awsclient.Permissions(object.DataReads{}),
		awsclient.Permissions(directories), awsclient.Permissions(roles), awsclient.Permissions(grants), awsclient.Permissions(lending.API{}), awsclient.Permissions(lending.LinkReads{}),
		awsclient.Permissions(website.Invalidations{}), awsclient.Permissions(bucket.EmptyingCalls{}),
		awsclient.Permissions(object.MoveCalls{}), awsclient.Permissions(bucketuser.RotationCalls{}),
	) {
		wrong := slices.ContainsFunc(p.Actions, func(name string) bool { return !action.MatchString(name) })
		if wrong || len(p.Actions) == 0 || !slices.Contains(kinds, p.On) {
			t.Errorf("%s needs %q on %q, which is not understood", p.Operation, p.Actions, p.On)
		}
	}
}
