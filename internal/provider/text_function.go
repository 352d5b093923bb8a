package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/clients"
)

// textFunction is a function that gives the settings of a program as a text. Its last argument, which may be left out,
// is the endpoint of a store.
type textFunction struct {
	name, summary, description string
	parameters                 []function.StringParameter
	endpoint                   string // its description
	text                       func(arguments []*string, endpoint *string) (string, error)
}

// endpointForm is how an endpoint is written, for its description.
const endpointForm = "URL of the store, at most one: `https://HOST` or `http://HOST`, with or without a port, such " +
	"as `https://s3.example.edu:9000`. `null` is none."

// Metadata gives the name.
func (f textFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = f.name
}

// Definition gives the parameters.
func (f textFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: f.summary, MarkdownDescription: f.description, Return: function.StringReturn{},
		VariadicParameter: function.StringParameter{
			Name: "endpoint", AllowNullValue: true, MarkdownDescription: f.endpoint,
		},
	}
	for _, parameter := range f.parameters {
		resp.Definition.Parameters = append(resp.Definition.Parameters, parameter)
	}
}

// Run gives the text. An error is at the argument that it is about.
func (f textFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	arguments := make([]*string, len(f.parameters))
	for i := range arguments {
		if resp.Error = req.Arguments.GetArgument(ctx, i, &arguments[i]); resp.Error != nil {
			return
		}
	}
	var endpoints []*string
	if resp.Error = req.Arguments.GetArgument(ctx, len(arguments), &endpoints); resp.Error != nil {
		return
	}
	if n := len(endpoints); n > 1 {
		resp.Error = function.NewArgumentFuncError(int64(len(arguments)+1),
			fmt.Sprintf("there are %d endpoints, want at most one", n))
		return
	}
	text, err := f.text(arguments, slices.Concat(endpoints, []*string{nil})[0])
	if err != nil {
		resp.Error = f.failure(err)
		return
	}
	resp.Error = resp.Result.Set(ctx, text)
}

// failure is an error at the argument that it names.
func (f textFunction) failure(err error) *function.FuncError {
	at := len(f.parameters)
	if wrong, ok := errors.AsType[*clients.ArgumentError](err); ok && wrong.Argument != "endpoint" {
		at = slices.IndexFunc(f.parameters, func(p function.StringParameter) bool { return p.Name == wrong.Argument })
	}
	return function.NewArgumentFuncError(int64(at), err.Error())
}
