// Command schemas prints the schemas of the provider as `terraform providers schema -json` does, for the generator of
// the documentation: what a page says does not depend on the installed terraform, and an older one knows neither
// actions nor lists. It may import the provider and terraform-plugin-go.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/provider"
)

func main() {
	log.SetFlags(0)
	server, err := provider.NewServer("dev")
	if err != nil {
		log.Fatal(err)
	}
	all, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(printed(all)); err != nil {
		log.Fatal(err)
	}
}

// object is one of JSON.
type object = map[string]any

func printed(all *tfprotov6.GetProviderSchemaResponse) object {
	actions := object{}
	for name, one := range all.ActionSchemas {
		actions[name] = schema(one.Schema)
	}
	functions := object{}
	for name, f := range all.Functions {
		functions[name] = function(f)
	}
	return object{"format_version": "1.0", "provider_schemas": object{"spinup": object{
		"provider": schema(all.Provider), "resource_schemas": schemas(all.ResourceSchemas),
		"data_source_schemas":        schemas(all.DataSourceSchemas),
		"ephemeral_resource_schemas": schemas(all.EphemeralResourceSchemas),
		"list_resource_schemas":      schemas(all.ListResourceSchemas),
		"action_schemas":             actions, "functions": functions,
	}}}
}

func schemas(all map[string]*tfprotov6.Schema) object {
	out := object{}
	for name, one := range all {
		out[name] = schema(one)
	}
	return out
}

func schema(s *tfprotov6.Schema) object { return object{"version": s.Version, "block": block(s.Block)} }

func block(b *tfprotov6.SchemaBlock) object {
	nested := object{}
	for _, one := range b.BlockTypes {
		nested[one.TypeName] = object{
			"nesting_mode": map[tfprotov6.SchemaNestedBlockNestingMode]string{
				tfprotov6.SchemaNestedBlockNestingModeSingle: "single", tfprotov6.SchemaNestedBlockNestingModeList: "list",
				tfprotov6.SchemaNestedBlockNestingModeSet: "set", tfprotov6.SchemaNestedBlockNestingModeMap: "map",
				tfprotov6.SchemaNestedBlockNestingModeGroup: "group",
			}[one.Nesting],
			"block": block(one.Block), "min_items": one.MinItems, "max_items": one.MaxItems,
		}
	}
	return object{
		"attributes": attributes(b.Attributes), "block_types": nested, "description": b.Description,
		"description_kind": kind(b.DescriptionKind), "deprecated": b.Deprecated,
	}
}

func attributes(all []*tfprotov6.SchemaAttribute) object {
	out := object{}
	for _, a := range all {
		one := object{
			"description": a.Description, "description_kind": kind(a.DescriptionKind), "deprecated": a.Deprecated,
			"required": a.Required, "optional": a.Optional, "computed": a.Computed, "sensitive": a.Sensitive,
			"write_only": a.WriteOnly,
		}
		if a.NestedType == nil {
			one["type"] = typeOf(a.Type)
		} else {
			one["nested_type"] = object{
				"attributes": attributes(a.NestedType.Attributes),
				"nesting_mode": map[tfprotov6.SchemaObjectNestingMode]string{
					tfprotov6.SchemaObjectNestingModeSingle: "single", tfprotov6.SchemaObjectNestingModeList: "list",
					tfprotov6.SchemaObjectNestingModeSet: "set", tfprotov6.SchemaObjectNestingModeMap: "map",
				}[a.NestedType.Nesting],
			}
		}
		out[a.Name] = one
	}
	return out
}

func function(f *tfprotov6.Function) object {
	out := object{
		"description": f.Description, "summary": f.Summary, "return_type": typeOf(f.Return.Type),
		"deprecation_message": f.DeprecationMessage,
	}
	var parameters []object
	for _, p := range f.Parameters {
		parameters = append(parameters, parameter(p))
	}
	if len(parameters) > 0 {
		out["parameters"] = parameters
	}
	if f.VariadicParameter != nil {
		out["variadic_parameter"] = parameter(f.VariadicParameter)
	}
	return out
}

func parameter(p *tfprotov6.FunctionParameter) object {
	return object{
		"name": p.Name, "description": p.Description, "is_nullable": p.AllowNullValue, "type": typeOf(p.Type),
	}
}

func kind(k tfprotov6.StringKind) string {
	if k == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}

// typeOf is a type in the form that Terraform prints.
func typeOf(of tftypes.Type) any {
	switch of := of.(type) {
	case tftypes.List:
		return []any{"list", typeOf(of.ElementType)}
	case tftypes.Set:
		return []any{"set", typeOf(of.ElementType)}
	case tftypes.Map:
		return []any{"map", typeOf(of.ElementType)}
	case tftypes.Object:
		attributes := object{}
		for name, attribute := range of.AttributeTypes {
			attributes[name] = typeOf(attribute)
		}
		return []any{"object", attributes}
	}
	for name, primitive := range map[string]tftypes.Type{
		"string": tftypes.String, "number": tftypes.Number, "bool": tftypes.Bool,
	} {
		if of.Is(primitive) {
			return name
		}
	}
	return "dynamic"
}
