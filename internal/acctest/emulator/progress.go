package emulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Terminal reports whether what is written appears on a screen.
func Terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// reportEvery is how often a command that prints to no screen is reported to be still running.
const reportEvery = 10 * time.Second

// run runs one command of an installation. On a terminal its output is shown as it comes, progress bar and all.
// Elsewhere its last line is reported from time to time, and the end of its output goes into the error.
func (o Options) run(ctx context.Context, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var output transcript
	cmd.Stdout, cmd.Stderr = &output, &output
	report := o.say
	if Terminal(o.progress()) {
		cmd.Stdout, cmd.Stderr = o.progress(), o.progress()
		report = func(string, ...any) {}
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Run() }()
	if err := await(done, &output, report); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, output.tail(15))
	}
	return nil
}

// await waits for the end of a command and reports meanwhile that it runs.
func await(done <-chan error, output *transcript, report func(format string, args ...any)) error {
	began := time.Now()
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			report("still installing (%s) %s", time.Since(began).Round(time.Second), output.tail(1))
		case err := <-done:
			return err
		}
	}
}

// transcript keeps what a command prints.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) tail(n int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return tail(t.text.Bytes(), n)
}
