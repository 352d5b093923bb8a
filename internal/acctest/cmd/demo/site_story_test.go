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

const siteDrift = `{"resource_changes": [{"address": "spinup_website.demo", "change": {
	"before": {"dns_records": ["A"], "ipv6": false, "origin_access": null, "require_tls": false, "domain": "d"},
	"after": {"dns_records": ["A", "AAAA"], "ipv6": true, "origin_access": "private", "require_tls": true, "domain": "d"},
	"after_unknown": {"distribution_status": true}}}]}`

// goodSite are the answers of a terraform with which everything is as said.
func goodSite() []answer {
	const outputs = `{"domain": {"value": "demo.example.edu"}, "bucket": {"value": "b"}, "records": {"value": ["A demo.example.edu"]}}`
	return []answer{
		{planCall, "Plan: 1 to add, 0 to change, 0 to destroy.\n", 2},
		{"apply demo.tfplan", "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\n", 0},
		{"output -json", outputs, 0},
		{planCall, "No changes. As before.\n", 0},
		{planCall, "Said first.\n\n  # spinup_website.demo will be updated\n  ~ ipv6\n\nPlan: 0 to add, 1 to change, 0 to destroy.\n", 2},
		{"show -json demo.tfplan", siteDrift, 0},
		{"apply demo.tfplan", "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n", 0},
		{"import spinup_website.demo demo.example.edu", "Import successful!\n", 0},
		{planCall, "No changes. As before.\n", 0},
		{"destroy -auto-approve", "Error: Website cannot be destroyed\n\nThe bucket is not empty.\n", 1},
		{"destroy -auto-approve", "Destroy complete! Resources: 1 destroyed.\n", 0},
	}
}

// fakeSite answers, one after the other, what its fields say; it remembers what it was asked.
type fakeSite struct {
	asked   []string
	answers []string // of fetch: status and text
	gone    []string // what is not
	err     error    // of everything but fetch
}

func site(answers ...string) *fakeSite {
	good := []string{
		"200 <p>Nothing is here yet.</p>", "200 " + homePage, "404 " + lostPage, "403 no", "200 " + homePage, "200 " + homePage,
		"404 nobody",
	}
	copy(good, answers)
	return &fakeSite{answers: good}
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
	s, out := newStory(t, goodSite(), nil)
	story := &siteStory{story: s, world: world}
	if err := story.play(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const fetch = "fetch demo.example.edu/"
	want := []string{
		"zone example.edu", fetch, "upload b index.html", "upload b lost.html", fetch, fetch + "unknown",
		"tamper Z1 demo.example.edu b", fetch + "index.html", fetch, fetch,
		"clear b index.html lost.html", "left demo.example.edu", fetch,
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
		"no placeholder":       {goodSite(), site("404 no"), `answers 200 "Nothing is here yet"`},
		"another page":         {goodSite(), site(ok, "200 else"), homePage},
		"error page with 200":  {goodSite(), site(ok, "200 "+homePage, "200 "+lostPage), "answers 404"},
		"still up":             {goodSite(), site(ok, "200 "+homePage, "404 "+lostPage, "200 "+homePage), "answers 403"},
		"one change too few":   {replace(5, `"ipv6": true`, `"ipv6": false`), site(), "require_tls"},
		"not in the zone":      {replace(2, "demo.example.edu", "demo.example.com"), site(), "the site's name in example.edu"},
		"not JSON":             {replace(2, "}}", "}"), site(), "terraform output: "},
		"not destroyed":        {goodSite(), &fakeSite{answers: site().answers, gone: []string{"record A x"}}, "record A x"},
		"answers when it went": {goodSite(), site(ok, "200 "+homePage, "404 "+lostPage, "403 no", "200 "+homePage, "200 "+homePage, "200 x"), "does not answer"},
		"no zone":              {goodSite(), &fakeSite{err: errors.New("no way")}, "no way"},
	} {
		t.Run(name, func(t *testing.T) {
			s, out := newStory(t, test.answers, nil)
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
			s, _ := newStory(t, answers, nil)
			var not *unexpected
			if err := (&siteStory{story: s, world: site()}).play(t.Context()); !errors.As(err, &not) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// The example has to have what the story speaks of.
func TestExampleFitsTheSiteStory(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "examples", "demo-website", "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`resource "spinup_website" "demo"`, "." + siteZone + `"`, `error_document = "lost.html"`,
		`output "domain"`, `output "bucket"`, `output "records"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the example has no %s", want)
		}
	}
}
