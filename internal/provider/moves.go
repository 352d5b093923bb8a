package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// move lets a moved block lead from another provider's resource to one of ours. What it takes from the other's state is
// where an import begins, and what an import cannot see. The refresh does the rest, so the move itself is no write.
type move struct {
	provider string // namespace and type of its address, which begins with the host of any registry
	typeName string
	take     func(source) (map[string]any, error)
}

// The providers that people come from.
const (
	fromAWS   = "hashicorp/aws"
	fromMinIO = "aminueza/minio"
)

// source is what state holds of another provider's resource. Releases differ in what they keep: what is missing, or is
// not of the type that is asked for, is as good as unset.
type source map[string]any

func (s source) text(name string) string {
	text, _ := s[name].(string)
	return text
}

// texts are those elements of a list or set that are texts.
func (s source) texts(name string) []string {
	var all []string
	list, _ := s[name].([]any)
	for _, element := range list {
		if text, ok := element.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// blocks are the nested blocks of a name.
func (s source) blocks(name string) []source {
	var all []source
	list, _ := s[name].([]any)
	for _, element := range list {
		if block, ok := element.(map[string]any); ok {
			all = append(all, block)
		}
	}
	return all
}

// with adds what the source has of some attributes, which have the same names here.
func (s source) with(begun map[string]any, names ...string) map[string]any {
	for _, name := range names {
		switch value := s[name].(type) {
		case string:
			if value != "" { // how the older plugin SDK says that nothing is set
				begun[name] = value
			}
		case bool:
			begun[name] = value
		}
	}
	return begun
}

// movers are the moves as the framework wants them. What comes from elsewhere fits none, and Terraform says so.
func movers(noun string, moves []move) []resource.StateMover {
	all := make([]resource.StateMover, len(moves))
	for i, m := range moves {
		all[i].StateMover = func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			if req.SourceTypeName != m.typeName || !strings.HasSuffix(req.SourceProviderAddress, "/"+m.provider) {
				return
			}
			var from source
			err := json.Unmarshal(req.SourceRawState.JSON, &from)
			var begun map[string]any
			if err == nil {
				begun, err = m.take(from)
			}
			if err != nil {
				detail := fmt.Sprintf("%s %q cannot become a spinup_%s: %v", m.typeName, from.text("id"), noun, err)
				if !strings.HasSuffix(detail, "}") { // the end of blocks to write
					detail += "."
				}
				resp.Diagnostics.AddError("Resource cannot be moved", detail)
				return
			}
			for name, value := range begun {
				resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root(name), value)...)
			}
		}
	}
	return all
}

// unseen refuses to plan with what a move or an import has begun with: everything that is not seen yet would look as if
// it were to be set.
func unseen(noun string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(unread(noun), "State has only its name so far, from a moved block or an import. "+
		"It has to be read before anything is planned: run the command without -refresh=false, and with a provider "+
		"configuration whose values are known before apply.")
}

// asImport is the way for what a moved block cannot lead to.
func asImport(typeName, noun, id string) string {
	return fmt.Sprintf("In place of the moved block write these, with the names of the resources for OLD and NAME:\n\n"+
		"  removed {\n    from = %s.OLD\n    lifecycle { destroy = false }\n  }\n\n  import {\n    to = spinup_%s.NAME\n"+
		"    id = %q\n  }", typeName, noun, id)
}

func bucketMoves() []move {
	take := func(s source) (map[string]any, error) {
		name := cmp.Or(s.text("bucket"), s.text("id"))
		if name == "" {
			return nil, errors.New("its state has no bucket")
		}
		return s.with(map[string]any{"name": name}, "region", "force_destroy"), nil
	}
	return []move{{fromAWS, "aws_s3_bucket", take}, {fromMinIO, "minio_s3_bucket", take}}
}

// bucketUserMoves leave the bucket open: it is in no state of an IAM user. The refresh looks for it.
func bucketUserMoves() []move {
	return []move{{fromAWS, "aws_iam_user", func(s source) (map[string]any, error) {
		name := cmp.Or(s.text("name"), s.text("id"))
		if name == "" {
			return nil, errors.New("its state has no name")
		}
		return s.with(map[string]any{"name": name}, "unique_id", "force_destroy"), nil
	}}}
}

func lifecycleRuleMoves() []move {
	return []move{{fromAWS, "aws_s3_bucket_lifecycle_configuration", func(s source) (map[string]any, error) {
		bucket, _, _ := strings.Cut(cmp.Or(s.text("bucket"), s.text("id")), ",") // an account may follow in the id
		var ids []string
		for _, rule := range s.blocks("rule") {
			ids = append(ids, rule.text("id"))
		}
		switch {
		case bucket == "":
			return nil, errors.New("its state has no bucket")
		case len(ids) == 0 || slices.Contains(ids, ""):
			return nil, errors.New("its state has no rule with an id")
		case len(ids) > 1:
			return nil, fmt.Errorf("it has the %d rules %s, and a spinup_lifecycle_rule is one rule. "+
				"Import each into a resource of its own. %s", len(ids), strings.Join(ids, ", "),
				asImport("aws_s3_bucket_lifecycle_configuration", "lifecycle_rule", bucket+"/"+ids[0]))
		}
		return map[string]any{"bucket": bucket, "name": ids[0]}, nil
	}}}
}

// objectMoves take the content along: an import does not know in which form it was given.
func objectMoves() []move {
	return []move{{fromAWS, "aws_s3_object", func(s source) (map[string]any, error) {
		bucket, key := s.text("bucket"), s.text("key")
		if bucket == "" || key == "" {
			return nil, errors.New("its state has no bucket, or no key")
		}
		return s.with(map[string]any{"bucket": bucket, "key": key}, "region", "source", "content", "content_base64"), nil
	}}}
}

func websiteMoves() []move {
	return []move{{fromAWS, "aws_cloudfront_distribution", func(s source) (map[string]any, error) {
		id := s.text("id")
		aliases := slices.Sorted(slices.Values(s.texts("aliases")))
		var hosts []string
		for _, origin := range s.blocks("origin") {
			hosts = append(hosts, origin.text("domain_name"))
		}
		domain := s.text("comment")
		switch {
		case id == "":
			return nil, errors.New("its state has no id")
		case !slices.ContainsFunc(hosts, website.IsBucketHost):
			return nil, fmt.Errorf("a site is served from a bucket, and its origins are %s. Leave it where it is",
				strings.Join(hosts, ", "))
		case len(aliases) == 0:
			return nil, errors.New("it has no alias that could be the domain of a site. Add one with hashicorp/aws first")
		case len(aliases) == 1:
			domain = aliases[0]
		case !slices.Contains(aliases, domain):
			return nil, fmt.Errorf("it has the aliases %s, and neither of them is its comment, so nothing says which is the "+
				"domain of the site and which are its aliases. Set comment to the domain with hashicorp/aws, and apply, or import "+
				"it by the domain. %s", strings.Join(aliases, ", "),
				asImport("aws_cloudfront_distribution", "website", aliases[0]))
		}
		return s.with(map[string]any{"domain": domain, "distribution_id": id}, "wait_for_deployment"), nil
	}}}
}
