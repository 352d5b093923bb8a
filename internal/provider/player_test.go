package provider_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// TestAccPlayer_sameAsTerraform goes through one life with the real command and with the one that is played. Both plan
// the same, write the same and keep the same.
func TestAccPlayer_sameAsTerraform(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		real, played := b.Fork(t), b.Fork(t)
		want, got := lived(t, real, real.Served(t)), lived(t, played, played.Played(t))
		for i, step := range want {
			if diff := cmp.Diff(step, got[i]); diff != "" {
				t.Errorf("step %d (-real +played):\n%s", i, diff)
			}
		}
	})
}

// moment is what there is to see after a step, without names of the bench.
type moment struct {
	Code    int
	Plan    acctest.Change // before the step
	Changes []string       // the attributes that it changes, the unknown ones among them
	State   map[string]any
	Tainted bool
	Writes  []string // the calls that change something, in alphabetical order
}

// lived goes through a life in which a create, an update and a destroy fail, and somebody tampers.
func lived(t *testing.T, b *acctest.Bench, tf acctest.Runner) (moments []moment) {
	t.Helper()
	const address = "spinup_bucket.test"
	b.MakeBucket(t, b.Name+"-log")
	apply, destroy := []string{"apply", "-auto-approve"}, []string{"destroy", "-auto-approve"}
	before, after := crashBefore(b.Name), crashAfter(b.Name)
	for _, step := range []struct {
		config  string
		fails   string // the call that fails
		tamper  func(*testing.T, *acctest.Bench)
		command []string
	}{
		{before, "s3:PutBucketTagging", nil, apply},
		{before, "", nil, apply}, // replaces
		{before, "", suspend, apply},
		{after, "s3:PutBucketVersioning", nil, apply},
		{after, "", nil, []string{"apply", "test.plan"}},
		{strings.Replace(after, b.Name, b.Name+"-2", 1), "", nil, apply}, // replaces
		{before, "s3:CreateBucket", nil, apply},
		{before, "", nil, apply},
		{before, "s3:DeleteBucket", nil, destroy},
		{before, "", nil, destroy},
	} {
		if step.tamper != nil {
			step.tamper(t, b)
		}
		tf.Write(b.Provider("max_retries = 0") + step.config)
		b.Gateway.Reset()
		m := moment{Plan: tf.Plan(address)}
		m.Changes, m.Plan.Unknown = m.Plan.Attributes(), nil
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op(step.fails), Fault: gateway.Forbidden()})
		_, m.Code = tf.Run(step.command...)
		remove()
		m.State, m.Writes = tf.State(address), mutations(b)
		slices.Sort(m.Writes)
		m.Tainted = strings.Contains(tf.StateFile(), `"status": "tainted"`)
		moments = append(moments, unnamed(t, b, m))
	}
	b.Gone(t, b.Name)
	return moments
}

// unnamed takes the name of the bench out.
func unnamed(t *testing.T, b *acctest.Bench, m moment) (without moment) {
	t.Helper()
	text := acctest.Must(json.Marshal(m))(t)
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), b.Name, "NAME")), &without); err != nil {
		t.Fatal(err)
	}
	return without
}
