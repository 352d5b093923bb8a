package emulator

import "syscall"

// groupAttributes puts a child into a process group of its own and ends it when its parent ends, however that happens.
func groupAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
