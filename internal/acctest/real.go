package acctest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// realAWS is an account of AWS in the place of an emulator. Only Core tests run there. It is chosen like an emulator,
// and then two more variables have to agree with what the credentials lead to: nobody runs there by accident.
const realAWS emulator.Kind = "aws"

// realAccount is what a run on an account of AWS was told, and the account that it found.
type realAccount struct {
	account.Account
	prefix string // all names start with it
	zone   string // the name of a hosted zone for sites; "" for none
}

// onAWS reports whether this run is on an account of AWS.
func onAWS() bool { return emulator.Kind(os.Getenv(chosen)) == realAWS }

// checkAccount lets a run on an account of AWS begin, after saying what it will do. On emulators there is nothing to
// check.
func checkAccount(ctx context.Context) error {
	if !onAWS() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	real, err := admitted(ctx, os.Getenv, account.Default)
	if err != nil {
		return err
	}
	run.real = real
	sites := "and no site, because " + account.ZoneVariable + " names no hosted zone"
	if real.zone != "" {
		sites = "and one site in the hosted zone " + real.zone + ", with a CloudFront distribution and a certificate"
	}
	fmt.Printf(`This run works in account %s of AWS, region %s.
It makes a bucket, two IAM groups with their policies, a user with a key, and a few small objects,
%s.
All names start with %q, and what can bear tags has the tag %s = %q.
It takes a few minutes, with a site up to an hour, costs less than 0.10 US dollars, and removes what it made.
What a broken run leaves, "make sweep-aws" finds.
`, real.ID, Region, sites, real.prefix+"-", account.MarkTag, real.prefix)
	return nil
}

// admitted reads the settings of such a run, and compares them with the account that the credentials lead to.
func admitted(
	ctx context.Context, getenv func(string) string, find func(context.Context) (account.Account, error),
) (*realAccount, error) {
	wanted, prefix, err := account.Wanted(getenv)
	if err != nil {
		return nil, err
	}
	if getenv("SPINUP_TEST_ENDPOINT") != "" {
		return nil, errors.New("SPINUP_TEST_ENDPOINT is set, and AWS is chosen: unset it, or choose no emulator")
	}
	found, err := find(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking STS for the account: %w", err)
	}
	if found.ID != wanted {
		return nil, fmt.Errorf("%s is %s, and the credentials are of account %s: nothing was made",
			account.Variable, wanted, found.ID)
	}
	return &realAccount{found, prefix, strings.TrimSuffix(getenv(account.ZoneVariable), ".")}, nil
}

// Core runs a test of the core suite: on fakecloud, for the reason that is printed at the end of the run, or on the
// account of AWS that was chosen. It changes nothing that it has not made, counts no calls and needs no gateway.
func Core(t *testing.T, reason string, test func(t *testing.T, b *Bench)) {
	t.Helper()
	t.Parallel()
	if !onAWS() {
		onKind(t, note(t, emulator.Fakecloud, reason), start, test)
		return
	}
	t.Run(string(realAWS), func(t *testing.T) {
		t.Cleanup(func() { run.count(t, realAWS) })
		test(t, &Bench{
			Kind: realAWS, AccountID: run.real.ID, Name: run.real.prefix + "-" + named(t, longest-1-len(run.real.prefix)),
			Platform: realAWS.Platform(), account: run.real.Account,
			base: &emulator.Emulator{Kind: realAWS, AccountID: run.real.ID},
		})
	})
}

// notOnAWS ends a test that is not for the account of AWS on which this run is: it is counted with its reason.
func notOnAWS(t *testing.T, reason string) {
	t.Helper()
	if onAWS() {
		leftOut(t, reason)
	}
}

// Why tests do not run on an account of AWS.
const (
	needsGateway = "needs the gateway, which counts calls, refuses them and loses answers, or root in an emulator"
	needsStore   = "is for a store other than AWS"
	needsZone    = "needs a hosted zone: " + account.ZoneVariable + " names none"
)

// needs is why a test for one kind only does not run on an account of AWS.
func needs(kind emulator.Kind) string {
	if kind.IsStore() {
		return needsStore
	}
	return needsGateway
}

// Site gives a name for a site in a hosted zone: one that is made for the test, or that of the account.
func (b *Bench) Site(t *testing.T) string {
	t.Helper()
	if b.Kind != realAWS {
		zone := b.Name + ".example.edu"
		b.MakeZone(t, zone)
		return "www." + zone
	}
	if run.real.zone == "" {
		leftOut(t, needsZone)
	}
	return b.Name + "." + run.real.zone
}

// Mark are the tags by which what a run on AWS has made is known; none on emulators.
func (b *Bench) Mark() map[string]string {
	if b.Kind != realAWS {
		return nil
	}
	return map[string]string{account.MarkTag: run.real.prefix}
}

// realProvider is the provider block on AWS: credentials and endpoints come from the environment.
func (b *Bench) realProvider(settings []string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    spinup = { source = "spinup-dev/spinup" }
  }
}

provider "spinup" {
  region              = %q
  allowed_account_ids = [%q]
  default_tags        = { %q = %q }
  %s
}
`, Region, b.AccountID, account.MarkTag, run.real.prefix, strings.Join(settings, "\n  "))
}
