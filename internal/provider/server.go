package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// NewServer is the provider as Terraform and OpenTofu talk to it.
func NewServer(version string, options ...Option) (tfprotov6.ProviderServer, error) {
	framework, err := providerserver.NewProtocol6WithError(New(version, options...)())()
	if err != nil {
		return nil, err
	}
	full, ok := framework.(fullServer)
	if !ok {
		return nil, fmt.Errorf("the framework's server %T lacks a part of the protocol", framework)
	}
	return &server{fullServer: full}, nil
}

// fullServer has the parts of the protocol that its interface leaves optional.
type fullServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// server mends two things that clients do.
type server struct {
	fullServer
	once  sync.Once
	types map[string]tftypes.Type // of resources, by name
	err   error
}

// ReadResource gives the new state as JSON. Terraform 1.10 to 1.14 compares it with the old one, which came from the
// state file and so from JSON, and takes a number that was parsed with another precision for a change: a plan with
// -refresh-only and -detailed-exitcode would end with 2 and show nothing.
func (s *server) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.fullServer.ReadResource(ctx, req)
	if err != nil || resp.NewState == nil || resp.NewState.MsgPack == nil {
		return resp, err
	}
	s.once.Do(func() { s.types, s.err = resourceTypes(ctx, s.fullServer) })
	if s.err != nil {
		return nil, s.err
	}
	value, err := resp.NewState.Unmarshal(s.types[req.TypeName])
	if err != nil {
		return nil, fmt.Errorf("state of %s: %w", req.TypeName, err)
	}
	if !value.IsFullyKnown() {
		return resp, nil // JSON has no word for unknown
	}
	text, err := json.Marshal(plain(value))
	if err != nil {
		return nil, fmt.Errorf("state of %s: %w", req.TypeName, err)
	}
	resp.NewState = &tfprotov6.DynamicValue{JSON: text}
	return resp, nil
}

func resourceTypes(ctx context.Context, s tfprotov6.ProviderServer) (map[string]tftypes.Type, error) {
	schemas, err := s.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	types := map[string]tftypes.Type{}
	for name, schema := range schemas.ResourceSchemas {
		types[name] = schema.ValueType()
	}
	return types, nil
}

// plain is a known value as encoding/json takes it.
func plain(v tftypes.Value) any {
	var text *string
	var flag *bool
	var list []tftypes.Value
	var object map[string]tftypes.Value
	number := new(big.Float)
	switch {
	case v.IsNull():
		return nil
	case v.As(&text) == nil:
		return *text
	case v.As(&flag) == nil:
		return *flag
	case v.As(&number) == nil:
		return json.Number(number.Text('f', -1))
	case v.As(&list) == nil:
		all := make([]any, len(list))
		for i, element := range list {
			all[i] = plain(element)
		}
		return all
	case v.As(&object) == nil:
		all := map[string]any{}
		for name, element := range object {
			all[name] = plain(element)
		}
		return all
	}
	panic(fmt.Sprintf("a value of type %s has no JSON", v.Type()))
}

// CallFunction writes null for arguments that were left out: OpenTofu encodes a null argument as nothing at all.
func (s *server) CallFunction(
	ctx context.Context, req *tfprotov6.CallFunctionRequest,
) (*tfprotov6.CallFunctionResponse, error) {
	for _, argument := range req.Arguments {
		if argument != nil && argument.MsgPack == nil && argument.JSON == nil {
			argument.MsgPack = []byte{msgpackNil}
		}
	}
	return s.fullServer.CallFunction(ctx, req)
}

// msgpackNil is how MessagePack writes null. https://github.com/msgpack/msgpack/blob/master/spec.md
const msgpackNil = 0xc0
