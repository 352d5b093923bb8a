package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	storeDrift = `{"resource_changes": [{"address": "spinup_bucket.demo", "change": {
		"before": {"name": "b", "owner": "demo-library", "public_access": "none", "tags": null, "tags_all": {}},
		"after": {"name": "b", "owner": "demo-lab", "public_access": "read", "tags": {"A": "b"}, "tags_all": {"A": "b"}}}}]}`
	storeGift = `{"resource_changes": [{"address": "spinup_bucket.demo", "change": {
		"before": {"name": "b", "owner": "demo-lab"}, "after": {"name": "b", "owner": "demo-library"}}}]}`
)

// goodStore are the answers of a terraform with which everything is as said.
func goodStore() []answer {
	outputs := func(lab, library string) string {
		return fmt.Sprintf(`{"bucket": {"value": "b"}, "secrets": {"value": {"demo-lab": %q, "demo-library": %q}}}`, lab, library)
	}
	const (
		update     = "\n  # spinup_bucket.demo will be updated\n  ~ owner\n\nPlan: 0 to add, 1 to change, 0 to destroy.\n"
		changed    = "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n"
		afterwards = " -var=rotation= -var=owner=library"
	)
	return []answer{
		{planCall, "Plan: 3 to add, 0 to change, 0 to destroy.\n", 2},
		{"apply demo.tfplan", "Apply complete! Resources: 3 added, 0 changed, 0 destroyed.\n", 0},
		{"output -json", outputs("l1", "y1"), 0},
		{planCall, "No changes. As before.\n", 0},
		{planCall, update, 2},
		{"show -json demo.tfplan", storeDrift, 0},
		{"apply demo.tfplan", changed, 0},
		{"apply -auto-approve -var=rotation=second", "Apply complete! Resources: 0 added, 2 changed, 0 destroyed.\n", 0},
		{"output -json", outputs("l2", "y2"), 0},
		{planCall + " -var=rotation=second -var=owner=library", update, 2},
		{"show -json demo.tfplan", storeGift, 0},
		{"apply demo.tfplan", changed, 0},
		{`import spinup_gateway_user.demo["lab"] demo-lab`, "Import successful!\n", 0},
		{`import spinup_gateway_user.demo["library"] demo-library`, "Import successful!\n", 0},
		{"import spinup_bucket.demo b", "Import successful!\n", 0},
		{planCall + afterwards, "No changes. As before.\n", 0},
		{"destroy -auto-approve" + afterwards, "Error: Bucket cannot be destroyed\n\nThe bucket is not empty.\n", 1},
		{"destroy -auto-approve" + afterwards, "Destroy complete! Resources: 3 destroyed.\n", 0},
	}
}

// fakeStore answers, one after the other, what its fields say; it remembers what it was asked.
type fakeStore struct {
	asked []string
	calls []string // the refusals of put and get
	looks []string
	gone  []string // what is not
	err   error    // of everything but left
}

// storeAnswers are the refusals that are as said, of the rights twice, the rotation, and the rights again.
func storeAnswers() []string {
	rights := []string{"", "", "", denied, denied, denied}
	all := append([]string{}, rights...)
	all = append(append(all, rights...), wrongSecret, wrongSecret, "", "")
	return append(all, rights...)
}

func storeLooks() []string {
	return []string{"owner demo-lab, tags 1", "owner demo-lab, tags 1", "owner demo-library, tags 1", "owner demo-library, tags 1"}
}

func (w *fakeStore) note(what ...string) error {
	w.asked = append(w.asked, strings.Join(what, " "))
	return w.err
}

func (w *fakeStore) next(from *[]string) string {
	first := (*from)[0]
	*from = (*from)[1:]
	return first
}

func (w *fakeStore) makeBucket(_ context.Context, name string) error { return w.note("make", name) }

func (w *fakeStore) put(_ context.Context, key credential, bucket string) (string, error) {
	return w.next(&w.calls), w.note("put", key.access, key.secret, bucket)
}

func (w *fakeStore) get(_ context.Context, key credential, bucket string) (string, error) {
	return w.next(&w.calls), w.note("get", key.access, key.secret, bucket)
}

func (w *fakeStore) tamper(_ context.Context, bucket, owner string) error {
	return w.note("tamper", bucket, owner)
}

func (w *fakeStore) look(_ context.Context, bucket string) (string, error) {
	return w.next(&w.looks), w.note("look", bucket)
}

func (w *fakeStore) clear(_ context.Context, bucket string) error { return w.note("clear", bucket) }

func (w *fakeStore) left(_ context.Context, bucket string, users ...string) ([]string, error) {
	_ = w.note("left", bucket, strings.Join(users, " "))
	return w.gone, nil
}

func newStoreStory(t *testing.T, answers []answer, world *fakeStore) (*storeStory, fmt.Stringer) {
	t.Helper()
	s, out := newStory(t, answers, nil)
	return &storeStory{story: s, world: world}, out
}

func TestStoreStoryThatIsAsSaid(t *testing.T) {
	world := &fakeStore{calls: storeAnswers(), looks: storeLooks()}
	s, out := newStoreStory(t, goodStore(), world)
	if err := s.play(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rights := func(owner, secret, other, otherSecret string) []string {
		return []string{
			"put " + owner + " " + secret + " b", "get " + owner + " " + secret + " b", "get   b",
			"put " + other + " " + otherSecret + " b", "put   b", "get " + owner + " " + secret + " " + otherBucket,
		}
	}
	want := []string{"make " + otherBucket, "look b"}
	want = append(want, rights(lab, "l1", library, "y1")...)
	want = append(want, "tamper b demo-library", "look b")
	want = append(want, rights(lab, "l1", library, "y1")...)
	want = append(want, "get demo-lab l1 b", "get demo-library y1 b", "get demo-lab l2 b", "get demo-library y2 b", "look b")
	want = append(want, rights(library, "y2", lab, "l2")...)
	want = append(want, "look b", "clear b", "left b demo-lab demo-library")
	if diff := cmp.Diff(want, world.asked); diff != "" {
		t.Errorf("the world was asked otherwise:\n%s", diff)
	}
	if n := strings.Count(out.String(), "✓"); n != len(s.steps()) {
		t.Errorf("%d of %d steps are ticked:\n%s", n, len(s.steps()), out)
	}
	for _, secret := range []string{"l1", "l2", "y1", "y2"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the secret %s is shown:\n%s", secret, out)
		}
	}
}

// Whatever answer is wrong, of terraform or of the store, the story ends there.
func TestStoreStoryThatIsNotAsSaid(t *testing.T) {
	play := func(t *testing.T, answers []answer, world *fakeStore) {
		t.Helper()
		s, out := newStoreStory(t, answers, world)
		var not *unexpected
		if err := s.play(t.Context()); !errors.As(err, &not) || strings.Contains(out.String(), "All as said") {
			t.Errorf("error %v\n%s", err, out)
		}
	}
	for i, as := range goodStore() {
		t.Run("terraform "+fmt.Sprint(i), func(t *testing.T) {
			answers := goodStore()
			answers[i] = answer{as.call, "Something else.", as.code}
			play(t, answers, &fakeStore{calls: storeAnswers(), looks: storeLooks()})
		})
	}
	for i := range storeAnswers() {
		t.Run("call "+fmt.Sprint(i), func(t *testing.T) {
			calls := storeAnswers()
			calls[i] = map[bool]string{true: denied, false: ""}[calls[i] == ""]
			play(t, goodStore(), &fakeStore{calls: calls, looks: storeLooks()})
		})
	}
	for i := range storeLooks() {
		t.Run("look "+fmt.Sprint(i), func(t *testing.T) {
			looks := storeLooks()
			looks[i] = "owner demo-lab, tags 0"
			play(t, goodStore(), &fakeStore{calls: storeAnswers(), looks: looks})
		})
	}
	t.Run("left", func(t *testing.T) {
		play(t, goodStore(), &fakeStore{calls: storeAnswers(), looks: storeLooks(), gone: []string{"user demo-lab"}})
	})
	for i, replace := range map[int][2]string{
		2: {`"demo-lab"`, `"demo-else"`}, 5: {`"public_access": "read"`, `"public_access": "none"`}, 10: {`"name": "b", "owner": "demo-lab"`, `"name": "c", "owner": "demo-lab"`},
	} {
		t.Run("content "+fmt.Sprint(i), func(t *testing.T) {
			answers := goodStore()
			answers[i].output = strings.Replace(answers[i].output, replace[0], replace[1], 1)
			play(t, answers, &fakeStore{calls: storeAnswers(), looks: storeLooks()})
		})
	}
	s, _ := newStoreStory(t, goodStore(), &fakeStore{err: errors.New("no way")})
	if err := s.play(t.Context()); err == nil || !strings.Contains(err.Error(), "no way") {
		t.Errorf("error %v", err)
	}
}

func TestChoose(t *testing.T) {
	t.Setenv("SPINUP_TEST_ENDPOINT", "")
	for _, test := range []struct {
		site                bool
		store, emulatorName string
		want, wantErr       string
	}{
		{false, "", "", "examples/demo localstack", ""},
		{false, "", "fakecloud", "examples/demo fakecloud", ""},
		{true, "", "fakecloud", "examples/demo-website fakecloud", ""},
		{false, "versitygw", "", "examples/demo-versitygw versitygw", ""},
		{false, "", "else", "", `unknown emulator or store "else"`},
		{false, "minio", "", "", `STORE is "minio": the only store with a demo is versitygw`},
		{true, "versitygw", "", "", "a site needs an emulator"},
		{false, "versitygw", "fakecloud", "", "set only one"},
	} {
		got, err := choose(test.site, test.store, test.emulatorName)
		if test.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("%+v: error %v", test, err)
			}
			continue
		}
		if err != nil || got.example+" "+string(got.kind) != test.want {
			t.Errorf("%+v: got %s on %s, %v", test, got.example, got.kind, err)
		}
	}
	t.Setenv("SPINUP_TEST_ENDPOINT", "http://127.0.0.1:1")
	if _, err := choose(false, "versitygw", ""); err == nil || !strings.Contains(err.Error(), "unset it") {
		t.Errorf("with an endpoint: error %v", err)
	}
}

// The example has to have what the story speaks of.
func TestExampleFitsTheStoreStory(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "examples", "demo-versitygw", "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`resource "spinup_bucket" "demo"`, `resource "spinup_gateway_user" "demo"`, `toset(["lab", "library"])`, `"demo-${each.key}"`,
		`variable "rotation"`, `variable "owner"`, `public_access = "read"`, `output "bucket"`, `output "secrets"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the example has no %s", want)
		}
	}
}
