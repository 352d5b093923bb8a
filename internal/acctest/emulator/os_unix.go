//go:build unix

package emulator

import (
	"errors"
	"os"
	"syscall"
)

// signalGroup signals a process started with groupAttributes and every process that it has started. That nobody is
// left to signal is no error.
func signalGroup(leader *os.Process, signal syscall.Signal) { _ = syscall.Kill(-leader.Pid, signal) }

// tryLock takes the lock on an open file, for this process and until the file is closed; false: another has it.
func tryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
