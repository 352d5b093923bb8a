// Command benchcontent measures what this provider takes to publish files, beside the tools that do the same: s5cmd,
// rclone and aws, where they are on PATH. All work on the same servers, fakecloud and, for a large file, VersityGW,
// behind a proxy that lets each request wait for 20 ms. Of the provider its own process is measured; what terraform
// takes stands beside. What is printed is the median of several runs.
//
//	make bench-content                       everything, which takes half an hour
//	make bench-content FLAGS=-quick          small sizes, a minute
//	make bench-content FLAGS='-only site'    one work: site, tiny, big or empty
//
// Two processors that all share make the seconds of a clock depend on the load: seconds of CPU, memory, calls and
// connections tell more.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// settings are the command's flags.
type settings struct {
	provider string
	only     []string
	runs     int
	sizes
}

// sizes are how much work there is.
type sizes struct {
	site, tiny int   // files
	big        int64 // bytes
	versions   int
}

var (
	full  = sizes{site: 3500, tiny: 20_000, big: 2 << 30, versions: 100_000}
	small = sizes{site: 200, tiny: 1000, big: 64 << 20, versions: 5000}
)

// latency is how long each request waits.
const latency = 20 * time.Millisecond

func main() {
	if program := os.Getenv(programVariable); program != "" {
		os.Exit(standIn(program))
	}
	s := settings{sizes: full}
	only := flag.String("only", "", "works to measure, separated by commas: "+strings.Join(names(), ", ")+" (default all)")
	quick := flag.Bool("quick", false, "small sizes, and one run unless -runs says otherwise")
	hashed := flag.String("hash", "", "take the SHA-256 of all files in this folder, and do nothing else")
	flag.StringVar(&s.provider, "provider-dir", "bin", "folder of the built terraform-provider-spinup")
	flag.IntVar(&s.runs, "runs", 0, "how often each work is done (default 3)")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	var err error
	if *hashed != "" {
		err = hash(*hashed)
	} else {
		err = s.start(ctx, *only, *quick)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchcontent:", err)
		os.Exit(1)
	}
}

// start completes the settings and measures.
func (s settings) start(ctx context.Context, only string, quick bool) error {
	if s.runs == 0 {
		s.runs = 3
		if quick {
			s.runs = 1
		}
	}
	if quick {
		s.sizes = small
	}
	if s.only = names(); only != "" {
		s.only = strings.Split(only, ",")
	}
	for _, name := range s.only {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("-only %q: want some of %s", name, strings.Join(names(), ","))
		}
	}
	if s.runs < 1 {
		return fmt.Errorf("-runs %d: want at least 1", s.runs)
	}
	return s.run(ctx, os.Stdout, os.Stderr)
}

// work is what is measured on a server of its own.
type work struct {
	name string
	kind emulator.Kind
	make func(dir string, s sizes) error // makes the files
	do   func(ctx context.Context, w *world, c contestant, files string) error
}

// works are in the order in which they are done.
func works() []work {
	return []work{
		{"site", emulator.Fakecloud, func(dir string, s sizes) error { return makeSite(dir, s.site) }, site},
		{"tiny", emulator.Fakecloud, func(dir string, s sizes) error { return makeTiny(dir, s.tiny) }, tiny},
		{"big", emulator.VersityGW, func(dir string, s sizes) error {
			return makeFile(filepath.Join(dir, "release.img"), random(), s.big)
		}, big},
		{"empty", emulator.Fakecloud, nil, empty},
	}
}

func names() (all []string) {
	for _, w := range works() {
		all = append(all, w.name)
	}
	return all
}

func (s settings) run(ctx context.Context, out, progress io.Writer) error {
	dir, err := os.MkdirTemp("", "spinup-bench-content-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, w := range works() {
		if !slices.Contains(s.only, w.name) {
			continue
		}
		if err := s.measure(ctx, w, filepath.Join(dir, w.name), out, progress); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// measure does a work as often as wanted, by all contestants in turn, and prints what they took.
func (s settings) measure(ctx context.Context, w work, dir string, out, progress io.Writer) error {
	files := filepath.Join(dir, "files")
	if err := os.MkdirAll(files, 0o755); err != nil {
		return err
	}
	if w.make != nil {
		if err := w.make(files, s.sizes); err != nil {
			return err
		}
	}
	place, err := newWorld(ctx, w.kind, dir, s)
	if err != nil {
		return err
	}
	defer place.close()
	order := place.contestants(w, progress)
	for i := range s.runs {
		for _, c := range order {
			fmt.Fprintf(progress, "%s, run %d: %s\n", w.name, i+1, c.name)
			place.run = i
			if err := w.do(ctx, place, c, files); err != nil {
				return fmt.Errorf("%s: %w\n\nThe server's log is %s", c.name, err, place.KeepLog())
			}
		}
		slices.Reverse(order)
	}
	count, bytes, err := sizeOf(files)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s: %d files, %d bytes, on %s, %s a request, median of %d\n\n", w.name, count, bytes, w.kind,
		latency, s.runs)
	return place.results.print(out)
}
