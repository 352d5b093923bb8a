package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// memory is the most that one process had at one time, in KiB: all that was resident, and the part of it that is no
// mapped file. How much of a large program's file is resident is the kernel's choice; the anonymous part is not.
type memory struct{ peak, anon int64 }

// String is in MiB; "-" where nothing was measured.
func (m memory) String() string {
	if m.peak == 0 {
		return "-"
	}
	return fmt.Sprintf("%d (%d)", m.peak/1024, m.anon/1024)
}

// peaks is what was seen of each program, by the name of its file. Of several processes of one program, which
// terraform starts one after the other, the largest counts.
type peaks map[string]memory

// of is the largest of the programs whose name begins so: exactly so, without a hyphen at the end.
func (p peaks) of(name string) memory {
	var most memory
	for program, m := range p {
		if program == name || (strings.HasSuffix(name, "-") && strings.HasPrefix(program, name)) {
			most = memory{max(most.peak, m.peak), max(most.anon, m.anon)}
		}
	}
	return most
}

// look notes the process and all it has started. It walks the tree downwards, because reading all of /proc takes
// enough time to slow down what is measured. Where there is no /proc, it sees nothing.
func (p peaks) look(pid int) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return
	}
	if program, err := os.Readlink(filepath.Join(dir, "exe")); err == nil {
		name := filepath.Base(program)
		seen := p[name]
		p[name] = memory{max(seen.peak, kib(string(status), "VmHWM:")), max(seen.anon, kib(string(status), "RssAnon:"))}
	}
	children, _ := filepath.Glob(filepath.Join(dir, "task", "*", "children"))
	for _, file := range children {
		pids, _ := os.ReadFile(file) // a thread that has ended meanwhile has no children
		for child := range strings.FieldsSeq(string(pids)) {
			if n, err := strconv.Atoi(child); err == nil {
				p.look(n)
			}
		}
	}
}

// kib reads one field of /proc/PID/status, such as "VmHWM:     5120 kB".
func kib(status, field string) int64 {
	_, after, _ := strings.Cut(status, "\n"+field)
	words := strings.Fields(after)
	if len(words) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(words[0], 10, 64)
	return n
}
