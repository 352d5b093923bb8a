package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// phase is one terraform command in the life of the buckets.
type phase struct {
	name string
	args []string
}

// phases are in the order in which they are run; each leaves what the next one needs.
func phases(l load) []phase {
	update := "update a tag"
	if l.rules > 0 {
		update += " and the rule"
	}
	return []phase{
		{"plan", append([]string{"plan", "-out=bench.tfplan"}, l.vars()...)},
		{"apply", []string{"apply", "bench.tfplan"}},
		{"no-op plan", append([]string{"plan", "-detailed-exitcode"}, l.vars()...)},
		{update, append([]string{"apply", "-auto-approve", "-var=generation=b"}, l.vars()...)},
		{"destroy", append([]string{"destroy", "-auto-approve"}, l.vars()...)},
	}
}

// counter counts API calls; the gateway does.
type counter interface {
	Reset()
	Total() int
}

// race lets the contestants take turns with a load.
type race struct {
	contestants []contestant
	load        load
	calls       counter
	progress    io.Writer
	results     map[result][]sample
}

// result names what is measured: a phase of a contestant.
type result struct{ phase, contestant string }

// sample is one measurement.
type sample struct {
	wall                time.Duration
	calls               int
	provider, terraform memory
}

// run runs every phase so many times. Who comes first changes from run to run.
func (r *race) run(ctx context.Context, runs int) error {
	r.results = map[result][]sample{}
	order := slices.Clone(r.contestants)
	for i := range runs {
		for _, p := range phases(r.load) {
			for _, c := range order {
				s, err := r.measure(ctx, c, p)
				if err != nil {
					return fmt.Errorf("%s, %s of %s: %w", c.name, p.name, r.load, err)
				}
				key := result{p.name, c.name}
				r.results[key] = append(r.results[key], s)
				fmt.Fprintf(r.progress, "  %s, run %d: %s, %s: %.1f s\n",
					r.load, i+1, p.name, c.name, s.wall.Seconds())
			}
		}
		slices.Reverse(order)
	}
	return nil
}

// measure runs one phase. A phase that ends otherwise than with 0, a plan that should be empty and is not among them,
// is an error.
func (r *race) measure(ctx context.Context, c contestant, p phase) (sample, error) {
	r.calls.Reset()
	cmd := c.tf.Command(ctx, p.args...)
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	watched := watch(cmd)
	err := cmd.Wait()
	wall := time.Since(start)
	peaks := watched()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return sample{}, fmt.Errorf("%w\n%s", err, output.String())
	}
	return sample{wall, r.calls.Total(), peaks.of("terraform-provider-"), peaks.of("terraform")}, nil
}

// watch looks at the command's processes until the returned function is called, which gives what it saw.
func watch(cmd *exec.Cmd) func() peaks {
	// More often costs the measured programs their time, less often misses what a short one needs.
	tick := time.NewTicker(20 * time.Millisecond)
	stop, done := make(chan struct{}), make(chan peaks)
	go func() {
		seen := peaks{}
		for {
			select {
			case <-tick.C:
				seen.look(cmd.Process.Pid)
			case <-stop:
				done <- seen
				return
			}
		}
	}()
	return func() peaks {
		tick.Stop()
		close(stop)
		return <-done
	}
}

// figures are what a phase took.
type figures struct {
	wall  float64 // seconds
	calls int
}

// recorded are the figures of hashicorp/aws 5.100.0 for the phase of that number, with about twenty resources a site.
// They were taken on moto 5.2.1 and on another day, so they say of what order a figure is and no more.
func recorded(l load, phase int) (figures, bool) {
	all := map[int][]figures{
		1:  {{5.6, 0}, {64.0, 83}, {5.7, 42}, {7.5, 71}, {84.3, 82}},
		10: {{6.3, 0}, {81.6, 830}, {6.9, 420}, {9.6, 710}, {101.5, 820}},
	}[l.sites]
	if phase >= len(all) {
		return figures{}, false
	}
	return all[phase], true
}

// print writes the table.
func (r *race) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "phase\tprovider\twall s\tcalls\tprovider peak MiB (anonymous)\tterraform peak MiB (anonymous)")
	for i, p := range phases(r.load) {
		name := p.name
		if was, ok := recorded(r.load, i); ok {
			fmt.Fprintf(w, "%s\t%s\t%.1f\t%d\t\t\n", name, "hashicorp/aws, recorded on moto", was.wall, was.calls)
			name = ""
		}
		for _, c := range r.contestants {
			samples := r.results[result{p.name, c.name}]
			fmt.Fprintf(w, "%s\t%s\t%.2f\t%d\t%s\t%s\n", name, c.name,
				median(samples, func(s sample) time.Duration { return s.wall }).Seconds(),
				median(samples, func(s sample) int { return s.calls }),
				medianMemory(samples, func(s sample) memory { return s.provider }),
				medianMemory(samples, func(s sample) memory { return s.terraform }))
			name = ""
		}
	}
	return w.Flush()
}

// median is the middle one, of an even number the lower of the two.
func median[T int | int64 | time.Duration](samples []sample, of func(sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

func medianMemory(samples []sample, of func(sample) memory) memory {
	return memory{
		peak: median(samples, func(s sample) int64 { return of(s).peak }),
		anon: median(samples, func(s sample) int64 { return of(s).anon }),
	}
}
