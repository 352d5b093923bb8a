// Command bench measures this provider beside hashicorp/aws on the same emulator: wall time, peak memory and API calls
// of each phase in the life of 1 and of 10 buckets with an admin group, and of a bucket with a lifecycle rule. The two
// take turns phase by phase, and what is printed is the median of several runs. Of 1 and of 10 sites, always on
// fakecloud, there are figures of this provider only: hashicorp/aws crashes on that emulator's answers, and what stands
// beside is what it took on another one.
//
//	make bench                      LocalStack
//	EMULATOR=fakecloud make bench   the other one
//
// hashicorp/aws comes from a folder ("filesystem mirror") and never from the network; without it only this provider
// is measured. Memory is measured on Linux.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

//go:embed testdata/spinup testdata/aws
var configurations embed.FS

// awsVersion is the release of hashicorp/aws that testdata/aws asks for.
const awsVersion = terraform.AWSVersion

// settings are the command's flags.
type settings struct {
	provider, mirror, emulator string
	buckets, sites             []int
	runs                       int
}

func main() {
	s := settings{emulator: os.Getenv("EMULATOR")}
	counts := flag.String("buckets", "1,10", "how many buckets, separated by commas: one table each")
	sites := flag.String("sites", "1,10", "how many sites, separated by commas: one table each; empty for none")
	flag.StringVar(&s.provider, "provider-dir", "bin", "folder of the built terraform-provider-spinup")
	flag.StringVar(&s.mirror, "aws-mirror", "", "filesystem mirror that has hashicorp/aws "+awsVersion+
		" (default $TF_PLUGIN_MIRROR, then the usual places)")
	flag.IntVar(&s.runs, "runs", 3, "how often each phase is run")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	var err error
	if s.buckets, err = numbers("-buckets", *counts); err == nil && *sites != "" {
		s.sites, err = numbers("-sites", *sites)
	}
	if err == nil {
		err = s.run(ctx, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func numbers(option, list string) ([]int, error) {
	var all []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%s %q: want numbers from 1, such as 1,10", option, list)
		}
		all = append(all, n)
	}
	return all, nil
}

func (s settings) run(ctx context.Context, out, progress io.Writer) (err error) {
	kind, err := emulator.ParseKind(s.emulator)
	if err != nil {
		return err
	}
	if s.runs < 1 {
		return fmt.Errorf("-runs %d: want at least 1", s.runs)
	}
	dir, err := os.MkdirTemp("", "spinup-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintf(progress, "Measuring buckets: %v, sites: %v, runs of each: %d.\n", s.buckets, s.sites, s.runs)
	err = s.on(ctx, kind, func(v venue) error {
		contestants, err := s.contestants(ctx, dir, v.env, progress)
		if err != nil {
			return err
		}
		return s.races(ctx, v, contestants, s.loads(), out, progress)
	})
	if err != nil || len(s.sites) == 0 {
		return err
	}
	return s.on(ctx, emulator.Fakecloud, func(v venue) error {
		override, err := terraform.Override(s.provider)
		if err != nil {
			return err
		}
		ours, err := contest(filepath.Join(dir, "sites", "spinup"), "spinup", v.env, override)
		if err != nil {
			return err
		}
		if _, err := account.New(v.Emulator, v.Endpoint).MakeZone(ctx, "bench.example.edu"); err != nil {
			return err
		}
		return s.races(ctx, v, []contestant{ours}, s.siteLoads(), out, progress)
	})
}

// venue is where a race is run.
type venue struct {
	*emulator.Emulator
	calls *gateway.Gateway
	env   []string
}

// on runs what is to be measured on an emulator of its own.
func (s settings) on(ctx context.Context, kind emulator.Kind, measure func(venue) error) (err error) {
	e, err := emulator.Start(ctx, kind, emulator.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Stop()) }()
	g, err := gateway.New(e.Endpoint, gateway.Options{AccountID: e.AccountID})
	if err != nil {
		return err
	}
	defer g.Close()
	if err := measure(venue{e, g, append(e.Environ(), "AWS_ENDPOINT_URL="+g.URL())}); err != nil {
		return fmt.Errorf("%w\n\nThe emulator's log is %s and ends with:\n%s", err, e.KeepLog(), e.LogTail(10))
	}
	return nil
}

func (s settings) races(
	ctx context.Context, v venue, contestants []contestant, loads []load, out, progress io.Writer,
) error {
	for _, load := range loads {
		r := race{contestants: contestants, load: load, calls: v.calls, progress: progress}
		if err := r.run(ctx, s.runs); err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s, on %s, median of %d\n\n", load, v.Kind, s.runs)
		if err := r.print(out); err != nil {
			return err
		}
	}
	return nil
}

// loads are what is measured, one table each.
func (s settings) loads() []load {
	var all []load
	for _, n := range s.buckets {
		all = append(all, load{buckets: n})
	}
	return append(all, load{buckets: 1, rules: 1})
}

func (s settings) siteLoads() []load {
	var all []load
	for _, n := range s.sites {
		all = append(all, load{sites: n})
	}
	return all
}

// load is what the contestants make, change and take away.
type load struct {
	buckets int
	rules   int // lifecycle rules of each bucket
	sites   int
}

func (l load) String() string {
	switch {
	case l.sites == 1:
		return "1 site"
	case l.sites > 0:
		return fmt.Sprintf("%d sites", l.sites)
	case l.rules > 0:
		return fmt.Sprintf("%d bucket with its admin group and %d lifecycle rule", l.buckets, l.rules)
	case l.buckets == 1:
		return "1 bucket with its admin group"
	}
	return fmt.Sprintf("%d buckets with their admin groups", l.buckets)
}

// vars are Terraform's options that ask for the load.
func (l load) vars() []string {
	return []string{
		fmt.Sprintf("-var=buckets=%d", l.buckets), fmt.Sprintf("-var=rules=%d", l.rules),
		fmt.Sprintf("-var=sites=%d", l.sites),
	}
}

// contestant is a provider with the configuration to measure it by.
type contestant struct {
	name string
	tf   terraform.CLI
}

// contestants are this provider and, where it is to be had, hashicorp/aws.
func (s settings) contestants(ctx context.Context, dir string, env []string, say io.Writer) ([]contestant, error) {
	override, err := terraform.Override(s.provider)
	if err != nil {
		return nil, err
	}
	ours, err := contest(filepath.Join(dir, "spinup"), "spinup", env, override)
	if err != nil {
		return nil, err
	}
	mirror, err := terraform.FindMirror(s.mirror)
	if err != nil && s.mirror != "" {
		return nil, err
	}
	if err != nil {
		fmt.Fprintf(say, "hashicorp/aws is not measured: %v\n", err)
		return []contestant{ours}, nil
	}
	theirs, err := contest(filepath.Join(dir, "aws"), "hashicorp/aws", env, terraform.Mirror(mirror))
	if err != nil {
		return nil, err
	}
	output, code, err := theirs.tf.Run(ctx, "init")
	if err != nil {
		return nil, err
	}
	if code != 0 {
		return nil, fmt.Errorf("terraform init with the mirror %s ended with %d:\n%s", mirror, code, output)
	}
	return []contestant{ours, theirs}, nil
}

// contest unpacks the configuration that is named as the folder.
func contest(dir, name string, env []string, installation string) (contestant, error) {
	files, err := fs.Sub(configurations, "testdata/"+filepath.Base(dir))
	if err != nil {
		return contestant{}, err
	}
	if err := os.CopyFS(dir, files); err != nil {
		return contestant{}, err
	}
	tf, err := terraform.New(dir, env, installation)
	return contestant{name: name, tf: tf}, err
}
