package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/cmd/internal/terraform"
)

// fakeVariable makes this test binary play terraform: its value is a file with the answers still to be given.
const fakeVariable = "SPINUP_FAKE_TERRAFORM"

func TestMain(m *testing.M) {
	if file := os.Getenv(fakeVariable); file != "" {
		os.Exit(playTerraform(file, strings.Join(os.Args[1:], " ")))
	}
	os.Exit(m.Run())
}

// answer is what the fake says to one call.
type answer struct {
	Call   string // the arguments it expects
	Output string
	Code   int
}

func playTerraform(file, call string) int {
	var answers []answer
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &answers)
	}
	if err != nil || len(answers) == 0 || answers[0].Call != call {
		fmt.Printf("not expected: terraform %s (%v)\n", call, err)
		return 99
	}
	if text, err = json.Marshal(answers[1:]); err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	fmt.Print(answers[0].Output)
	if err != nil {
		return 98
	}
	return answers[0].Code
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
		{"destroy -auto-approve", "Destroy complete! Resources: 1 destroyed.\n", 0},
	}
}

// fakeWorld does what its fields say and remembers what it was asked.
type fakeWorld struct {
	asked                 []string
	tamperErr             error
	damaged, notDestroyed []string
}

func (w *fakeWorld) tamper(_ context.Context, bucket, group string) error {
	w.asked = append(w.asked, "tamper "+bucket+" "+group)
	return w.tamperErr
}

func (w *fakeWorld) damage(_ context.Context, bucket, group string) ([]string, error) {
	w.asked = append(w.asked, "damage "+bucket+" "+group)
	return w.damaged, nil
}

func (w *fakeWorld) left(_ context.Context, bucket string) ([]string, error) {
	w.asked = append(w.asked, "left "+bucket)
	return w.notDestroyed, nil
}

func newStory(t *testing.T, answers []answer, world world) (*story, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "answers.json")
	text, err := json.Marshal(answers)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{file: text, filepath.Join(dir, "terraform.tfstate"): []byte("{}")} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := &bytes.Buffer{}
	tf := terraform.CLI{Path: os.Args[0], Dir: dir, Env: append(os.Environ(), fakeVariable+"="+file)}
	return &story{out: out, tf: tf, world: world}, out
}

func TestStoryThatIsAsSaid(t *testing.T) {
	world := &fakeWorld{}
	s, out := newStory(t, good(), world)
	if err := s.play(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff([]string{"tamper b g", "damage b g", "left b"}, world.asked); diff != "" {
		t.Errorf("the world was asked otherwise:\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(s.tf.Dir, "terraform.tfstate")); !errors.Is(err, os.ErrNotExist) {
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
			"code": {as.Call, as.Output, as.Code + 1},
			"text": {as.Call, "Something else.", as.Code},
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
				if !strings.Contains(not.want, as.Call) || !strings.Contains(not.got, wrong.Output) {
					t.Errorf("error %v; want the call %q and the output %q", err, as.Call, wrong.Output)
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
		answers[i].Output = strings.ReplaceAll(answers[i].Output, old, new)
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

func TestUnknownCountsAsChanged(t *testing.T) {
	plan := `{"resource_changes": [{"address": "a", "change": {
		"before": {"list": ["x"], "same": 1},
		"after": {"list": ["x"], "same": 1},
		"after_unknown": {"list": [true], "new": true, "same": false}}}]}`
	got, err := changed([]byte(plan), "a")
	if diff := cmp.Diff([]string{"list", "new"}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
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
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the example has no %s", want)
		}
	}
	if err := copyConfiguration(dir, t.TempDir()); err == nil {
		t.Error("a folder without a configuration is taken for an example")
	}
}
