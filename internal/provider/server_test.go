package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// stubServer answers a read with a value, in MessagePack as the framework does.
type stubServer struct {
	fullServer
	of    tftypes.Object
	value tftypes.Value
	asked *tfprotov6.CallFunctionRequest
}

func (s *stubServer) ReadResource(
	context.Context, *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	state, err := tfprotov6.NewDynamicValue(s.of, s.value)
	return &tfprotov6.ReadResourceResponse{NewState: &state}, err
}

func (s *stubServer) CallFunction(
	_ context.Context, req *tfprotov6.CallFunctionRequest,
) (*tfprotov6.CallFunctionResponse, error) {
	s.asked = req
	return nil, nil
}

func (s *stubServer) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	block := &tfprotov6.SchemaBlock{}
	for name, of := range s.of.AttributeTypes {
		block.Attributes = append(block.Attributes, &tfprotov6.SchemaAttribute{Name: name, Type: of})
	}
	return &tfprotov6.GetProviderSchemaResponse{
		ResourceSchemas: map[string]*tfprotov6.Schema{"spinup_thing": {Block: block}},
	}, nil
}

// TestServer_readGivesJSON: a state is given in the form of the state file, and says the same.
func TestServer_readGivesJSON(t *testing.T) {
	of := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"text": tftypes.String, "none": tftypes.String, "flag": tftypes.Bool, "days": tftypes.Number, "size": tftypes.Number,
		"set":  tftypes.Set{ElementType: tftypes.String},
		"list": tftypes.List{ElementType: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"n": tftypes.Number}}},
		"map":  tftypes.Map{ElementType: tftypes.Bool},
	}}
	inner := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"n": tftypes.Number}}
	size, _ := new(big.Float).SetString("0.1")
	value := tftypes.NewValue(of, map[string]tftypes.Value{
		"text": tftypes.NewValue(tftypes.String, "a \"b\" <c> \u2028"), "none": tftypes.NewValue(tftypes.String, nil),
		"flag": tftypes.NewValue(tftypes.Bool, true), "days": tftypes.NewValue(tftypes.Number, 9007199254740993),
		"size": tftypes.NewValue(tftypes.Number, size),
		"set":  tftypes.NewValue(of.AttributeTypes["set"], []tftypes.Value{tftypes.NewValue(tftypes.String, "x")}),
		"list": tftypes.NewValue(of.AttributeTypes["list"], []tftypes.Value{
			tftypes.NewValue(inner, map[string]tftypes.Value{"n": tftypes.NewValue(tftypes.Number, 0)}),
		}),
		"map": tftypes.NewValue(of.AttributeTypes["map"], map[string]tftypes.Value{"k": tftypes.NewValue(tftypes.Bool, false)}),
	})
	s := &server{fullServer: &stubServer{of: of, value: value}}
	resp, err := s.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "spinup_thing"})
	if err != nil {
		t.Fatal(err)
	}
	if resp.NewState.MsgPack != nil || !json.Valid(resp.NewState.JSON) {
		t.Fatalf("the state is not JSON: %q", resp.NewState.JSON)
	}
	if !bytes.Contains(resp.NewState.JSON, []byte(`"days":9007199254740993`)) || !bytes.Contains(resp.NewState.JSON, []byte(`"size":0.1`)) {
		t.Errorf("numbers are not as they are written: %s", resp.NewState.JSON)
	}
	got, err := resp.NewState.Unmarshal(of)
	if err != nil {
		t.Fatal(err)
	}
	if diffs, err := value.Diff(got); err != nil || len(diffs) > 1 { // 0.1 has another precision
		t.Errorf("the state says something else: %v %v", diffs, err)
	}
}

// TestServer_nullArguments: what OpenTofu leaves out of a call is null.
func TestServer_nullArguments(t *testing.T) {
	stub := &stubServer{}
	s := &server{fullServer: stub}
	given := &tfprotov6.DynamicValue{MsgPack: []byte{0xa1, 'x'}}
	if _, err := s.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{
		Name: "cyberduck_bookmark", Arguments: []*tfprotov6.DynamicValue{given, {}},
	}); err != nil {
		t.Fatal(err)
	}
	text, err := stub.asked.Arguments[1].Unmarshal(tftypes.String)
	if err != nil || !text.IsNull() || stub.asked.Arguments[0] != given {
		t.Errorf("the second argument is %v (%v)", text, err)
	}
}

// TestServer_bookmarkOfOpenTofu calls the documented function just as OpenTofu does.
func TestServer_bookmarkOfOpenTofu(t *testing.T) {
	name, err := tfprotov6.NewDynamicValue(tftypes.String, tftypes.NewValue(tftypes.String, "data.example.edu"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := served(t).CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{
		Name: "cyberduck_bookmark", Arguments: []*tfprotov6.DynamicValue{&name, {}},
	})
	if err != nil || resp.Error != nil || resp.Result == nil {
		t.Fatalf("%v %+v", err, resp)
	}
}
