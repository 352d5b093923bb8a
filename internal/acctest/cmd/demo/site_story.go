package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// The addresses of the example, and the hosted zone that it wants to find.
const (
	siteAddress  = "spinup_website.demo"
	pagesAddress = "spinup_directory.pages[0]"
	siteZone     = "example.edu"
)

// withoutPages is the value of the variable with which the example is the site alone.
const withoutPages = "-var=publish=false"

// siteStory is the demo of a site while it is played.
type siteStory struct {
	*story
	world  siteWorld
	zone   string // its id, known once it is made
	domain string // what the example made: known once it is applied
}

// siteWorld is what exists in the emulator, seen and changed without Terraform.
type siteWorld interface {
	// zone makes a public hosted zone.
	zone(ctx context.Context, name string) (id string, err error)
	// upload puts a file into the bucket.
	upload(ctx context.Context, bucket, key, text string) error
	// clear deletes files from the bucket.
	clear(ctx context.Context, bucket string, keys ...string) error
	// fetch asks the site for a path, as a browser would.
	fetch(ctx context.Context, host, path string) (status int, body string, err error)
	// writes lists what Terraform's calls have changed since it was asked last: "PUT index.html" for an object.
	writes() []string
	// tamper deletes the bucket's policy and the AAAA record of the name.
	tamper(ctx context.Context, zone, domain, bucket string) error
	// left lists what there is of a site.
	left(ctx context.Context, domain string) ([]string, error)
}

func (s *siteStory) steps() []step {
	return []step{
		{"The account has a public hosted zone, " + siteZone + ", and nothing else.", s.makeZone},
		{"Terraform plans a site in it, from one block.", s.planCreation},
		{"Apply makes it: bucket, certificate, distribution, function, DNS records, policies and groups.", s.applyCreation},
		{"The placeholder answers at the site's own name.", s.fetches("/", http.StatusOK, "Nothing is here yet")},
		{"Somebody puts a file of their own into the bucket, " + otherKey + ".", s.upload},
		{"Terraform plans to publish a folder: how many files are new, and the first names.", s.planPages},
		{"Apply sends them. What pages refer to goes first, and the pages last.", s.publish},
		{"They answer: a page at the name, its script, and another page where there is none.", s.fetchPages},
		{"A second plan is empty.", s.planNothing},
		{"One page is changed on this machine. The plan names it.", s.planChange},
		{"Apply sends this page, the manifest before and after it, and one invalidation. That is all.", s.publishChange},
		{"The new page answers.", s.fetches("/", http.StatusOK, newPage)},
		{"Behind our back somebody deletes the bucket's policy, and the name's AAAA record.", s.tamper},
		{"The site is down.", s.fetches("/index.html", http.StatusForbidden, "")},
		{"The next plan names both and what hangs on them, and nothing else.", s.planRepair},
		{"Apply repairs just that.", s.repair},
		{"The site is back.", s.fetches("/", http.StatusOK, newPage)},
		{"The state file is thrown away. The site is imported by its name, the folder by its bucket.", s.importSite},
		{"Apply only notes where the files come from. It sends none.", s.settleImport},
		{"The plan after that is empty.", s.planNothing},
		{"The page is fetched once more.", s.fetches("/", http.StatusOK, newPage)},
		{"Destroy deletes our files and stops at the bucket: it holds the file of somebody else.", s.refuseDestroy},
		{"They take their file away.", s.clear},
		{"Destroy takes the rest apart, the name first and the bucket last.", s.destroy},
		{"Nothing is left but the zone, and nobody answers.", s.nothingLeft},
	}
}

// The files of the example that the story speaks of, what they say, and the file of somebody else.
const (
	homeKey   = "index.html"
	homePage  = "Hello from the bucket."
	newPage   = "Hello again."
	lostKey   = "lost.html"
	lostPage  = "There is no such page."
	styleKey  = "style.css"
	scriptKey = "assets/app.3f2a91bc.js"
	script    = "The script runs."
	otherKey  = "notes.txt"
	other     = "Not ours."
)

// siteFolder is the folder that is published, in terraform's.
const siteFolder = "site"

// What the world calls a write of the manifest and of the caches.
const (
	putManifest = "PUT the manifest"
	invalidates = "CreateInvalidation"
)

func (s *siteStory) play(ctx context.Context) error { return s.act(ctx, s.steps()) }

func (s *siteStory) makeZone(ctx context.Context) (show []string, err error) {
	s.zone, err = s.world.zone(ctx, siteZone)
	return nil, err
}

func (s *siteStory) planCreation(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, changes, "Plan: 1 to add, 0 to change, 0 to destroy.", withoutPages)
	return lines(output, "Plan:"), err
}

func (s *siteStory) applyCreation(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "1 added, 0 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	text, err := s.terraform(ctx, 0, "{", "output", "-json")
	if err != nil {
		return nil, err
	}
	var outputs struct {
		Domain, Bucket struct{ Value string }
		Records        struct{ Value []string }
	}
	if err := json.Unmarshal([]byte(text), &outputs); err != nil {
		return nil, fmt.Errorf("terraform output: %w", err)
	}
	s.domain, s.bucket = outputs.Domain.Value, outputs.Bucket.Value
	if !strings.HasSuffix(s.domain, "."+siteZone) || s.bucket == "" || len(outputs.Records.Value) == 0 {
		return nil, &unexpected{
			want: "outputs with the site's name in " + siteZone + ", its bucket and its records", got: text,
		}
	}
	show := append(lines(output, "Apply complete!"), "site https://"+s.domain)
	for _, record := range outputs.Records.Value {
		show = append(show, "record "+record)
	}
	return show, nil
}

func (s *siteStory) upload(ctx context.Context) ([]string, error) {
	return nil, s.world.upload(ctx, s.bucket, otherKey, other)
}

func (s *siteStory) planPages(ctx context.Context) ([]string, error) {
	if _, err := s.plan(ctx, changes, "Plan: 1 to add, 0 to change, 0 to destroy."); err != nil {
		return nil, err
	}
	return s.foresees(ctx, "+4 ~0 -0", "+ "+scriptKey, "+ "+homeKey, "+ "+lostKey, "+ "+styleKey)
}

// foresees wants the last plan to publish just these changes, and shows them.
func (s *siteStory) foresees(ctx context.Context, sum string, first ...string) ([]string, error) {
	text, err := s.terraform(ctx, 0, "{", "show", "-json", planFile)
	if err != nil {
		return nil, err
	}
	plan, err := terraform.Changes([]byte(text))
	if err != nil {
		return nil, err
	}
	after := plan[pagesAddress].After
	if got := fmt.Sprint(after["changes"], after["first_changes"]); got != fmt.Sprint(sum, first) {
		return nil, &unexpected{want: fmt.Sprintf("a plan of %s: %s", sum, strings.Join(first, ", ")), got: got}
	}
	return append([]string{"changes " + sum}, first...), nil
}

func (s *siteStory) publish(ctx context.Context) ([]string, error) {
	s.world.writes()
	output, err := s.terraform(ctx, 0, "1 added, 0 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	done, err := s.wrote([]string{putManifest}, []string{"PUT " + scriptKey, "PUT " + styleKey},
		[]string{"PUT " + homeKey, "PUT " + lostKey}, []string{invalidates}, []string{putManifest})
	return append(lines(output, "Apply complete!"), done...), err
}

// wrote wants Terraform's last writes to be these groups, one after the other. In a group the order is open, because
// files are sent at the same time.
func (s *siteStory) wrote(groups ...[]string) ([]string, error) {
	done := s.world.writes()
	sorted := slices.Clone(done)
	var want []string
	for _, group := range groups {
		begin, end := min(len(want), len(sorted)), min(len(want)+len(group), len(sorted))
		slices.Sort(sorted[begin:end])
		want = append(want, group...)
	}
	if !slices.Equal(sorted, want) {
		return nil, &unexpected{want: "the writes " + strings.Join(want, ", "), got: strings.Join(done, ", ")}
	}
	return done, nil
}

func (s *siteStory) fetchPages(ctx context.Context) ([]string, error) {
	var show []string
	for _, page := range []struct {
		path   string
		status int
		text   string
	}{{"/", http.StatusOK, homePage}, {"/" + scriptKey, http.StatusOK, script}, {"/unknown", http.StatusNotFound, lostPage}} {
		line, err := s.fetches(page.path, page.status, page.text)(ctx)
		if err != nil {
			return nil, err
		}
		show = append(show, line...)
	}
	return show, nil
}

func (s *siteStory) planChange(ctx context.Context) ([]string, error) {
	path := filepath.Join(s.dir, siteFolder, homeKey)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(homePage), []byte(newPage)), 0o600); err != nil {
		return nil, err
	}
	if _, err := s.plan(ctx, changes, "Plan: 0 to add, 1 to change, 0 to destroy."); err != nil {
		return nil, err
	}
	return s.foresees(ctx, "+0 ~1 -0", "~ "+homeKey)
}

func (s *siteStory) publishChange(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	done, err := s.wrote([]string{putManifest}, []string{"PUT " + homeKey}, []string{invalidates}, []string{putManifest})
	return append(lines(output, "Apply complete!"), done...), err
}

// fetches wants a path of the site to answer the status, with the text somewhere in it.
func (s *siteStory) fetches(path string, status int, text string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		got, body, err := s.world.fetch(ctx, s.domain, path)
		if err != nil {
			return nil, err
		}
		if got != status || !strings.Contains(body, text) {
			return nil, &unexpected{
				want: fmt.Sprintf("https://%s%s answers %d %q", s.domain, path, status, text), got: fmt.Sprintf("%d %q", got, body),
			}
		}
		return []string{strings.TrimSpace(fmt.Sprintf("GET https://%s%s: %d %s", s.domain, path, got, text))}, nil
	}
}

func (s *siteStory) tamper(ctx context.Context) ([]string, error) {
	return nil, s.world.tamper(ctx, s.zone, s.domain, s.bucket)
}

func (s *siteStory) planRepair(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, changes, "Plan: 0 to add, 1 to change, 0 to destroy.")
	if err != nil {
		return nil, err
	}
	return s.changes(ctx, output, siteAddress,
		"distribution_status", "dns_records", "ipv6", "origin_access", "require_tls")
}

func (s *siteStory) repair(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", planFile)
	return lines(output, "Apply complete!"), err
}

func (s *siteStory) importSite(ctx context.Context) ([]string, error) {
	if _, err := s.importAgain(ctx, siteAddress, s.domain); err != nil {
		return nil, err
	}
	return s.importOne(ctx, pagesAddress, s.bucket+"/")
}

func (s *siteStory) settleImport(ctx context.Context) ([]string, error) {
	s.world.writes()
	output, err := s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", "-auto-approve")
	if err != nil {
		return nil, err
	}
	_, err = s.wrote()
	return lines(output, "Apply complete!"), err
}

func (s *siteStory) refuseDestroy(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 1, "not empty", "destroy", "-auto-approve")
	if err != nil {
		return nil, err
	}
	return append(lines(output, pagesAddress+": Destruction complete"), lines(output, "Error: ")...), nil
}

func (s *siteStory) clear(ctx context.Context) ([]string, error) {
	return nil, s.world.clear(ctx, s.bucket, otherKey)
}

func (s *siteStory) destroy(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "Resources: 1 destroyed.", "destroy", "-auto-approve")
	return lines(output, "Destroy complete!"), err
}

func (s *siteStory) nothingLeft(ctx context.Context) ([]string, error) {
	left, err := s.world.left(ctx, s.domain)
	if err != nil {
		return nil, err
	}
	if len(left) > 0 {
		return nil, &unexpected{want: "nothing of " + s.domain + " left", got: strings.Join(left, ", ")}
	}
	status, body, err := s.world.fetch(ctx, s.domain, "/")
	if err == nil && status == http.StatusOK {
		err = &unexpected{want: s.domain + " does not answer", got: body}
	}
	return nil, err
}
