package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// siteAddress is the site of the example, siteZone the hosted zone that it wants to find.
const (
	siteAddress = "spinup_website.demo"
	siteZone    = "example.edu"
)

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
	// upload puts a page into the bucket.
	upload(ctx context.Context, bucket, key, text string) error
	// clear deletes pages from the bucket.
	clear(ctx context.Context, bucket string, keys ...string) error
	// fetch asks the site for a path, as a browser would.
	fetch(ctx context.Context, host, path string) (status int, body string, err error)
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
		{"Two pages are put into the bucket.", s.upload},
		{"They answer: one at the name, the other where there is no page.", s.fetchPages},
		{"A second plan is empty.", s.planNothing},
		{"Behind our back somebody deletes the bucket's policy, and the name's AAAA record.", s.tamper},
		{"The site is down.", s.fetches("/index.html", http.StatusForbidden, "")},
		{"The next plan names both and what hangs on them, and nothing else.", s.planRepair},
		{"Apply repairs just that.", s.repair},
		{"The site is back.", s.fetches("/", http.StatusOK, homePage)},
		{"The state file is thrown away, and the site imported by its name.", s.importSite},
		{"The plan after the import is empty.", s.planNothing},
		{"Its page is fetched once more.", s.fetches("/", http.StatusOK, homePage)},
		{"Destroy is refused, and nothing is destroyed: the bucket holds the pages.", s.refuseDestroy},
		{"The pages are deleted.", s.clear},
		{"Destroy takes everything apart, the name first and the bucket last.", s.destroy},
		{"Nothing is left but the zone, and nobody answers.", s.nothingLeft},
	}
}

// The pages that are uploaded, and their keys.
const (
	homeKey  = "index.html"
	homePage = "Hello from the bucket."
	lostKey  = "lost.html"
	lostPage = "There is no such page."
)

func (s *siteStory) play(ctx context.Context) error { return s.act(ctx, s.steps()) }

func (s *siteStory) makeZone(ctx context.Context) (show []string, err error) {
	s.zone, err = s.world.zone(ctx, siteZone)
	return nil, err
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
	if err := s.world.upload(ctx, s.bucket, homeKey, homePage); err != nil {
		return nil, err
	}
	return nil, s.world.upload(ctx, s.bucket, lostKey, lostPage)
}

func (s *siteStory) fetchPages(ctx context.Context) ([]string, error) {
	home, err := s.fetches("/", http.StatusOK, homePage)(ctx)
	if err != nil {
		return nil, err
	}
	lost, err := s.fetches("/unknown", http.StatusNotFound, lostPage)(ctx)
	return append(home, lost...), err
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
	return s.importAgain(ctx, siteAddress, s.domain)
}

func (s *siteStory) refuseDestroy(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 1, "not empty", "destroy", "-auto-approve")
	return lines(output, "Error: "), err
}

func (s *siteStory) clear(ctx context.Context) ([]string, error) {
	return nil, s.world.clear(ctx, s.bucket, homeKey, lostKey)
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
