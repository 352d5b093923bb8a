//go:build !unix

package emulator

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

func groupAttributes() *syscall.SysProcAttr { return nil }

// signalGroup ends the process whatever the signal: there is no other here.
func signalGroup(leader *os.Process, _ syscall.Signal) { _ = leader.Kill() }

// tryLock refuses: neither emulator is known to install here.
func tryLock(*os.File) (bool, error) {
	return false, fmt.Errorf("no emulator is installed on %s: set %s to a running one", runtime.GOOS, endpointVariable)
}
