package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// sample is one measurement.
type sample struct {
	taken
	traffic

	state int64 // bytes
	paths int   // of invalidations
}

// results are the samples of each row by each contestant, in the order in which they came.
type results map[string]*row

type row struct {
	place   int
	by      []string
	samples map[string][]*sample
}

func (r results) add(name, by string, s *sample) {
	one := r[name]
	if one == nil {
		one = &row{place: len(r), samples: map[string][]*sample{}}
		r[name] = one
	}
	if len(one.samples[by]) == 0 {
		one.by = append(one.by, by)
	}
	one.samples[by] = append(one.samples[by], s)
}

// print writes the table. Calls are those of the last run.
func (r results) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "work\tby\twall s\tCPU s\tpeak MiB\tconnections (at once)\tstate B\tterraform CPU s, MiB\tcalls")
	names := slices.SortedFunc(maps.Keys(r), func(a, b string) int { return r[a].place - r[b].place })
	for _, name := range names {
		label := name
		for _, by := range r[name].by {
			fmt.Fprintf(w, "%s\t%s\t%s\n", label, by, line(by, r[name].samples[by]))
			label = ""
		}
	}
	return w.Flush()
}

// line is what one contestant took, the median of its samples.
func line(by string, samples []*sample) string {
	last := samples[len(samples)-1]
	seconds := func(of func(*sample) time.Duration) string {
		return fmt.Sprintf("%.2f", median(samples, of).Seconds())
	}
	mib := func(of func(*sample) int64) string { return fmt.Sprint(median(samples, of) / 1024) }
	cells := []string{
		seconds(func(s *sample) time.Duration { return s.wall }),
		seconds(func(s *sample) time.Duration { return s.work.CPU }),
		mib(func(s *sample) int64 { return s.work.Peak }),
		fmt.Sprintf("%d (%d)", median(samples, func(s *sample) int { return s.connections }),
			median(samples, func(s *sample) int { return s.most })),
		"-", "-", calls(last),
	}
	if by == ours {
		cells[4] = fmt.Sprint(median(samples, func(s *sample) int64 { return s.state }))
		cells[5] = seconds(func(s *sample) time.Duration { return s.terraform.CPU }) + ", " +
			mib(func(s *sample) int64 { return s.terraform.Peak })
	}
	if last.work.CPU == 0 { // it was this program
		cells[1], cells[2] = "-", "-"
	}
	return strings.Join(cells, "\t")
}

// calls are the calls of a sample by their kinds.
func calls(s *sample) string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(s.calls)) {
		all = append(all, fmt.Sprintf("%s %d", kind, s.calls[kind]))
	}
	if s.paths > 0 {
		all = append(all, fmt.Sprintf("(%d paths)", s.paths))
	}
	return fmt.Sprintf("%d: %s", s.total(), strings.Join(all, ", "))
}

// median is the middle one, of an even number the lower of the two.
func median[T int | int64 | time.Duration](samples []*sample, of func(*sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
