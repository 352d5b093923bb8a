package lifecyclerule

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func written(inside ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<LifecycleConfiguration xmlns="` + namespace + `">` +
		strings.Join(inside, "\n") + "</LifecycleConfiguration>"
}

func parsed(t interface {
	Helper()
	Fatal(...any)
}, text string) Configuration {
	t.Helper()
	c, err := parse([]byte(text), "varies_by_storage_class")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConfiguration_roundTrip: what is written means what was wanted, and goes back as it was.
func TestConfiguration_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var wanted []Element
		for _, rule := range rapid.SliceOfN(rules(), 1, 4).Draw(t, "rules") {
			wanted = append(wanted, Element{Rule: rule})
		}
		text := Configuration{}.Replace(nil, wanted).text()
		read := parsed(t, string(text))
		if !slices.EqualFunc(read.Elements(), wanted, Element.Equal) || len(read.legacy()) > 0 || read.check() != nil {
			t.Fatalf("%s\nread: %+v\nwant: %+v", text, read, wanted)
		}
		if again := read.text(); !bytes.Equal(text, again) {
			t.Fatalf("written: %s\nagain:   %s", text, again)
		}
	})
}

// TestFilter_oneForm: a rule made here has its filter in the one form that S3 documents for it.
func TestFilter_oneForm(t *testing.T) {
	tag := map[string]string{"k": "v"}
	for want, filter := range map[string]Filter{
		"<Filter><Prefix></Prefix></Filter>":                                                         {},
		"<Filter><Prefix>a/</Prefix></Filter>":                                                       {Prefix: "a/"},
		"<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>":                                   {Tags: tag},
		"<Filter><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></Filter>":                          {ObjectSizeGreaterThan: 5},
		"<Filter><ObjectSizeLessThan>5</ObjectSizeLessThan></Filter>":                                {ObjectSizeLessThan: 5},
		"<Filter><And><Prefix>a/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>":     {Prefix: "a/", Tags: tag},
		"<Filter><And><Tag><Key>j</Key><Value></Value></Tag><Tag><Key>k</Key><Value>v</Value></Tag>": {Tags: map[string]string{"k": "v", "j": ""}},
		"<Filter><And><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>": {
			ObjectSizeGreaterThan: 5, ObjectSizeLessThan: 9,
		},
	} {
		if got := inside(Rule{Name: "r", ExpirationDays: 1, Filter: filter}); !strings.Contains(got, want) {
			t.Errorf("%+v: %s lacks %s", filter, got, want)
		}
	}
}

// TestParse_forms: the many ways in which stores write one meaning.
func TestParse_forms(t *testing.T) {
	day := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	whole, logs := Filter{}, Filter{Prefix: "logs/"}
	tests := map[string]struct {
		inside string
		want   Rule
	}{
		"no filter":                  {"", Rule{Filter: whole}},
		"empty filter":               {"<Filter/>", Rule{Filter: whole}},
		"empty prefix":               {"<Filter><Prefix/></Filter>", Rule{Filter: whole}},
		"empty And":                  {"<Filter><And/></Filter>", Rule{Filter: whole}},
		"legacy empty prefix":        {"<Prefix></Prefix>", Rule{Filter: whole}},
		"legacy prefix":              {"<Prefix>logs/</Prefix>", Rule{Filter: logs}},
		"prefix":                     {"<Filter><Prefix>logs/</Prefix></Filter>", Rule{Filter: logs}},
		"prefix within And":          {"<Filter><And><Prefix>logs/</Prefix></And></Filter>", Rule{Filter: logs}},
		"both, and the filter wins":  {"<Prefix></Prefix><Filter><Prefix>logs/</Prefix></Filter>", Rule{Filter: logs}},
		"both, the filter is empty":  {"<Filter></Filter><Prefix>logs/</Prefix>", Rule{Filter: whole}},
		"sizes of zero":              {"<Filter><And><ObjectSizeGreaterThan>0</ObjectSizeGreaterThan><Prefix>logs/</Prefix></And></Filter>", Rule{Filter: logs}},
		"spaces between elements":    {"\n  <Filter>\n    <Prefix>logs/</Prefix>\n  </Filter>\n", Rule{Filter: logs}},
		"tag":                        {"<Filter><Tag><Value>v</Value><Key>k</Key></Tag></Filter>", Rule{Filter: Filter{Tags: map[string]string{"k": "v"}}}},
		"delete marker that is none": {"<Expiration><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker><Days>3</Days></Expiration>", Rule{ExpirationDays: 3}},
		"days of zero beside a date": {"<Expiration><Days>0</Days><Date>2027-01-31T00:00:00.000Z</Date></Expiration>", Rule{ExpirationDate: day}},
		"transition at once":         {"<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition>", Rule{Transitions: []Transition{{StorageClass: "GLACIER"}}}},
		"transition in any order": {"<Transition><StorageClass>GLACIER</StorageClass><Days>9</Days></Transition><Transition><Days>1</Days><StorageClass>GLACIER_IR</StorageClass></Transition>",
			Rule{Transitions: []Transition{{Days: 1, StorageClass: "GLACIER_IR"}, {Days: 9, StorageClass: "GLACIER"}}}},
		"newer versions alone": {"<NoncurrentVersionExpiration><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration>", Rule{NewerNoncurrentVersions: 3}},
		"what nobody knows":    {"<Prefix>logs/</Prefix><Future><Days>1</Days></Future>", Rule{Filter: logs}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.want.Name, test.want.Enabled = "r", true
			rule := "<Rule><Status>Enabled</Status>" + test.inside + "<ID>r</ID></Rule>"
			c := parsed(t, written(rule))
			if got, ok := c.Find("r"); !ok || !got.Equal(test.want) {
				t.Errorf("%s\nis   %+v\nwant %+v", test.inside, got, test.want)
			}
			if !strings.Contains(string(c.text()), rule) {
				t.Errorf("%s\ngoes back as %s", rule, c.text())
			}
			wantLegacy := strings.Contains(test.inside, "<Prefix>") && !strings.Contains(test.inside, "<Filter>")
			if got := len(c.legacy()) == 1; got != wantLegacy {
				t.Errorf("%s: legacy is %v", test.inside, got)
			}
		})
	}
}

// TestParse_refused: what cannot be understood is an error and not an empty configuration.
func TestParse_refused(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "the lifecycle configuration cannot be read",
		"<html>sorry</html":    "the lifecycle configuration cannot be read",
		"<html>sorry</html>":   "the answer is <html>",
		written("<Rule><ID>r"): "the lifecycle configuration cannot be read",
	} {
		if c, err := parse([]byte(text), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
}

// foreignRules are rules of other owners with elements that this provider does not know.
func foreignRules() *rapid.Generator[[]string] {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
		"<Rule><ID>a</ID><Status>Enabled</Status><Future><X n='1'>y</X></Future><Filter><Soon/></Filter></Rule>",
		"<Rule>\n  <Prefix>old/</Prefix><Status>Disabled</Status>\n<ID>b</ID><Expiration><Days>1</Days></Expiration></Rule>",
		"<Rule><Status>Enabled</Status><Prefix/><!-- nameless --><Expiration><Days>2</Days></Expiration></Rule>",
		"<Rule><Status>Enabled</Status><ID></ID><Prefix>&lt;&#38;&#x3e;</Prefix></Rule>",
		"<Rule><ID>ours/2</ID><Status>Enabled</Status><Filter><Prefix>x</Prefix></Filter><Other>1</Other></Rule>",
	}), 0, 5, rapid.ID[string])
}

// TestReplace_foreign: rules of other owners are written back byte for byte and in order; own rules come and go.
func TestReplace_foreign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		foreign := foreignRules().Draw(t, "foreign")
		ours := rules().Draw(t, "ours")
		ours.Name = "ours"
		c := parsed(t, written(foreign...)).Replace([]string{"ours", "gone", ""}, []Element{{Rule: ours}})
		text := string(c.text())
		at := 0
		for _, rule := range foreign {
			i := strings.Index(text[at:], rule)
			if i < 0 {
				t.Fatalf("%s\nis not in its place in\n%s", rule, text)
			}
			at += i + len(rule)
		}
		again := parsed(t, text)
		if got, ok := again.Find("ours"); !ok || !got.Equal(ours) || len(again.Rules) != len(foreign)+1 {
			t.Fatalf("ours is %+v in %s", got, text)
		}
		if c.minimumSize != "varies_by_storage_class" {
			t.Fatalf("the default size is %q", c.minimumSize)
		}
		changed := ours
		changed.Enabled = !ours.Enabled
		more := again.Replace([]string{"ours"}, []Element{{Rule: changed}})
		if got, _ := more.Find("ours"); got.Enabled == ours.Enabled || len(more.Rules) != len(again.Rules) {
			t.Fatalf("not changed: %s", more.text())
		}
		if got, _ := again.Find("ours"); got.Enabled != ours.Enabled {
			t.Fatal("the configuration that was changed from is another now")
		}
		less := again.Replace([]string{"ours"}, nil)
		if diff := cmp.Diff(len(foreign), len(less.Rules)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestFind_nameless: a rule without a name is never found.
func TestFind_nameless(t *testing.T) {
	c := parsed(t, written("<Rule><Status>Enabled</Status><Expiration><Days>2</Days></Expiration></Rule>"))
	if rule, ok := c.Find(""); ok {
		t.Errorf("found %+v", rule)
	}
	if left := c.Replace([]string{""}, nil); len(left.Rules) != 1 {
		t.Errorf("removed: %s", left.text())
	}
}

// TestConfiguration_check refuses what would lose something, and what S3 would not take.
func TestConfiguration_check(t *testing.T) {
	many := func(n int) Configuration {
		var all []Element
		for i := range n {
			all = append(all, Element{Rule: Rule{Name: fmt.Sprint(i), ExpirationDays: 1}})
		}
		return Configuration{}.Replace(nil, all)
	}
	const rule = "<Rule><ID>r</ID></Rule>"
	for name, test := range map[string]struct {
		c    Configuration
		want string
	}{
		"nothing":     {Configuration{}, ""},
		"1,000 rules": {many(1000), ""},
		"1,001 rules": {many(1001), "the bucket would have 1001 lifecycle rules, S3 allows 1000: nothing was written"},
		"known":       {parsed(t, written(rule)), ""},
	} {
		if err := test.c.check(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestParse_carried: what is not known, and rules of one ID, go back as they were read.
func TestParse_carried(t *testing.T) {
	foreign := []string{
		"<Policy>x</Policy>", "<Other/>",
		"<Rule><ID>twice</ID><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
		"<Rule><ID>twice</ID><Status>Disabled</Status><Expiration><Days>2</Days></Expiration></Rule>",
		"<Rule><ID>newer</ID><Expiration><Days>soon</Days></Expiration></Rule>",
		"<Rule><ID>large</ID><Status>Enabled</Status><Expiration><Days>2147483648</Days></Expiration></Rule>",
		"<Rule a=\"b\"><ID>date</ID><Transition><Date>1</Date><StorageClass>X</StorageClass></Transition></Rule>",
	}
	c := parsed(t, written(foreign...))
	next := string(c.Replace([]string{"ours"}, []Element{{Rule: Rule{Name: "ours", ExpirationDays: 1}}}).text())
	for _, element := range foreign {
		if strings.Count(next, element) != 1 {
			t.Errorf("%s is lost or changed: %s", element, next)
		}
	}
	if large, ok := c.Find("large"); !ok || !large.Enabled {
		t.Errorf("not found: %+v", large)
	}
}

// TestConfiguration_doubtful: what a refusal may be about is in new rules, and is something that the store is not known to
// have.
func TestConfiguration_doubtful(t *testing.T) {
	const classes, uploads = "the storage class GLACIER, DEEP_ARCHIVE", "lifecycle rules for unfinished uploads"
	moves := Rule{
		Transitions:           []Transition{{StorageClass: "DEEP_ARCHIVE"}},
		NoncurrentTransitions: []NoncurrentTransition{{StorageClass: "GLACIER"}, {StorageClass: "DEEP_ARCHIVE"}},
	}
	aborts := Rule{DeleteIncompleteUploadsDays: 1}
	for name, test := range map[string]struct {
		rules []Element
		want  []string // of a platform other than AWS
	}{
		"days":   {[]Element{{Rule: Rule{ExpirationDays: 1}}}, nil},
		"moves":  {[]Element{{Rule: moves}}, []string{classes}},
		"aborts": {[]Element{{Rule: aborts}}, []string{uploads}},
		"both":   {[]Element{{Rule: aborts}, {Rule: moves}}, []string{classes, uploads}},
		"old":    {[]Element{{Rule: moves, raw: "<Rule/>"}, {Rule: aborts, raw: "<Rule/>"}}, nil},
	} {
		for _, platform := range awsclient.Platforms() {
			want := test.want
			if platform.Name == "aws" {
				want = nil
			}
			if got := (Configuration{Rules: test.rules}).doubtful(platform); !slices.Equal(got, want) {
				t.Errorf("%s on %s: %q, want %q", name, platform.Name, got, want)
			}
		}
	}
}

// FuzzParse: what was read is written back byte for byte, whatever is added beside it.
func FuzzParse(f *testing.F) {
	f.Add("<Rule><ID>a</ID><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule><Newer/>")
	f.Add("<Rule><ID>a</ID><Prefix>x</Prefix></Rule> <Rule><ID>a</ID><Filter><And/></Filter><New>1</New></Rule>")
	f.Add("<Rule><ID>ours</ID></Rule><!-- x --><Rule><Transition><Days>x</Days></Transition></Rule>")
	f.Fuzz(func(t *testing.T, inside string) {
		c, err := parse([]byte(written(inside)), "")
		if err != nil {
			return
		}
		ours := Element{Rule: Rule{Name: "ours", ExpirationDays: 1}}
		again, err := parse(c.Replace([]string{"ours"}, []Element{ours}).text(), "")
		if err != nil {
			t.Fatalf("%s: %v", inside, err)
		}
		theirs := c.Replace([]string{"ours"}, nil).Rules
		if len(again.Rules) != len(theirs)+1 || !slices.Equal(again.others, c.others) {
			t.Fatalf("%s became %s", inside, again.text())
		}
		for i, rule := range theirs {
			if again.Rules[i].raw != rule.raw || !strings.Contains(inside, rule.raw) {
				t.Fatalf("%s became %s", rule.raw, again.Rules[i].raw)
			}
		}
	})
}
