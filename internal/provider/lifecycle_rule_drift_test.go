package provider_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const (
	putLifecycle    = "s3:PutBucketLifecycleConfiguration"
	getLifecycle    = "s3:GetBucketLifecycleConfiguration"
	deleteLifecycle = "s3:DeleteBucketLifecycle"
)

// strangerRule is a rule of another owner in words and an order that we would never write, with an element that nobody
// knows yet; LocalStack forgets the element and the order of elements.
const strangerRule = `<Status>Disabled</Status><Later as="ever">&#x26;</Later><ID>stranger</ID><Filter><And><Tag><Key>Z</Key><Value>1</Value></Tag>` +
	`<Tag><Key>A</Key><Value>&lt;2&gt;</Value></Tag></And></Filter>` +
	`<Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition>` +
	`<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>` +
	`<NoncurrentVersionExpiration><NoncurrentDays>120</NoncurrentDays></NoncurrentVersionExpiration>`

// writeLifecycle replaces the bucket's lifecycle configuration by rules in just these words: the insides of their Rule
// elements.
func writeLifecycle(t *testing.T, b *acctest.Bench, rules ...string) {
	t.Helper()
	text := []byte(`<LifecycleConfiguration><Rule>` + strings.Join(rules, `</Rule><Rule>`) + `</Rule></LifecycleConfiguration>`)
	url := b.Endpoint + "/" + b.Name + "?lifecycle="
	request := acctest.Must(http.NewRequestWithContext(t.Context(), http.MethodPut, url, bytes.NewReader(text)))(t)
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	digest := md5.Sum(text) // MinIO takes no configuration without
	request.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(digest[:]))
	key := acctest.Must(b.Root().Retrieve(t.Context()))(t)
	if err := v4.NewSigner().SignHTTP(t.Context(), key, request, hash, "s3", acctest.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	answer := acctest.Must(http.DefaultClient.Do(request))(t)
	body := acctest.Must(io.ReadAll(answer.Body))(t)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s\n%s", answer.Status, body)
	}
}

// driftRules use every attribute that the store has.
func driftRules(b *acctest.Bench) string {
	return ruleBlock(b, "ages", "ages", suited(b,
		`filter = { prefix = "logs/", tags = { Kind = "log", Of = "us" }, object_size_greater_than = 131072, object_size_less_than = 1073741824 }`,
		`expiration_days = 400`, `noncurrent_days = 200`, `newer_noncurrent_versions = 5`,
		`transitions = [{ days = 30, storage_class = "STANDARD_IA" }, { days = 180, storage_class = "DEEP_ARCHIVE" }]`,
		`noncurrent_transitions = [{ days = 30, newer_versions = 3, storage_class = "STANDARD_IA" }, { days = 60, storage_class = "GLACIER" }]`,
	)...) + ruleBlock(b, "dates", "dates", suited(b,
		`filter = { tags = { Kind = "log" } }`, `expiration_date = "2031-01-31"`,
		`transitions = [{ date = "2030-01-31", storage_class = "GLACIER_IR" }]`,
	)...) + ruleBlock(b, "cleans", "cleans", suited(b,
		`filter = { prefix = "tmp/" }`, `expired_object_delete_marker = true`, `noncurrent_days = 9`,
		`delete_incomplete_uploads_days = 7`,
	)...) + ruleBlock(b, "off", "off", `enabled = false`, `expiration_days = 9`)
}

// ruleDrift is one way to change a rule behind Terraform's back.
type ruleDrift struct {
	name   string
	rule   string
	tamper func(rule *types.LifecycleRule) // nil: the rule is deleted
	shows  []string                        // the attributes that the plan changes
}

func ruleDrifts(b *acctest.Bench) []ruleDrift {
	const (
		filter, transitions, old = "filter", "transitions", "noncurrent_transitions"
		days, date, marker       = "expiration_days", "expiration_date", "expired_object_delete_marker"
		oldDays, newer, uploads  = "noncurrent_days", "newer_noncurrent_versions", "delete_incomplete_uploads_days"
	)
	one := func(name string) []string { return []string{name} }
	switched := []string{"enabled", "status"}
	on := time.Date(2032, 2, 29, 0, 0, 0, 0, time.UTC)
	all := []ruleDrift{
		{"switched off", "ages", func(r *types.LifecycleRule) { r.Status = types.ExpirationStatusDisabled }, switched},
		{"switched on", "off", func(r *types.LifecycleRule) { r.Status = types.ExpirationStatusEnabled }, switched},

		{"prefix changed", "ages", func(r *types.LifecycleRule) { r.Filter.And.Prefix = aws.String("log/") }, one(filter)},
		{"prefix removed", "ages", func(r *types.LifecycleRule) { r.Filter.And.Prefix = nil }, one(filter)},
		{"tag changed", "ages", func(r *types.LifecycleRule) { r.Filter.And.Tags[1].Value = aws.String("them") }, one(filter)},
		{"tag removed", "ages", func(r *types.LifecycleRule) { r.Filter.And.Tags = r.Filter.And.Tags[:1] }, one(filter)},
		{"lower size changed", "ages", func(r *types.LifecycleRule) { r.Filter.And.ObjectSizeGreaterThan = aws.Int64(131073) }, one(filter)},
		{"upper size removed", "ages", func(r *types.LifecycleRule) { r.Filter.And.ObjectSizeLessThan = nil }, one(filter)},
		{"filter removed", "dates", func(r *types.LifecycleRule) { r.Filter = &types.LifecycleRuleFilter{Prefix: aws.String("")} }, one(filter)},
		{"filter added", "off", func(r *types.LifecycleRule) { r.Filter = &types.LifecycleRuleFilter{Prefix: aws.String("a/")} }, one(filter)},

		{"days changed", "ages", func(r *types.LifecycleRule) { r.Expiration.Days = aws.Int32(401) }, one(days)},
		{"expiration removed", "ages", func(r *types.LifecycleRule) { r.Expiration = nil }, one(days)},
		{"date changed", "dates", func(r *types.LifecycleRule) { r.Expiration.Date = &on }, one(date)},
		{"delete marker removed", "cleans", func(r *types.LifecycleRule) { r.Expiration = nil }, one(marker)},
		{"days for a delete marker", "cleans", func(r *types.LifecycleRule) {
			r.Expiration = &types.LifecycleExpiration{Days: aws.Int32(3)}
		}, []string{days, marker}},

		{"old versions' days changed", "ages", func(r *types.LifecycleRule) { r.NoncurrentVersionExpiration.NoncurrentDays = aws.Int32(199) }, one(oldDays)},
		{"more newer versions", "ages", func(r *types.LifecycleRule) {
			r.NoncurrentVersionExpiration.NewerNoncurrentVersions = aws.Int32(6)
		}, one(newer)},
		{"newer versions removed", "ages", func(r *types.LifecycleRule) { r.NoncurrentVersionExpiration.NewerNoncurrentVersions = nil }, one(newer)},
		{"old versions stay", "ages", func(r *types.LifecycleRule) { r.NoncurrentVersionExpiration = nil }, []string{newer, oldDays}},
		{"uploads' days changed", "cleans", func(r *types.LifecycleRule) { r.AbortIncompleteMultipartUpload.DaysAfterInitiation = aws.Int32(8) }, one(uploads)},
		{"uploads stay", "cleans", func(r *types.LifecycleRule) { r.AbortIncompleteMultipartUpload = nil }, one(uploads)},

		{"transition changed", "ages", func(r *types.LifecycleRule) { r.Transitions[1].Days = aws.Int32(181) }, one(transitions)},
		{"transition to another class", "ages", func(r *types.LifecycleRule) {
			r.Transitions[1].StorageClass = types.TransitionStorageClassGlacier
		}, one(transitions)},
		{"transition on another date", "dates", func(r *types.LifecycleRule) { r.Transitions[0].Date = aws.Time(on.AddDate(-3, 0, 0)) }, one(transitions)},
		{"transition removed", "ages", func(r *types.LifecycleRule) { r.Transitions = r.Transitions[:1] }, one(transitions)},
		{"all transitions removed", "dates", func(r *types.LifecycleRule) { r.Transitions = nil }, one(transitions)},
		{"old versions' transition changed", "ages", func(r *types.LifecycleRule) {
			r.NoncurrentVersionTransitions[0].NewerNoncurrentVersions = aws.Int32(4)
		}, one(old)},
		{"old versions' transition removed", "ages", func(r *types.LifecycleRule) {
			r.NoncurrentVersionTransitions = r.NoncurrentVersionTransitions[1:]
		}, one(old)},

		{"deleted", "ages", nil, nil},
	}
	return slices.DeleteFunc(all, func(row ruleDrift) bool { return len(suited(b, row.shows...)) < len(row.shows) })
}

// TestAccLifecycleRule_drift changes each attribute of a rule with a plain client. The plan names just that, applying
// it is one write that repairs just that, and what was there of another owner stays as it is, byte for byte.
func TestAccLifecycleRule_drift(t *testing.T) { acctest.Each(t, bothWays(driftOfRules)) }

func driftOfRules(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
	b.MakeBucket(t, b.Name)
	writeLifecycle(t, b, theirRule(b))
	tf.Write(b.Provider() + driftRules(b))
	tf.Apply()
	made := rawRules(t, b)
	for _, row := range some(brief, ruleDrifts(b)) {
		t.Run(row.name, func(t *testing.T) {
			tamperRule(t, b, row.rule, row.tamper)
			tampered := rawRules(t, b)
			address, plans := "spinup_lifecycle_rule."+row.rule, tf.Plans()
			action := "update"
			if row.tamper == nil {
				action = "create"
			} else {
				same(t, "attributes", row.shows, plans[address].Attributes())
			}
			for other, change := range plans {
				want := "no-op"
				if other == address {
					want = action
				}
				if !slices.Equal(change.Actions, []string{want}) {
					t.Errorf("%s is to %v, want %s", other, change.Actions, want)
				}
			}
			b.Gateway.Reset()
			tf.Must("apply", "test.plan")
			same(t, "writing calls", []string{putLifecycle}, mutations(b))
			tampered[row.rule] = made[row.rule]
			same(t, "rules", tampered, rawRules(t, b))
		})
	}
	tf.Empty()
}

// tamperRule changes one rule with a plain client, or deletes it.
func tamperRule(t *testing.T, b *acctest.Bench, name string, tamper func(*types.LifecycleRule)) {
	t.Helper()
	rules := lifecycleOf(t, b).Rules
	i := slices.IndexFunc(rules, func(r types.LifecycleRule) bool { return aws.ToString(r.ID) == name })
	if tamper == nil {
		rules = slices.Delete(rules, i, i+1)
	} else {
		tamper(&rules[i])
	}
	putRules(t, b, rules...)
}

// meantRules are what the documents of otherWords mean.
func meantRules(b *acctest.Bench) string {
	return ruleBlock(b, "moves", "moves", suited(b,
		`filter = { prefix = "a/", tags = { A = "1", B = "2" } }`, `noncurrent_days = 90`,
		`transitions = [{ days = 30, storage_class = "STANDARD_IA" }, { days = 180, storage_class = "DEEP_ARCHIVE" }]`,
		`noncurrent_transitions = [{ days = 30, newer_versions = 3, storage_class = "STANDARD_IA" }, { days = 60, storage_class = "GLACIER" }]`,
	)...) + ruleBlock(b, "whole", "whole", `expiration_days = 30`) +
		ruleBlock(b, "logs", "logs", `filter = { prefix = "logs/" }`, `expiration_date = "2031-01-31"`)
}

// otherWords are documents that mean the same.
func otherWords(b *acctest.Bench) map[string][]string {
	const (
		enabled = `<Status>Enabled</Status>`
		thirty  = `<Expiration><Days>30</Days></Expiration>`
		onDate  = `<Expiration><Date>2031-01-31T00:00:00Z</Date></Expiration>`

		both = `<Filter><And><Prefix>a/</Prefix><Tag><Key>A</Key><Value>1</Value></Tag><Tag><Key>B</Key><Value>2</Value></Tag></And></Filter>`
		gone = `<NoncurrentVersionExpiration><NoncurrentDays>90</NoncurrentDays></NoncurrentVersionExpiration>`

		ia     = `<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>`
		deep   = `<Transition><Days>180</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>`
		oldIA  = `<NoncurrentVersionTransition><NoncurrentDays>30</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions><StorageClass>STANDARD_IA</StorageClass></NoncurrentVersionTransition>`
		oldIce = `<NoncurrentVersionTransition><NoncurrentDays>60</NoncurrentDays><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>`

		moves = `<ID>moves</ID>` + both + enabled + ia + deep + oldIA + oldIce + gone
		whole = `<ID>whole</ID><Filter><Prefix></Prefix></Filter>` + enabled + thirty
		logs  = `<ID>logs</ID><Filter><Prefix>logs/</Prefix></Filter>` + enabled + onDate
	)
	all := map[string][]string{
		"other order of rules":    {logs, strangerRule, whole, moves},
		"other order of elements": {enabled + oldIce + gone + `<ID>moves</ID>` + deep + oldIA + ia + both, whole, logs},
		"other order of tags": {`<ID>moves</ID><Filter><And><Tag><Value>2</Value><Key>B</Key></Tag><Tag><Key>A</Key><Value>1</Value></Tag>` +
			`<Prefix>a/</Prefix></And></Filter>` + enabled + ia + deep + oldIA + oldIce + gone, whole, logs},
		"empty filter": {moves, `<ID>whole</ID><Filter/>` + enabled + thirty, logs},
		"and of one":   {moves, whole, `<ID>logs</ID><Filter><And><Prefix>logs/</Prefix></And></Filter>` + enabled + onDate},
		"default said": {moves + `<Expiration><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker></Expiration>`, whole, logs},
		"size of zero": {moves, `<ID>whole</ID><Filter><ObjectSizeGreaterThan>0</ObjectSizeGreaterThan></Filter>` + enabled + thirty, logs},
		"other words for a date": {moves, whole, `<ID>logs</ID><Filter><Prefix>logs/</Prefix></Filter>` + enabled +
			`<Expiration><Date>2031-01-31T00:00:00.000Z</Date></Expiration>`},
		legacyPrefix: {moves, `<ID>whole</ID><Prefix></Prefix>` + enabled + thirty, `<ID>logs</ID><Prefix>logs/</Prefix>` + enabled + onDate},
	}
	if b.Kind != emulator.MinIO {
		return all
	}
	own := strings.NewReplacer(strangerRule, theirRule(b), ia, "", deep, "", oldIA, "", oldIce, "")
	for _, rules := range all {
		for i := range rules {
			rules[i] = own.Replace(rules[i])
		}
	}
	return all
}

const legacyPrefix = "prefix of the rule's own"

// TestAccLifecycleRule_sameMeaning writes the same rules in other words with a plain client: nobody's change.
func TestAccLifecycleRule_sameMeaning(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		documents := otherWords(b)
		delete(documents, legacyPrefix)
		sameMeaning(t, b, documents)
	})
}

// TestAccLifecycleRule_sameMeaningLegacy is the same for rules from before there were filters.
func TestAccLifecycleRule_sameMeaningLegacy(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "LocalStack refuses a rule without a filter", func(t *testing.T, b *acctest.Bench) {
		sameMeaning(t, b, map[string][]string{legacyPrefix: otherWords(b)[legacyPrefix]})
	})
}

func sameMeaning(t *testing.T, b *acctest.Bench, documents map[string][]string) {
	b.MakeBucket(t, b.Name)
	tf := b.Played(t)
	tf.Write(b.Provider() + meantRules(b))
	tf.Apply()
	state := tf.StateFile()
	for name, rules := range documents {
		t.Run(name, func(t *testing.T) {
			writeLifecycle(t, b, rules...)
			tf.Empty()
			tf.Must("apply", "-refresh-only", "-auto-approve")
			same(t, "state", state, tf.StateFile())
		})
	}
}
