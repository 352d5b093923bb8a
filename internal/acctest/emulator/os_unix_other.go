//go:build unix && !linux

package emulator

import "syscall"

// groupAttributes puts a child into a process group of its own.
func groupAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
