// Package prototest plays Terraform in process, over protocol 6: it makes the calls that the terraform command makes,
// in its order, and holds the provider to the promises that the command checks. Thus it also shows what an installed
// command is too old to run, such as identities. A Server makes single calls, for values of Go; a Workspace plays plan,
// apply and destroy, for configurations in Terraform's language. Only tests may import it; it imports
// terraform-plugin-go and, to read configurations, hcl and cty.
package prototest

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Object is what Terraform keeps of one resource.
type Object struct {
	State    Values // nil when there is no such object
	Identity Values
	private  []byte
}

// Plan is what is to become of an object.
type Plan struct {
	Prior    Object
	Config   Values
	Planned  Values   // nil when the object is to be destroyed
	Replace  []string // attributes whose change needs another object
	typeName string
	identity *tfprotov6.ResourceIdentityData
	private  []byte
}

// Empty reports whether the plan changes nothing.
func (p Plan) Empty() bool { return reflect.DeepEqual(p.Prior.State, p.Planned) }

// Diagnostics are what the provider has to say.
type Diagnostics []*tfprotov6.Diagnostic

// Errors is the text of the errors; empty when there are none.
func (d Diagnostics) Errors() string { return d.text(tfprotov6.DiagnosticSeverityError) }

// Warnings is the text of the warnings; empty when there are none.
func (d Diagnostics) Warnings() string { return d.text(tfprotov6.DiagnosticSeverityWarning) }

func (d Diagnostics) text(severity tfprotov6.DiagnosticSeverity) string {
	var b strings.Builder
	for _, one := range d {
		if one.Severity == severity {
			b.WriteString(one.Attribute.String() + ": " + one.Summary + "\n" + one.Detail + "\n")
		}
	}
	return b.String()
}

// Server is a provider and the Terraform that talks to it. What no provider may do fails the test.
type Server struct {
	t          testing.TB
	provider   tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities map[string]*tfprotov6.ResourceIdentitySchema // nil: it knows nothing of identities
}

// New asks the provider for its schemas.
func New(t testing.TB, provider tfprotov6.ProviderServer) *Server {
	t.Helper()
	s := &Server{t: t, provider: provider}
	var err error
	s.schemas, err = provider.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	s.must(err)
	resp, err := provider.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	s.must(err)
	s.identities = resp.IdentitySchemas
	return s
}

// Invoke validates the configuration of an action and invokes it, and gives the messages of its progress. What has
// unknown values is validated only.
func (s *Server) Invoke(typeName string, config Values) (progress []string, diags Diagnostics) {
	s.t.Helper()
	actions, ok := s.provider.(tfprotov6.ActionServer)
	schema := s.schemas.ActionSchemas[typeName]
	if !ok || schema == nil {
		s.t.Fatalf("there is no action %s", typeName)
	}
	encoded := s.encode(schema.Schema.ValueType(), config)
	valid, err := actions.ValidateActionConfig(s.t.Context(), &tfprotov6.ValidateActionConfigRequest{
		ActionType: typeName, Config: encoded,
	})
	s.must(err)
	if diags = valid.Diagnostics; diags.Errors() != "" || HasUnknown(config) {
		return nil, diags
	}
	plan, err := actions.PlanAction(s.t.Context(), &tfprotov6.PlanActionRequest{ActionType: typeName, Config: encoded})
	s.must(err)
	if diags = append(diags, plan.Diagnostics...); diags.Errors() != "" {
		return nil, diags
	}
	stream, err := actions.InvokeAction(s.t.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: typeName, Config: encoded,
	})
	s.must(err)
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = append(diags, e.Diagnostics...)
		}
	}
	return progress, diags
}

// Open validates the configuration of an ephemeral resource and opens it. What is opened has the configuration's values
// and nothing unknown.
func (s *Server) Open(typeName string, config Values) (opened Values, diags Diagnostics) {
	s.t.Helper()
	schema := s.schemas.EphemeralResourceSchemas[typeName]
	of := schema.ValueType()
	encoded := s.encode(of, config)
	valid, err := s.provider.ValidateEphemeralResourceConfig(s.t.Context(),
		&tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: encoded})
	s.must(err)
	if diags = valid.Diagnostics; diags.Errors() != "" || HasUnknown(config) {
		return nil, diags
	}
	resp, err := s.provider.OpenEphemeralResource(s.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: typeName, Config: encoded,
	})
	s.must(err)
	if diags = append(diags, resp.Diagnostics...); diags.Errors() != "" {
		return nil, diags
	}
	opened = s.decode(of, resp.Result)
	if HasUnknown(opened) {
		s.t.Errorf("%s has unknown values: %v", typeName, opened)
	}
	for _, at := range unlike(schema.Block.Attributes, nil, config, opened) {
		s.t.Errorf("%s has %s = %v; the configuration says %v", typeName, at, opened[at], config[at])
	}
	return opened, diags
}

// Listed is one object of a list.
type Listed struct {
	Name     string // as it is displayed
	Identity Values
	Resource Values // nil unless it was asked for
}

// Listing is what a list is asked for.
type Listing struct {
	Config  Values
	Include bool // the objects themselves
	Limit   int  // Terraform's own is 100
}

// List validates the configuration of a list and takes from the stream what Terraform takes: nothing after an error,
// and nothing after the last object that the limit allows.
func (s *Server) List(typeName string, of Listing) (all []Listed, diags Diagnostics) {
	s.t.Helper()
	lists, ok := s.provider.(tfprotov6.ListResourceServer)
	schema := s.schemas.ListResourceSchemas[typeName]
	if !ok || schema == nil {
		s.t.Fatalf("there is no list of %s", typeName)
	}
	config := s.encode(schema.ValueType(), of.Config)
	valid, err := lists.ValidateListResourceConfig(s.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{
		TypeName: typeName, Config: config,
	})
	s.must(err)
	if diags = valid.Diagnostics; diags.Errors() != "" || HasUnknown(of.Config) {
		return nil, diags
	}
	stream, err := lists.ListResource(s.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: typeName, Config: config, IncludeResource: of.Include, Limit: int64(of.Limit),
	})
	s.must(err)
	for result := range stream.Results {
		diags = append(diags, result.Diagnostics...)
		if diags.Errors() != "" {
			break
		}
		if result.Identity == nil {
			if len(result.Diagnostics) == 0 {
				s.t.Errorf("a list of %s has an object without an identity", typeName)
			}
			continue
		}
		one := Listed{
			Name: result.DisplayName, Identity: s.decode(s.identities[typeName].ValueType(), result.Identity.IdentityData),
		}
		if of.Include {
			one.Resource = s.decode(s.typeOf(typeName), result.Resource)
		}
		if HasUnknown(one.Identity) || HasUnknown(one.Resource) || of.Include && one.Resource == nil {
			s.t.Errorf("a list of %s has what is no object: %v", typeName, one)
		}
		if all = append(all, one); of.Limit > 0 && len(all) == of.Limit {
			break
		}
	}
	return all, diags
}

// Written is the configuration that Terraform writes for an object that it found: what can be configured, without what
// is null, secret, or an empty text.
func (s *Server) Written(typeName string, object Values) Values {
	return written(s.schemas.ResourceSchemas[typeName].Block.Attributes, object)
}

func written(attributes []*tfprotov6.SchemaAttribute, object Values) Values {
	config := Values{}
	for _, a := range attributes {
		if !a.Optional && !a.Required || a.Sensitive || a.Optional && object[a.Name] == "" {
			continue
		}
		config[a.Name] = object[a.Name]
		if a.NestedType == nil {
			continue
		}
		switch value := object[a.Name].(type) {
		case Values:
			if single(a) {
				config[a.Name] = written(a.NestedType.Attributes, value)
			}
		case []any:
			all := make([]any, len(value))
			for i, one := range value {
				all[i] = written(a.NestedType.Attributes, one.(Values))
			}
			config[a.Name] = all
		}
	}
	return config
}

// must ends the test when a call itself failed.
func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) typeOf(typeName string) tftypes.Type {
	return s.schemas.ResourceSchemas[typeName].ValueType()
}

// Identity is the identity schema of a resource type.
func (s *Server) Identity(typeName string) *tfprotov6.ResourceIdentitySchema {
	return s.identities[typeName]
}

// Configurable are the attributes of a resource type that a configuration can set, those of single nested objects and
// blocks included, as paths with dots.
func (s *Server) Configurable(typeName string) []string {
	block := s.schemas.ResourceSchemas[typeName].Block
	all := configurable("", block.Attributes)
	for _, nested := range block.BlockTypes {
		all = append(all, nested.TypeName)
		all = append(all, configurable(nested.TypeName+".", nested.Block.Attributes)...)
	}
	return all
}

func configurable(within string, attributes []*tfprotov6.SchemaAttribute) (all []string) {
	for _, a := range attributes {
		if !a.Optional && !a.Required {
			continue
		}
		all = append(all, within+a.Name)
		if single(a) {
			all = append(all, configurable(within+a.Name+".", a.NestedType.Attributes)...)
		}
	}
	return all
}

// Ignoring is the configuration that is planned with ignore_changes: at the paths it is as the prior object was. Where
// there is none, or no object to reach into, nothing is ignored.
func Ignoring(prior, config Values, paths ...string) Values {
	for _, path := range paths {
		config = ignoring(prior, config, strings.Split(path, "."))
	}
	return config
}

func ignoring(prior, config Values, path []string) Values {
	if prior == nil || config == nil {
		return config
	}
	changed := maps.Clone(config)
	was, _ := prior[path[0]].(Values)
	is, _ := config[path[0]].(Values)
	switch {
	case len(path) == 1:
		changed[path[0]] = prior[path[0]]
	case is != nil:
		changed[path[0]] = ignoring(was, is, path[1:])
	}
	return changed
}

// Configure gives the provider its block, once that is found valid.
func (s *Server) Configure(config Values) Diagnostics {
	s.t.Helper()
	valid, err := s.provider.ValidateProviderConfig(s.t.Context(), &tfprotov6.ValidateProviderConfigRequest{
		Config: s.encode(s.schemas.Provider.ValueType(), config),
	})
	s.must(err)
	if diags := Diagnostics(valid.Diagnostics); diags.Errors() != "" {
		return diags
	}
	resp, err := s.provider.ConfigureProvider(s.t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: s.encode(s.schemas.Provider.ValueType(), config),
	})
	s.must(err)
	return resp.Diagnostics
}

// Validate checks the configuration of a resource.
func (s *Server) Validate(typeName string, config Values) Diagnostics {
	s.t.Helper()
	resp, err := s.provider.ValidateResourceConfig(s.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeName, Config: s.encode(s.typeOf(typeName), config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	s.must(err)
	return resp.Diagnostics
}

// Plan validates a configuration and plans what becomes of an object: the zero Object is a new one, nil as the
// configuration destroys.
func (s *Server) Plan(typeName string, prior Object, config Values) (Plan, Diagnostics) {
	s.t.Helper()
	if config != nil {
		if diags := s.Validate(typeName, config); diags.Errors() != "" {
			return Plan{}, diags
		}
	}
	attributes, of := s.schemas.ResourceSchemas[typeName].Block.Attributes, s.typeOf(typeName)
	resp, err := s.provider.PlanResourceChange(s.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: s.encode(of, prior.State), Config: s.encode(of, config),
		ProposedNewState: s.encode(of, proposed(attributes, prior.State, config)),
		PriorPrivate:     prior.private, PriorIdentity: s.encodeIdentity(typeName, prior.Identity),
	})
	s.must(err)
	diags := Diagnostics(resp.Diagnostics)
	if diags.Errors() != "" {
		return Plan{}, diags
	}
	plan := Plan{
		Prior: prior, Config: config, Planned: s.decode(of, resp.PlannedState),
		typeName: typeName, private: resp.PlannedPrivate,
	}
	if s.identities != nil {
		plan.identity = resp.PlannedIdentity
	}
	for _, path := range resp.RequiresReplace {
		name, _ := path.Steps()[0].(tftypes.AttributeName)
		plan.Replace = append(plan.Replace, string(name))
	}
	for _, at := range unlike(attributes, prior.State, config, plan.Planned) {
		s.t.Errorf("planned for %s: %v; the configuration says %v", at, plan.Planned[at], config[at])
	}
	return plan, diags
}

// Replan plans again with values that were unknown and are known now, as Terraform does at the beginning of an apply.
// The new plan may not contradict the first.
func (s *Server) Replan(first Plan, config Values) (Plan, Diagnostics) {
	s.t.Helper()
	final, diags := s.Plan(first.typeName, first.Prior, config)
	if diags.Errors() == "" {
		s.compare("the final plan", first.Planned, final.Planned)
	}
	return final, diags
}

// Apply does what the plan says. What the provider gives back may hold nothing unknown and, unless there is an error,
// may not contradict the plan.
func (s *Server) Apply(plan Plan) (Object, Diagnostics) {
	s.t.Helper()
	if len(plan.Replace) > 0 && plan.Prior.State != nil {
		s.t.Fatalf("a change of %v is two plans: destroy and create", plan.Replace)
	}
	of := s.typeOf(plan.typeName)
	resp, err := s.provider.ApplyResourceChange(s.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: plan.typeName, PriorState: s.encode(of, plan.Prior.State), Config: s.encode(of, plan.Config),
		PlannedState: s.encode(of, plan.Planned), PlannedPrivate: plan.private, PlannedIdentity: plan.identity,
	})
	s.must(err)
	after, diags := s.object(plan.typeName, resp.NewState, resp.NewIdentity, resp.Private), Diagnostics(resp.Diagnostics)
	if diags.Errors() == "" {
		s.compare("the result of the apply", plan.Planned, after.State)
	}
	return after, diags
}

// Read refreshes an object.
func (s *Server) Read(typeName string, prior Object) (Object, Diagnostics) {
	s.t.Helper()
	resp, err := s.provider.ReadResource(s.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: s.encode(s.typeOf(typeName), prior.State),
		Private: prior.private, CurrentIdentity: s.encodeIdentity(typeName, prior.Identity),
	})
	s.must(err)
	return s.object(typeName, resp.NewState, resp.NewIdentity, resp.Private), resp.Diagnostics
}

// upgrade reads an object from what a state file says.
func (s *Server) upgrade(typeName string, text []byte) Values {
	s.t.Helper()
	resp, err := s.provider.UpgradeResourceState(s.t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: typeName, Version: s.schemas.ResourceSchemas[typeName].Version, RawState: &tfprotov6.RawState{JSON: text},
	})
	s.must(err)
	if said := Diagnostics(resp.Diagnostics).Errors(); said != "" {
		s.t.Fatalf("reading %s from state: %s", typeName, said)
	}
	return s.decode(s.typeOf(typeName), resp.UpgradedState)
}

// Import imports by an id or, if that is empty, by an identity, and refreshes.
func (s *Server) Import(typeName, id string, identity Values) (Object, Diagnostics) {
	s.t.Helper()
	resp, err := s.provider.ImportResourceState(s.t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName, ID: id, Identity: s.encodeIdentity(typeName, identity),
	})
	s.must(err)
	if diags := Diagnostics(resp.Diagnostics); diags.Errors() != "" {
		return Object{}, diags
	}
	one := resp.ImportedResources[0]
	return s.Read(typeName, s.object(typeName, one.State, one.Identity, one.Private))
}

// Source is what state holds of a resource of another provider.
type Source struct {
	Provider string // its whole address
	TypeName string
	Version  int64  // of the schema
	JSON     []byte // the attributes
}

// Move takes over what another provider's resource was, as a moved block says, and refreshes.
func (s *Server) Move(typeName string, from Source) (Object, Diagnostics) {
	s.t.Helper()
	moved, diags := s.MoveOnly(typeName, from)
	if diags.Errors() != "" {
		return Object{}, diags
	}
	return s.Read(typeName, moved)
}

// MoveOnly is Move without the refresh, as with -refresh=false.
func (s *Server) MoveOnly(typeName string, from Source) (Object, Diagnostics) {
	s.t.Helper()
	resp, err := s.provider.MoveResourceState(s.t.Context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: from.Provider, SourceTypeName: from.TypeName, SourceSchemaVersion: from.Version,
		SourceState: &tfprotov6.RawState{JSON: from.JSON}, TargetTypeName: typeName,
	})
	s.must(err)
	if diags := Diagnostics(resp.Diagnostics); diags.Errors() != "" {
		return Object{}, diags
	}
	return s.object(typeName, resp.TargetState, resp.TargetIdentity, resp.TargetPrivate), resp.Diagnostics
}

// object is an object as the provider gives it back.
func (s *Server) object(
	typeName string, state *tfprotov6.DynamicValue, identity *tfprotov6.ResourceIdentityData, private []byte,
) Object {
	s.t.Helper()
	object := Object{State: s.decode(s.typeOf(typeName), state), private: private}
	if identity != nil && s.identities != nil {
		object.Identity = s.decode(s.identities[typeName].ValueType(), identity.IdentityData)
	}
	if HasUnknown(object.State) || HasUnknown(object.Identity) {
		s.t.Errorf("unknown values in what is to be kept: %v %v", object.State, object.Identity)
	}
	return object
}

func (s *Server) encodeIdentity(typeName string, identity Values) *tfprotov6.ResourceIdentityData {
	s.t.Helper()
	if identity == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: s.encode(s.identities[typeName].ValueType(), identity)}
}

// proposed is the configuration, with what the provider computes taken over from state.
func proposed(attributes []*tfprotov6.SchemaAttribute, prior, config Values) Values {
	all := maps.Clone(config)
	for _, a := range attributes {
		nested, isObject := config[a.Name].(Values)
		switch {
		case config == nil:
		case a.WriteOnly:
			all[a.Name] = nil
		case config[a.Name] == nil && a.Computed:
			all[a.Name] = prior[a.Name]
		case isObject && single(a):
			was, _ := prior[a.Name].(Values)
			all[a.Name] = proposed(a.NestedType.Attributes, was, nested)
		}
	}
	return all
}

// unlike names the attributes that are not planned as the configuration says. Computed ones may be anything where it
// says nothing, and every one may stay as it was, since that may mean the same.
func unlike(attributes []*tfprotov6.SchemaAttribute, prior, config, planned Values) []string {
	var wrong []string
	for _, a := range attributes {
		said, plan, was := config[a.Name], planned[a.Name], prior[a.Name]
		if a.WriteOnly { // neither a plan nor state has its value
			said, was = nil, nil
		}
		inConfig, isObject := said.(Values)
		inPlan, _ := plan.(Values)
		inPrior, _ := was.(Values)
		switch {
		case reflect.DeepEqual(said, plan), said == nil && a.Computed, was != nil && reflect.DeepEqual(was, plan):
		case isObject && inPlan != nil && single(a) && len(unlike(a.NestedType.Attributes, inPrior, inConfig, inPlan)) == 0:
		default:
			wrong = append(wrong, a.Name)
		}
	}
	return wrong
}

func single(a *tfprotov6.SchemaAttribute) bool {
	return a.NestedType != nil && a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle
}

func (s *Server) compare(what string, planned, got Values) {
	s.t.Helper()
	for at, value := range planned {
		if !fits(value, got[at]) {
			s.t.Errorf("%s has %s = %v; planned was %v", what, at, got[at], value)
		}
	}
}

// fits reports whether a value is what was planned; where that was unknown anything is.
func fits(planned, got any) bool {
	want, isObject := planned.(Values)
	have, same := got.(Values)
	if !isObject || !same || len(want) != len(have) {
		return reflect.DeepEqual(planned, got) || !isObject && HasUnknown(planned)
	}
	for name, one := range want {
		if other, ok := have[name]; !ok || !fits(one, other) {
			return false
		}
	}
	return true
}
