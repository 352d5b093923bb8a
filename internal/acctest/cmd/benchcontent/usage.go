package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what a process took.
type usage struct {
	Program string        `json:"program"`
	CPU     time.Duration `json:"cpu"`
	Peak    int64         `json:"peak"` // KiB that were resident
	Own     time.Duration `json:"own"`  // CPU of this program, which stood around it
}

// Variables of the environment by which this program is told to run another one and to write down what it took. So the
// provider is measured exactly, although terraform starts it: this program stands in its place.
const (
	programVariable = "SPINUP_BENCH_PROGRAM"
	ledgerVariable  = "SPINUP_BENCH_LEDGER"
)

// standIn runs the program in the place of this one, and returns its exit code.
func standIn(program string) int {
	ledger := os.Getenv(ledgerVariable)
	cmd := exec.Command(program, os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, programVariable+"=") && !strings.HasPrefix(variable, ledgerVariable+"=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	err := cmd.Run()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "benchcontent:", err)
		return 1
	}
	if err := note(ledger, usageOf(cmd)); err != nil {
		fmt.Fprintln(os.Stderr, "benchcontent:", err)
		return 1
	}
	return cmd.ProcessState.ExitCode()
}

// usageOf is what a command took that has ended.
func usageOf(cmd *exec.Cmd) usage {
	u := usage{
		Program: filepath.Base(cmd.Path), CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
	}
	if all, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = all.Maxrss
	}
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err == nil {
		u.Own = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	}
	return u
}

// note adds a line to the ledger. One write of a line is not mixed with those of others.
func note(ledger string, u usage) error {
	line, err := json.Marshal(u)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(ledger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// total reads a ledger: the CPU of all processes together, the peak of the largest.
func total(ledger string) (usage, error) {
	text, err := os.ReadFile(ledger)
	if errors.Is(err, os.ErrNotExist) {
		return usage{}, nil
	}
	if err != nil {
		return usage{}, err
	}
	var sum usage
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var one usage
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return usage{}, fmt.Errorf("%s: %w", ledger, err)
		}
		sum.Program = one.Program
		sum.CPU, sum.Own, sum.Peak = sum.CPU+one.CPU, sum.Own+one.Own, max(sum.Peak, one.Peak)
	}
	return sum, nil
}

// taken is what a command took: of the program that does the work, and of terraform where that started it.
type taken struct {
	wall            time.Duration
	work, terraform usage
	output          string
}

// measure runs a command, with this program in the place of the one that does the work. An exit code other than 0 is an
// error.
func measure(ctx context.Context, cmd *exec.Cmd, program string) (taken, error) {
	dir, err := os.MkdirTemp("", "spinup-bench-ledger-")
	if err != nil {
		return taken{}, err
	}
	defer os.RemoveAll(dir)
	ledger := filepath.Join(dir, "ledger")
	cmd.Env = append(cmd.Env, programVariable+"="+program, ledgerVariable+"="+ledger)
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return taken{}, err
	}
	peak := watch(cmd.Process.Pid)
	err = cmd.Wait()
	out := taken{wall: time.Since(start), output: output.String()}
	around := usageOf(cmd)
	around.Peak = peak()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return out, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out.output)
	}
	if out.work, err = total(ledger); err != nil {
		return out, err
	}
	out.terraform = usage{Program: around.Program, CPU: around.CPU - out.work.CPU - out.work.Own, Peak: around.Peak}
	return out, nil
}

// watch looks at a process until the returned function is called, which gives the most that was resident, in KiB. Where
// there is no /proc, that is 0.
func watch(pid int) func() int64 {
	tick := time.NewTicker(50 * time.Millisecond)
	stop, done := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		for {
			select {
			case <-tick.C:
				status, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
				_, after, _ := strings.Cut(string(status), "\nVmHWM:")
				if words := strings.Fields(after); len(words) > 0 {
					kib, _ := strconv.ParseInt(words[0], 10, 64)
					most = max(most, kib)
				}
			case <-stop:
				done <- most
				return
			}
		}
	}()
	return func() int64 {
		tick.Stop()
		close(stop)
		return <-done
	}
}
