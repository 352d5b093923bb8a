package provider_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// TestAccLifecycleRule_company: two processes change ten rules each of one bucket at once, again and again, and before
// each round somebody adds a rule by hand. After each round all twenty rules are as they should be, and the others as
// they were, byte for byte. Two providers in this process share nothing, so they are played for most of the rounds.
func TestAccLifecycleRule_company(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		company(t, b, 30, b.Played(t), b.Played(t))
		t.Run("processes", func(t *testing.T) {
			b := b.Fork(t)
			company(t, b, 4, b.Terraform(t), b.Terraform(t))
		})
	})
}

// TestAccLifecycleRule_companyStale is the same where reads lag behind writes, and one process begins when the other has
// just written, so that it does not see that.
func TestAccLifecycleRule_companyStale(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "what lags is the gateway, before whichever store", func(t *testing.T, b *acctest.Bench) {
		b.Gateway.Inject(gateway.Rule{
			Match: gateway.Op("s3:GetBucketLifecycleConfiguration"), Fault: gateway.Lagging(300 * time.Millisecond),
		})
		asUsed := func(p *awsclient.Pace) { p.Gap = awsclient.DefaultPace().Gap } // it reckons with such a lag
		second := &follower{Runner: b.Played(t, asUsed)}
		b.Gateway.Inject(gateway.Rule{Match: second.starts})
		company(t, b, 15, b.Played(t, asUsed), second)
		fooled := slices.ContainsFunc(b.Gateway.Calls(), func(c gateway.Call) bool { return c.Fault == "Stale" })
		if !fooled {
			t.Error("no read was ever stale")
		}
	})
}

// follower is a process that begins when the first write of a round goes through the gateway.
type follower struct {
	acctest.Runner
	mu    sync.Mutex
	write chan struct{} // closed when begun
	begun bool
}

// Write prepares a round.
func (f *follower) Write(config string) {
	f.mu.Lock()
	f.write, f.begun = make(chan struct{}), false
	f.mu.Unlock()
	f.Runner.Write(config)
}

// Run waits for the first write, and runs the command.
func (f *follower) Run(args ...string) (output string, code int) {
	f.mu.Lock()
	write := f.write
	f.mu.Unlock()
	<-write
	return f.Runner.Run(args...)
}

// starts looks at the calls. It matches none.
func (f *follower) starts(call gateway.Call) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if call.Mutating && f.write != nil && !f.begun {
		f.begun = true
		close(f.write)
	}
	return false
}

func company(t *testing.T, b *acctest.Bench, rounds int, first, second acctest.Runner) {
	t.Helper()
	b.MakeBucket(t, b.Name)
	processes := map[string]acctest.Runner{"a": first, "b": second}
	for round := 1; round <= rounds; round++ {
		addRule(t, b, fmt.Sprintf("foreign-%d", round))
		before := rawRules(t, b)
		want := map[string]int32{}
		var both sync.WaitGroup
		for name, tf := range processes {
			tf.Write(b.Provider() + companyRules(b.Name, name, round))
			for i := range 10 {
				want[companyName(name, round, i)] = int32(round)
			}
		}
		for name, tf := range processes {
			both.Go(func() {
				if out, code := tf.Run("apply", "-auto-approve"); code != 0 {
					t.Errorf("round %d, process %s: exit code %d\n%s", round, name, code, out)
				}
			})
		}
		both.Wait()
		got := map[string]int32{}
		for _, rule := range lifecycleOf(t, b).Rules {
			if days := rule.Expiration; days != nil && days.Days != nil {
				got[*rule.ID] = *days.Days
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d: days by rule (-want +got):\n%s", round, diff)
		}
		after := rawRules(t, b)
		maps.DeleteFunc(before, func(id, _ string) bool { return id[0] != 'f' })
		maps.DeleteFunc(after, func(id, _ string) bool { return id[0] != 'f' })
		if diff := cmp.Diff(before, after); diff != "" || len(after) != round {
			t.Fatalf("round %d: foreign rules (-before +after):\n%s", round, diff)
		}
	}
}

// companyName is the name of one of a process's ten rules: every fifth round three of them are others.
func companyName(process string, round, i int) string {
	if i < 3 {
		return fmt.Sprintf("%s-%d-%d", process, round/5, i)
	}
	return fmt.Sprintf("%s-%d", process, i)
}

func companyRules(bucket, process string, round int) string {
	var rules strings.Builder
	for i := range 10 {
		name := companyName(process, round, i)
		fmt.Fprintf(&rules, "resource \"spinup_lifecycle_rule\" %[1]q {\nbucket = %[2]q\nname = %[1]q\nexpiration_days = %[3]d\n}\n",
			name, bucket, round)
	}
	return rules.String()
}

// TestAccLifecycleRule_scale counts what many rules cost.
func TestAccLifecycleRule_scale(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		tf := b.Served(t, func(p *awsclient.Pace) { // of users, and busy
			*p = awsclient.DefaultPace()
			p.Gather, p.Gap, p.Share = 4*p.Gather, 4*p.Gap, 4*p.Share
		})
		config := func(changed int) string {
			return b.Provider() + fmt.Sprintf(`
resource "spinup_lifecycle_rule" "test" {
  count           = 20
  bucket          = %q
  name            = "rule-${count.index}"
  expiration_days = count.index < %d ? 20 : 10
}
`, b.Name, changed)
		}
		for _, step := range []struct {
			name    string
			changed int
			command []string
			most    int
		}{
			{"twenty in one apply", 0, []string{"apply", "-auto-approve"}, 8},
			{"refresh", 0, []string{"plan", "-detailed-exitcode"}, 1},
			{"one change", 1, []string{"apply", "-auto-approve", "-refresh=false"}, 3},
			{"twenty removed", 1, []string{"destroy", "-auto-approve", "-refresh=false"}, 8},
		} {
			tf.Write(config(step.changed))
			b.Gateway.Reset()
			tf.Must(step.command...)
			var calls []string
			for _, call := range b.Gateway.Calls() {
				if call.Service == "s3" {
					calls = append(calls, call.Name())
				}
			}
			if len(calls) > step.most || len(calls) == 0 {
				t.Errorf("%s: %d calls, want at most %d: %v", step.name, len(calls), step.most, calls)
			}
		}
		if left := rawRules(t, b); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// lifecycleOf is the lifecycle configuration of the bench's bucket; an empty one if it has none.
func lifecycleOf(t *testing.T, b *acctest.Bench, options ...func(*s3.Options)) *s3.GetBucketLifecycleConfigurationOutput {
	t.Helper()
	out, err := b.S3().GetBucketLifecycleConfiguration(t.Context(),
		&s3.GetBucketLifecycleConfigurationInput{Bucket: &b.Name}, options...)
	if awsclient.IsNotFound(err) {
		return &s3.GetBucketLifecycleConfigurationOutput{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rawRules are the rules of the bench's bucket as the emulator writes them, by their ids.
func rawRules(t *testing.T, b *acctest.Bench) map[string]string {
	t.Helper()
	var body []byte
	lifecycleOf(t, b, s3.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("keep", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			if answer, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil {
				body, err = io.ReadAll(answer.Body)
				answer.Body = io.NopCloser(bytes.NewReader(body))
			}
			return out, metadata, err
		}), middleware.After)
	}))
	var read struct {
		Rules []struct {
			ID     string
			Inside string `xml:",innerxml"`
		} `xml:"Rule"`
	}
	if err := xml.Unmarshal(body, &read); err != nil {
		t.Fatal(err)
	}
	rules := map[string]string{}
	for _, rule := range read.Rules {
		rules[rule.ID] = rule.Inside
	}
	return rules
}

// addRule adds a rule of somebody else's.
func addRule(t *testing.T, b *acctest.Bench, id string) {
	t.Helper()
	rules := append(lifecycleOf(t, b).Rules, types.LifecycleRule{
		ID: &id, Status: types.ExpirationStatusDisabled,
		Filter: &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{
			Prefix: aws.String("theirs/ & more"), ObjectSizeGreaterThan: aws.Int64(131072),
			Tags: []types.Tag{{Key: aws.String("Kind"), Value: aws.String("log")}},
		}},
		NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(3)},
	})
	_, err := b.S3().PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket: &b.Name, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
	})
	if err != nil {
		t.Fatal(err)
	}
}
