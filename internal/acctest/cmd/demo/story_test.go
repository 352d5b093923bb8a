package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answer is what the fake says to one call.
type answer struct {
	call   string // the arguments it expects
	output string
	code   int
}

// fakeTerraform gives the answers one after the other.
type fakeTerraform struct{ answers []answer }

func (f *fakeTerraform) Run(_ context.Context, args ...string) (string, int, error) {
	call := strings.Join(args, " ")
	if len(f.answers) == 0 || f.answers[0].call != call {
		return "", 0, fmt.Errorf("not expected: terraform %s", call)
	}
	next := f.answers[0]
	f.answers = f.answers[1:]
	return next.output, next.code, nil
}

const (
	planCall = "plan -detailed-exitcode -out=demo.tfplan"

	drift = `{"resource_changes": [
		{"address": "other.thing", "change": {"before": {"x": 1}, "after": {"x": 2}}},
		{"address": "spinup_bucket.demo", "change": {
			"before": {"name": "b", "versioning": false, "groups": {"admin": {"group_name": null}}, "tags": {"a": "b"}},
			"after": {"name": "b", "versioning": true, "groups": {"admin": {"group_name": "g"}}, "tags": {"a": "b"}},
			"after_unknown": {"groups": {"admin": {"group_arn": true}}, "tags": {}}}}]}`
)

// good are the answers of a terraform with which everything is as said.
func good() []answer {
	return []answer{
		{planCall, "Plan: 1 to add, 0 to change, 0 to destroy.\n", 2},
		{"apply demo.tfplan", "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n", 0},
		{"output -json", `{"arn": {"value": "arn:aws:s3:::b"}, "groups": {"value": {"admin": "g"}}}`, 0},
		{planCall, "No changes. As before.\n", 0},
		{planCall, "Said first.\n\n  # spinup_bucket.demo will be updated\n  ~ versioning\n\nPlan: 0 to add, 1 to change, 0 to destroy.\n", 2},
		{"show -json demo.tfplan", drift, 0},
		{"apply demo.tfplan", "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n", 0},
		{"import spinup_bucket.demo b", "Import successful!\n", 0},
		{planCall, "No changes. As before.\n", 0},
		{"apply -auto-approve -var=rotation=first", "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n", 0},
		{"apply -auto-approve -var=rotation=second", "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n", 0},
		{planCall + " -var=rotation=second", "No changes. As before.\n", 0},
		{planCall + " -var=rotation=second", "Plan: 0 to add, 1 to change, 0 to destroy.\n", 2},
		{"apply demo.tfplan", "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n", 0},
		{"destroy -auto-approve -var=rotation=second", "Destroy complete! Resources: 2 destroyed.\n", 0},
	}
}

// fakeWorld does what its fields say and remembers what it was asked.
type fakeWorld struct {
	asked                 []string
	tamperErr             error
	damaged, notDestroyed []string
	counts                []int // of active keys, one for each time it is asked; 1, 2, 1 when nil
}

func (w *fakeWorld) keys(_ context.Context, user string) ([]string, error) {
	if w.counts == nil {
		w.counts = []int{1, 2, 1}
	}
	w.asked = append(w.asked, "keys "+user)
	count := w.counts[0]
	w.counts = w.counts[1:]
	return []string{"AKIA1", "AKIA2", "AKIA3"}[:count], nil
}

func (w *fakeWorld) tamper(_ context.Context, bucket, group string) error {
	w.asked = append(w.asked, "tamper "+bucket+" "+group)
	return w.tamperErr
}

func (w *fakeWorld) damage(_ context.Context, bucket, group string) ([]string, error) {
	w.asked = append(w.asked, "damage "+bucket+" "+group)
	return w.damaged, nil
}

func (w *fakeWorld) left(_ context.Context, bucket, user string) ([]string, error) {
	w.asked = append(w.asked, "left "+bucket+" "+user)
	return w.notDestroyed, nil
}

func newStory(t *testing.T, answers []answer, world world) (*story, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "terraform.tfstate"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	return &story{out: out, dir: dir, tf: &fakeTerraform{answers}, world: world}, out
}

func TestStoryThatIsAsSaid(t *testing.T) {
	world := &fakeWorld{}
	s, out := newStory(t, good(), world)
	if err := s.play(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff([]string{"tamper b g", "damage b g", "keys b-uploader", "keys b-uploader", "keys b-uploader", "left b b-uploader"}, world.asked); diff != "" {
		t.Errorf("the world was asked otherwise:\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "terraform.tfstate")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the state file was not thrown away")
	}
	if n := strings.Count(out.String(), "✓"); n != len(s.steps()) {
		t.Errorf("%d of %d steps are ticked:\n%s", n, len(s.steps()), out)
	}
	if !strings.Contains(out.String(), "\n     # spinup_bucket.demo will be updated\n       ~ versioning\n   ✓") {
		t.Errorf("what the repair changes is not shown:\n%s", out)
	}
}

// Whatever answer is wrong, the story ends there, with what was expected and what came.
func TestStoryThatIsNotAsSaid(t *testing.T) {
	for i, as := range good() {
		for name, wrong := range map[string]answer{
			"code": {as.call, as.output, as.code + 1},
			"text": {as.call, "Something else.", as.code},
		} {
			t.Run(fmt.Sprintf("%d %s", i, name), func(t *testing.T) {
				answers := good()
				answers[i] = wrong
				s, out := newStory(t, answers, &fakeWorld{})
				err := s.play(t.Context())
				var not *unexpected
				if !errors.As(err, &not) {
					t.Fatalf("error %v\n%s", err, out)
				}
				if !strings.Contains(not.want, as.call) || !strings.Contains(not.got, wrong.output) {
					t.Errorf("error %v; want the call %q and the output %q", err, as.call, wrong.output)
				}
				if strings.Contains(out.String(), "All as said") {
					t.Error("the story says that all was well")
				}
			})
		}
	}
}

func TestStoryLooksBehindTheOutput(t *testing.T) {
	replace := func(i int, old, new string) []answer {
		answers := good()
		answers[i].output = strings.ReplaceAll(answers[i].output, old, new)
		return answers
	}
	for name, test := range map[string]struct {
		answers []answer
		world   fakeWorld
		want    string
	}{
		"one change too many": {replace(5, `"after": {"name": "b"`, `"after": {"name": "c"`), fakeWorld{}, "groups, name, versioning"},
		"one too few":         {replace(5, `"versioning": false`, `"versioning": true`), fakeWorld{}, "one that changes groups"},
		"not repaired":        {good(), fakeWorld{damaged: []string{"the group is gone"}}, "the group is gone"},
		"not destroyed":       {good(), fakeWorld{notDestroyed: []string{"policy b-x"}}, "policy b-x"},
		"no second key":       {good(), fakeWorld{counts: []int{1, 1}}, "2 active access keys"},
		"old key stays":       {good(), fakeWorld{counts: []int{1, 2, 2}}, "1 active access keys"},
		"no tampering":        {good(), fakeWorld{tamperErr: errors.New("no way")}, "no way"},
		"no group":            {replace(2, `"admin"`, `"member"`), fakeWorld{}, "its admin group"},
		"not JSON":            {replace(5, `[`, `]`), fakeWorld{}, "terraform show"},
	} {
		t.Run(name, func(t *testing.T) {
			s, out := newStory(t, test.answers, &test.world)
			if err := s.play(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q\n%s", err, test.want, out)
			}
		})
	}
}

func TestInterruptedStory(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, _ := newStory(t, good(), &fakeWorld{})
	if err := s.play(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// The example has to have what the story speaks of.
func TestExampleFitsTheStory(t *testing.T) {
	dir := t.TempDir()
	if err := copyConfiguration(dir, filepath.Join("..", "..", "..", "..", "examples", "demo")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`resource "spinup_bucket" "demo"`, "versioning    = true", `access_levels = ["admin"]`, `output "arn"`, `output "groups"`,
		`resource "spinup_bucket_user" "demo"`, `variable "rotation"`, `overlap  = "5s"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the example has no %s", want)
		}
	}
	if err := copyConfiguration(dir, t.TempDir()); err == nil {
		t.Error("a folder without a configuration is taken for an example")
	}
}
