package prototest

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// config is what a text in Terraform's language says.
type config struct {
	provider  Values
	resources map[string]block // by address
	ephemeral map[string]block // by address
}

// block is a resource of the configuration.
type block struct {
	typeName string
	after    []string // the addresses it depends on
	ignored  []string // paths of ignore_changes
	values   Values
}

// planned is the configuration that a plan gets for an object that was so before.
func (b block) planned(prior Values) Values { return Ignoring(prior, b.values, b.ignored...) }

// What is Terraform's in a resource and understood here: one argument, and one block with one argument.
const (
	dependsOn     = "depends_on"
	lifecycle     = "lifecycle"
	ignoreChanges = "ignore_changes"
)

// read reads a configuration of one provider block and resources, ephemeral ones too, that do not refer to each other
// but by depends_on.
// Anything else ends the test: it is for the real command.
func (s *Server) read(text string) config {
	s.t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(text), "main.tf", hcl.InitialPos)
	s.understood(diags)
	all := config{provider: Values{}, resources: map[string]block{}, ephemeral: map[string]block{}}
	for _, b := range file.Body.(*hclsyntax.Body).Blocks {
		switch b.Type {
		case "terraform":
		case "provider":
			all.provider = s.body(s.schemas.Provider.Block, b.Body)
		case "resource":
			all.resources[b.Labels[0]+"."+b.Labels[1]] = s.block(s.schemas.ResourceSchemas[b.Labels[0]], b)
		case "ephemeral":
			all.ephemeral["ephemeral."+b.Labels[0]+"."+b.Labels[1]] = s.block(s.schemas.EphemeralResourceSchemas[b.Labels[0]], b)
		default:
			s.t.Fatalf("a block %s is for the real command", b.Type)
		}
	}
	return all
}

// block reads a resource.
func (s *Server) block(schema *tfprotov6.Schema, b *hclsyntax.Block) block {
	s.t.Helper()
	if schema == nil {
		s.t.Fatalf("nobody has resources %s", b.Labels[0])
	}
	after := s.addresses(b.Body.Attributes[dependsOn])
	delete(b.Body.Attributes, dependsOn)
	ignored := s.ignored(b.Body)
	return block{b.Labels[0], after, ignored, s.body(schema.Block, b.Body)}
}

// understood ends the test when the text could not be read.
func (s *Server) understood(diags hcl.Diagnostics) {
	s.t.Helper()
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
}

// addresses are the resources that an argument lists.
func (s *Server) addresses(argument *hclsyntax.Attribute) []string {
	s.t.Helper()
	if argument == nil {
		return nil
	}
	listed, diags := hcl.ExprList(argument.Expr)
	s.understood(diags)
	all := make([]string, len(listed))
	for i, one := range listed {
		traversal, diags := hcl.AbsTraversalForExpr(one)
		s.understood(diags)
		split := traversal.SimpleSplit()
		all[i] = split.RootName() + "." + split.Rel[0].(hcl.TraverseAttr).Name
	}
	return all
}

// ignored takes the lifecycle block out of a resource, and gives the paths of attributes that it ignores.
func (s *Server) ignored(body *hclsyntax.Body) (paths []string) {
	s.t.Helper()
	body.Blocks = slices.DeleteFunc(body.Blocks, func(b *hclsyntax.Block) bool {
		if b.Type != lifecycle {
			return false
		}
		for name, argument := range b.Body.Attributes {
			if name != ignoreChanges {
				s.t.Fatalf("%s: an argument %s is for the real command", argument.SrcRange, name)
			}
			listed, diags := hcl.ExprList(argument.Expr)
			s.understood(diags)
			for _, one := range listed {
				traversal, diags := hcl.AbsTraversalForExpr(one)
				s.understood(diags)
				paths = append(paths, dotted(traversal))
			}
		}
		return true
	})
	return paths
}

// dotted is a path of attributes in which dots stand between the names.
func dotted(path hcl.Traversal) string {
	names := []string{path.RootName()}
	for _, step := range path[1:] {
		names = append(names, step.(hcl.TraverseAttr).Name)
	}
	return strings.Join(names, ".")
}

// body gives the values of a block by its schema.
func (s *Server) body(schema *tfprotov6.SchemaBlock, body *hclsyntax.Body) Values {
	s.t.Helper()
	of := schema.ValueType().(tftypes.Object).AttributeTypes
	nested := map[string]*tfprotov6.SchemaBlock{}
	for _, b := range schema.BlockTypes {
		if b.Nesting == tfprotov6.SchemaNestedBlockNestingModeSingle {
			nested[b.TypeName] = b.Block
		}
	}
	values := Values{}
	for name, a := range body.Attributes {
		if of[name] == nil || nested[name] != nil {
			s.t.Fatalf("%s: an argument %s is for the real command", a.SrcRange, name)
		}
		value, diags := a.Expr.Value(functions())
		s.understood(diags)
		converted, err := convert.Convert(value, typeLike(of[name]))
		if err != nil {
			s.t.Fatalf("%s: %v", a.SrcRange, err)
		}
		values[name] = valueLike(converted)
	}
	for _, b := range body.Blocks {
		if nested[b.Type] == nil {
			s.t.Fatalf("%s: a block %s is for the real command", b.Range(), b.Type)
		}
		values[b.Type] = s.body(nested[b.Type], b.Body)
	}
	return values
}

// functions are those of Terraform's functions that configurations of tests call.
func functions() *hcl.EvalContext {
	return &hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}}
}

// typeLike is the language's type for one of the protocol; everything in an object may be left out.
func typeLike(of tftypes.Type) cty.Type {
	switch of := of.(type) {
	case tftypes.List:
		return cty.List(typeLike(of.ElementType))
	case tftypes.Set:
		return cty.Set(typeLike(of.ElementType))
	case tftypes.Map:
		return cty.Map(typeLike(of.ElementType))
	case tftypes.Object:
		attributes := map[string]cty.Type{}
		for name, attribute := range of.AttributeTypes {
			attributes[name] = typeLike(attribute)
		}
		return cty.ObjectWithOptionalAttrs(attributes, slices.Collect(maps.Keys(attributes)))
	}
	switch {
	case of.Is(tftypes.Bool):
		return cty.Bool
	case of.Is(tftypes.Number):
		return cty.Number
	}
	return cty.String
}

// valueLike makes a Go value of one of the language's.
func valueLike(v cty.Value) any {
	switch of := v.Type(); {
	case !v.IsKnown():
		return Unknown{}
	case v.IsNull():
		return nil
	case of == cty.String:
		return v.AsString()
	case of == cty.Bool:
		return v.True()
	case of == cty.Number:
		number, _ := v.AsBigFloat().Float64()
		return number
	case of.IsMapType(), of.IsObjectType():
		all := Values{}
		for name, one := range v.AsValueMap() {
			all[name] = valueLike(one)
		}
		return all
	}
	all := []any{}
	for _, one := range v.AsValueSlice() {
		all = append(all, valueLike(one))
	}
	if v.Type().IsSetType() {
		sortSet(all)
	}
	return all
}
