//go:build unix

package acctest

import (
	"os/exec"
	"syscall"
	"time"
)

// Kill starts a command and kills it, terraform and provider at once, as soon as it is due. It reports whether the
// command was still running.
func (tf *Terraform) Kill(due func() bool, args ...string) (killed bool) {
	tf.t.Helper()
	cmd := tf.cli().Command(tf.t.Context(), args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the provider is in the group of its terraform
	if err := cmd.Start(); err != nil {
		tf.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	if !until(due, ended) {
		return false
	}
	kill(cmd)
	<-ended
	return true
}

// until waits until it is due, and reports whether that came before the end.
func until(due func() bool, ended <-chan struct{}) bool {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for !due() {
		select {
		case <-ended:
			return false
		case <-ticker.C:
		}
	}
	return true
}

func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
