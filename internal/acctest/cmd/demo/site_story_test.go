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

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

const siteDrift = `{"resource_changes": [{"address": "spinup_website.demo", "change": {
	"before": {"dns_records": ["A"], "ipv6": false, "origin_access": null, "require_tls": false, "domain": "d"},
	"after": {"dns_records": ["A", "AAAA"], "ipv6": true, "origin_access": "private", "require_tls": true, "domain": "d"},
	"after_unknown": {"distribution_status": true}}}]}`

// planned is what a plan says of the pages.
func planned(changes string, first ...string) string {
	return fmt.Sprintf(`{"resource_changes": [{"address": "spinup_directory.pages[0]", "change": {
	"after": {"changes": %q, "first_changes": ["%s"]}}}]}`, changes, strings.Join(first, `", "`))
}

// goodSite are the answers of a terraform with which everything is as said.
func goodSite() []answer {
	const outputs = `{"domain": {"value": "demo.example.edu"}, "bucket": {"value": "b"}, "records": {"value": ["A demo.example.edu"]}}`
	return []answer{
		{planCall + " -var=publish=false", "Plan: 1 to add, 0 to change, 0 to destroy.\n", 2},
		{"apply demo.tfplan", "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n", 0},
		{"output -json", outputs, 0},
		{planCall, "Plan: 1 to add, 0 to change, 0 to destroy.\n", 2},
		{"show -json demo.tfplan",
			planned("+4 ~0 -0", "+ assets/app.3f2a91bc.js", "+ index.html", "+ lost.html", "+ style.css"), 0},
		{"apply demo.tfplan", "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n", 0},
		{planCall, "No changes. As before.\n", 0},
		{planCall, "Plan: 0 to add, 1 to change, 0 to destroy.\n", 2},
		{"show -json demo.tfplan", planned("+0 ~1 -0", "~ index.html"), 0},
		{"apply demo.tfplan", "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n", 0},
		{planCall, "Said first.\n\n  # spinup_website.demo will be updated\n  ~ ipv6\n\nPlan: 0 to add, 1 to change, 0 to destroy.\n", 2},
		{"show -json demo.tfplan", siteDrift, 0},
		{"apply demo.tfplan", "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n", 0},
		{"import spinup_website.demo demo.example.edu", "Import successful!\n", 0},
		{"import spinup_directory.pages[0] b/", "Import successful!\n", 0},
		{"apply -auto-approve", "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n", 0},
		{planCall, "No changes. As before.\n", 0},
		{"destroy -auto-approve", "Error: Website cannot be destroyed\n\nThe bucket is not empty.\n", 1},
		{"destroy -auto-approve", "Destroy complete! Resources: 1 destroyed.\n", 0},
	}
}

// fakeSite answers, one after the other, what its fields say; it remembers what it was asked.
type fakeSite struct {
	asked   []string
	answers []string // of fetch: status and text
	written []string // of writes
	gone    []string // what is not
	err     error    // of everything but fetch
}

func site(answers ...string) *fakeSite {
	good := []string{
		"200 <p>Nothing is here yet.</p>", "200 " + homePage, "200 " + script, "404 " + lostPage, "200 " + newPage, "403 no",
		"200 " + newPage, "200 " + newPage, "404 nobody",
	}
	copy(good, answers)
	return &fakeSite{answers: good, written: []string{
		"PUT what was before",
		"PUT the manifest,PUT style.css,PUT assets/app.3f2a91bc.js,PUT lost.html,PUT index.html,CreateInvalidation,PUT the manifest",
		"PUT the manifest,PUT index.html,CreateInvalidation,PUT the manifest",
		"PutBucketPolicy", "",
	}}
}

// siteThatWrote is a site whose writes are others, from the second time on that they are asked for.
func siteThatWrote(writes ...string) *fakeSite {
	s := site()
	copy(s.written[1:], writes)
	return s
}

func (w *fakeSite) writes() []string {
	text := w.written[0]
	w.written = w.written[1:]
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}

func (w *fakeSite) note(what ...string) error {
	w.asked = append(w.asked, strings.Join(what, " "))
	return w.err
}

func (w *fakeSite) zone(_ context.Context, name string) (string, error) {
	return "Z1", w.note("zone", name)
}

func (w *fakeSite) upload(_ context.Context, bucket, key, _ string) error {
	return w.note("upload", bucket, key)
}

func (w *fakeSite) clear(_ context.Context, bucket string, keys ...string) error {
	return w.note("clear", bucket, strings.Join(keys, " "))
}

func (w *fakeSite) tamper(_ context.Context, zone, domain, bucket string) error {
	return w.note("tamper", zone, domain, bucket)
}

func (w *fakeSite) left(_ context.Context, domain string) ([]string, error) {
	return w.gone, w.note("left", domain)
}

func (w *fakeSite) fetch(_ context.Context, host, path string) (status int, body string, err error) {
	_ = w.note("fetch", host+path)
	_, err = fmt.Sscan(w.answers[0], &status)
	_, body, _ = strings.Cut(w.answers[0], " ")
	w.answers = w.answers[1:]
	return status, body, err
}

func TestSiteStoryThatIsAsSaid(t *testing.T) {
	world := site()
	s, out := newSiteStory(t, goodSite())
	story := &siteStory{story: s, world: world}
	if err := story.play(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const fetch = "fetch demo.example.edu/"
	want := []string{
		"zone example.edu", fetch, "upload b notes.txt", fetch, fetch + scriptKey, fetch + "unknown", fetch,
		"tamper Z1 demo.example.edu b", fetch + "index.html", fetch, fetch,
		"clear b notes.txt", "left demo.example.edu", fetch,
	}
	if diff := cmp.Diff(want, world.asked); diff != "" {
		t.Errorf("the world was asked otherwise:\n%s", diff)
	}
	if n := strings.Count(out.String(), "✓"); n != len(story.steps()) {
		t.Errorf("%d of %d steps are ticked:\n%s", n, len(story.steps()), out)
	}
	if !strings.Contains(out.String(), "GET https://demo.example.edu/unknown: 404 "+lostPage) {
		t.Errorf("what the site answers is not shown:\n%s", out)
	}
	if !strings.Contains(out.String(), "changes +0 ~1 -0\n     ~ index.html\n") {
		t.Errorf("what the plan foresees is not shown:\n%s", out)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, siteFolder, homeKey))
	if err != nil || !strings.Contains(string(text), newPage) {
		t.Errorf("the page is %q, error %v", text, err)
	}
}

// newSiteStory is a story in a folder with the page that it changes.
func newSiteStory(t *testing.T, answers []answer) (*story, *bytes.Buffer) {
	t.Helper()
	s, out := newStory(t, answers, nil)
	folder := filepath.Join(s.dir, siteFolder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, homeKey), []byte(homePage), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, out
}

func TestSiteStoryThatIsNotAsSaid(t *testing.T) {
	replace := func(i int, old, new string) []answer {
		answers := goodSite()
		answers[i].output = strings.ReplaceAll(answers[i].output, old, new)
		return answers
	}
	ok := "200 <p>Nothing is here yet.</p>"
	for name, test := range map[string]struct {
		answers []answer
		world   *fakeSite
		want    string
	}{
		"no placeholder":      {goodSite(), site("404 no"), `answers 200 "Nothing is here yet"`},
		"another page":        {goodSite(), site(ok, "200 else"), homePage},
		"no script":           {goodSite(), site(ok, "200 "+homePage, "404 no"), script},
		"error page with 200": {goodSite(), site(ok, "200 "+homePage, "200 "+script, "200 "+lostPage), "answers 404"},
		"old page":            {goodSite(), site(ok, "200 "+homePage, "200 "+script, "404 "+lostPage, "200 "+homePage), newPage},
		"still up": {
			goodSite(), site(ok, "200 "+homePage, "200 "+script, "404 "+lostPage, "200 "+newPage, "200 "+newPage), "answers 403",
		},
		"one file too few":      {replace(4, "+4", "+3"), site(), "a plan of +4 ~0 -0"},
		"another name":          {replace(8, "index.html", "lost.html"), site(), "a plan of +0 ~1 -0: ~ index.html"},
		"page before script":    {goodSite(), siteThatWrote("PUT the manifest,PUT index.html,PUT style.css,PUT assets/app.3f2a91bc.js,PUT lost.html,CreateInvalidation,PUT the manifest"), "the writes PUT the manifest"},
		"one write too few":     {goodSite(), siteThatWrote("PUT the manifest"), "the writes PUT the manifest"},
		"one write too many":    {goodSite(), siteThatWrote(site().written[1], "PUT the manifest,PUT index.html,CreateInvalidation,PUT the manifest,PUT style.css"), "PUT style.css"},
		"import that writes":    {goodSite(), siteThatWrote(site().written[1], site().written[2], "", "PUT the manifest"), "the writes"},
		"one change too few":    {replace(11, `"ipv6": true`, `"ipv6": false`), site(), "require_tls"},
		"not in the zone":       {replace(2, "demo.example.edu", "demo.example.com"), site(), "the site's name in example.edu"},
		"not JSON":              {replace(2, "}}", "}"), site(), "terraform output: "},
		"plan that is not JSON": {replace(4, "]", ""), site(), "terraform show: "},
		"not destroyed": {
			goodSite(), &fakeSite{answers: site().answers, written: site().written, gone: []string{"record A x"}}, "record A x",
		},
		"answers when it went": {goodSite(), site(ok, "200 "+homePage, "200 "+script, "404 "+lostPage, "200 "+newPage, "403 no",
			"200 "+newPage, "200 "+newPage, "200 x"), "does not answer"},
		"no zone": {goodSite(), &fakeSite{err: errors.New("no way")}, "no way"},
	} {
		t.Run(name, func(t *testing.T) {
			s, out := newSiteStory(t, test.answers)
			err := (&siteStory{story: s, world: test.world}).play(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q\n%s", err, test.want, out)
			}
		})
	}
	for i, as := range goodSite() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			answers := goodSite()
			answers[i] = answer{as.call, "Something else.", as.code}
			s, _ := newSiteStory(t, answers)
			var not *unexpected
			if err := (&siteStory{story: s, world: site()}).play(t.Context()); !errors.As(err, &not) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// The example has to have what the story speaks of.
func TestExampleFitsTheSiteStory(t *testing.T) {
	dir := t.TempDir()
	if err := copyConfiguration(dir, filepath.Join("..", "..", "..", "..", "examples", "demo-website")); err != nil {
		t.Fatal(err)
	}
	for file, parts := range map[string][]string{
		"main.tf": {
			`resource "spinup_website" "demo"`, "." + siteZone + `"`, `error_document = "lost.html"`,
			`resource "spinup_directory" "pages"`, `variable "publish"`, `"${path.module}/site"`,
			`output "domain"`, `output "bucket"`, `output "records"`,
		},
		"site/" + homeKey: {homePage, styleKey, scriptKey}, "site/" + lostKey: {lostPage},
		"site/" + scriptKey: {script}, "site/" + styleKey: {"body"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range parts {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s has no %s", file, want)
			}
		}
	}
}

// A write is named so that the story can tell what it was; the random part of a manifest's key is left out.
func TestWritten(t *testing.T) {
	for want, call := range map[string]gateway.Call{
		"PUT a/b.html":       {Operation: "PutObject", Resource: "arn:aws:s3:::b/a/b.html"},
		"PUT the manifest":   {Operation: "PutObject", Resource: "arn:aws:s3:::b/.spinup/directory-0123-abc"},
		"CreateInvalidation": {Operation: "CreateInvalidation", Resource: "arn:aws:cloudfront::1:distribution/E1"},
	} {
		if got := written(call); got != want {
			t.Errorf("%v is named %q, want %q", call, got, want)
		}
	}
}
