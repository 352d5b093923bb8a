package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// address is the bucket of the example.
const address = "spinup_bucket.demo"

// story is the demo while it is played.
type story struct {
	out      io.Writer
	terminal bool   // whether out is one
	dir      string // terraform's working folder
	tf       runner
	world    world

	// What the example made: known once it is applied.
	bucket, group string
}

// runner is terraform.CLI, or a test's.
type runner interface {
	Run(ctx context.Context, args ...string) (output string, code int, err error)
}

// world is what exists in the emulator, seen and changed without Terraform.
type world interface {
	// tamper suspends the bucket's versioning and deletes the group.
	tamper(ctx context.Context, bucket, group string) error
	// damage says what of that is not repaired.
	damage(ctx context.Context, bucket, group string) ([]string, error)
	// keys lists the active access keys of a user.
	keys(ctx context.Context, user string) ([]string, error)
	// left lists what there is of the bucket and its user.
	left(ctx context.Context, bucket, user string) ([]string, error)
}

// step is one scene: what the audience is told, and what has to happen. It returns the lines worth showing.
type step struct {
	say string
	do  func(context.Context) (show []string, err error)
}

func (s *story) steps() []step {
	return []step{
		{"Terraform plans a bucket that keeps versions, and a group of people who administer it.", s.planCreation},
		{"Apply makes them: one resource here, a dozen settings in S3 and IAM there.", s.applyCreation},
		{"A second plan is empty.", s.planNothing},
		{"Behind our back somebody suspends versioning and deletes the group.", s.tamper},
		{"The next plan names both, and nothing else.", s.planRepair},
		{"Apply repairs just that.", s.repair},
		{"The state file is thrown away, and the bucket imported by its name.", s.importBucket},
		{"The plan after the import is empty.", s.planNothing},
		{"An account is made for the bucket, with an access key.", s.makeUser},
		{"The key is rotated: for an overlap of five seconds the old key and the new one are both active.", s.rotate},
		{"When the overlap is over, a plan removes the old key, and its apply leaves one.", s.endOverlap},
		{"Destroy takes everything apart.", s.destroy},
		{"Nothing of them is left.", s.nothingLeft},
	}
}

// unexpected is a step that was not as said.
type unexpected struct{ want, got string }

func (u *unexpected) Error() string { return "expected: " + u.want + "\ncame:     " + u.got }

// play plays the story of the bucket.
func (s *story) play(ctx context.Context) error { return s.act(ctx, s.steps()) }

// act plays one step after the other and ends with the first that is not as said.
func (s *story) act(ctx context.Context, steps []step) error {
	began := time.Now()
	for i, step := range steps {
		fmt.Fprintf(s.out, "\n%d. %s\n", i+1, step.say)
		start := time.Now()
		var show []string
		var err error
		spinning(s.out, s.terminal, func() { show, err = step.do(ctx) })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("\n   ✗ step %d is not as said\n%w", i+1, err)
		}
		for _, line := range show {
			fmt.Fprintln(s.out, "     "+line)
		}
		fmt.Fprintf(s.out, "   ✓ %.1f s\n", time.Since(start).Seconds())
	}
	fmt.Fprintf(s.out, "\nAll as said, in %.0f s.\n", time.Since(began).Seconds())
	return nil
}

// terraform runs a command that has to end with the code and to print the text.
func (s *story) terraform(ctx context.Context, code int, text string, args ...string) (string, error) {
	output, got, err := s.tf.Run(ctx, args...)
	if err != nil {
		return "", err
	}
	if got != code || !strings.Contains(output, text) {
		return "", &unexpected{
			want: fmt.Sprintf("terraform %s prints %q and ends with %d", strings.Join(args, " "), text, code),
			got:  fmt.Sprintf("exit code %d and\n%s", got, output),
		}
	}
	return output, nil
}

// planFile is the file of the last plan; its name is relative to terraform's folder.
const planFile = "demo.tfplan"

// The exit codes of "terraform plan -detailed-exitcode".
const (
	empty   = 0
	changes = 2
)

func (s *story) plan(ctx context.Context, code int, text string, variables ...string) (string, error) {
	args := append([]string{"plan", "-detailed-exitcode", "-out=" + planFile}, variables...)
	return s.terraform(ctx, code, text, args...)
}

func (s *story) planCreation(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, changes, "Plan: 1 to add, 0 to change, 0 to destroy.")
	return lines(output, "Plan:"), err
}

func (s *story) applyCreation(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "1 added, 0 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	text, err := s.terraform(ctx, 0, "{", "output", "-json")
	if err != nil {
		return nil, err
	}
	var outputs struct {
		ARN    struct{ Value string }
		Groups struct{ Value map[string]string }
	}
	if err := json.Unmarshal([]byte(text), &outputs); err != nil {
		return nil, fmt.Errorf("terraform output: %w", err)
	}
	arn := outputs.ARN.Value
	s.bucket, s.group = arn[strings.LastIndex(arn, ":")+1:], outputs.Groups.Value["admin"]
	if s.bucket == "" || s.group == "" {
		return nil, &unexpected{want: "outputs with the bucket's ARN and its admin group", got: text}
	}
	return append(lines(output, "Apply complete!"), "bucket "+arn, "group "+s.group), nil
}

func (s *story) planNothing(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, empty, "No changes.")
	return lines(output, "No changes."), err
}

func (s *story) tamper(ctx context.Context) ([]string, error) {
	return nil, s.world.tamper(ctx, s.bucket, s.group)
}

func (s *story) planRepair(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, changes, "Plan: 0 to add, 1 to change, 0 to destroy.")
	if err != nil {
		return nil, err
	}
	return s.changes(ctx, output, address, "groups", "versioning")
}

// changes wants the last plan to change just the attributes, and shows how. The output is the plan's.
func (s *story) changes(ctx context.Context, output, address string, want ...string) ([]string, error) {
	plan, err := s.terraform(ctx, 0, "{", "show", "-json", planFile)
	if err != nil {
		return nil, err
	}
	changes, err := terraform.Changes([]byte(plan))
	if err != nil {
		return nil, err
	}
	names := changes[address].Attributes()
	if !slices.Equal(names, want) {
		return nil, &unexpected{
			want: fmt.Sprintf("a plan that changes %s", strings.Join(want, " and ")),
			got:  fmt.Sprintf("one that changes %s\n%s", strings.Join(names, ", "), output),
		}
	}
	return difference(output, address), nil
}

func (s *story) repair(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	damage, err := s.world.damage(ctx, s.bucket, s.group)
	if err != nil {
		return nil, err
	}
	if len(damage) > 0 {
		return nil, &unexpected{want: "versioning and group as they were", got: strings.Join(damage, ", ")}
	}
	return lines(output, "Apply complete!"), nil
}

func (s *story) importBucket(ctx context.Context) ([]string, error) {
	return s.importAgain(ctx, address, s.bucket)
}

// importAgain throws the state away and imports what it was about.
func (s *story) importAgain(ctx context.Context, address, id string) ([]string, error) {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.Remove(filepath.Join(s.dir, name)); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
	}
	return s.importOne(ctx, address, id)
}

func (s *story) importOne(ctx context.Context, address, id string) ([]string, error) {
	output, err := s.terraform(ctx, 0, "Import successful!", "import", address, id)
	return lines(output, "Import successful!"), err
}

// The two values of the variable that rotates the key.
const (
	fresh   = "-var=rotation=first"
	rotated = "-var=rotation=second"
)

// overlapLimit is how long to wait for a plan that sees the overlap of five seconds ended.
const overlapLimit = time.Minute

func (s *story) makeUser(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "1 added, 0 changed, 0 destroyed.", "apply", "-auto-approve", fresh)
	if err != nil {
		return nil, err
	}
	return s.withKeys(ctx, output, 1)
}

func (s *story) rotate(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", "-auto-approve", rotated)
	if err != nil {
		return nil, err
	}
	return s.withKeys(ctx, output, 2)
}

// endOverlap plans until the plan has something to do: nothing but the clock decides that.
func (s *story) endOverlap(ctx context.Context) ([]string, error) {
	waiting, cancel := context.WithTimeout(ctx, overlapLimit)
	defer cancel()
	says := map[int]string{empty: "No changes.", changes: "Plan: 0 to add, 1 to change, 0 to destroy."}
	for code := empty; code != changes; {
		args := []string{"plan", "-detailed-exitcode", "-out=" + planFile, rotated}
		output, got, err := s.tf.Run(waiting, args...)
		if err != nil {
			return nil, err
		}
		if text, ok := says[got]; !ok || !strings.Contains(output, text) {
			return nil, &unexpected{
				want: "terraform " + strings.Join(args, " ") + " finds nothing to do yet, or the old key to remove", got: output,
			}
		}
		code = got
	}
	output, err := s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	return s.withKeys(ctx, output, 1)
}

// user is the account of the example.
func (s *story) user() string { return s.bucket + "-uploader" }

// withKeys wants the account to have so many active keys, and shows them.
func (s *story) withKeys(ctx context.Context, output string, count int) ([]string, error) {
	user := s.user()
	keys, err := s.world.keys(ctx, user)
	if err != nil {
		return nil, err
	}
	if len(keys) != count {
		return nil, &unexpected{
			want: fmt.Sprintf("user %s with %d active access keys", user, count), got: strings.Join(keys, ", "),
		}
	}
	show := lines(output, "Apply complete!")
	for _, key := range keys {
		show = append(show, "active key "+key)
	}
	return show, nil
}

func (s *story) destroy(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "Resources: 2 destroyed.", "destroy", "-auto-approve", rotated)
	return lines(output, "Destroy complete!"), err
}

func (s *story) nothingLeft(ctx context.Context) ([]string, error) {
	return nil, s.wantNothing(s.world.left(ctx, s.bucket, s.user()))
}

// wantNothing wants a look for what is left to find nothing.
func (s *story) wantNothing(left []string, err error) error {
	if err == nil && len(left) > 0 {
		err = &unexpected{want: "nothing of " + s.bucket + " left", got: strings.Join(left, ", ")}
	}
	return err
}

// lines are those lines of an output that begin with the text.
func lines(output, begin string) []string {
	var found []string
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, begin) {
			found = append(found, strings.TrimRight(line, "\n"))
		}
	}
	return found
}

// difference is the part of a plan's output that shows what changes.
func difference(output, address string) []string {
	_, after, _ := strings.Cut(output, "\n  # "+address)
	body, _, _ := strings.Cut(after, "\nPlan:")
	return strings.Split(strings.TrimRight("# "+address+body, "\n"), "\n")
}
