package emulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// program is how one kind of emulator is run.
type program struct {
	kind     Kind
	account  string
	health   string        // path that answers 200 when it is ready
	readyLog string        // text that its log has when it is ready
	patience time.Duration // for it to become ready
	grace    time.Duration // between the polite and the hard end
	command  func(addr, dir string) *exec.Cmd

	key, secret string // root's; "" for those of the emulators of AWS

	// first is a program, the IAM service of a store, that has to run before this one; with gives the command then.
	first *program
	with  func(first *Emulator) func(addr, dir string) *exec.Cmd
}

// portTries bounds the starts whose port somebody else took between our choice and the emulator's use of it.
const portTries = 5

// inUse is in the log of every program that did not get its port. LocalStack does not end then, and whoever has the
// port may answer the health check in its place; so the log decides.
const inUse = "address already in use"

var errPortTaken = errors.New("its port was taken by another program")

func (p program) start(ctx context.Context, opts Options) (*Emulator, error) {
	if p.first != nil {
		first, err := p.first.start(ctx, opts)
		if err != nil {
			return nil, err
		}
		p.command, p.first = p.with(first), nil
		e, err := p.start(ctx, opts)
		if err != nil {
			return nil, errors.Join(err, first.Stop())
		}
		e.first, e.IAM = first, first.Endpoint
		return e, nil
	}
	var err error
	for range portTries {
		var e *Emulator
		if e, err = p.try(ctx, opts); err == nil {
			return e, nil
		}
		if !errors.Is(err, errPortTaken) {
			break
		}
	}
	return nil, fmt.Errorf("starting %s: %w", p.kind, err)
}

// try starts the program once on a port that was free a moment ago.
func (p program) try(ctx context.Context, opts Options) (*Emulator, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "spinup-"+string(p.kind)+"-")
	if err != nil {
		return nil, err
	}
	e := &Emulator{
		Kind: p.kind, Endpoint: "http://" + addr, AccountID: p.account, dir: dir, grace: p.grace,
		Key: cmp.Or(p.key, rootKey), Secret: cmp.Or(p.secret, rootKey),
	}
	if !p.kind.IsStore() {
		e.IAM = e.Endpoint
	}
	e.stop = sync.OnceValue(e.end)

	cmd := p.command(addr, dir)
	cmd.Env = append(append(environWithoutAWS(), cmd.Env...), opts.Env...)
	if e.child, err = startChild(cmd, e.logPath()); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := p.awaitReady(ctx, e); err != nil {
		e.child.kill()
		if errors.Is(err, errPortTaken) || ctx.Err() != nil { // nothing to learn from the log
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		return nil, fmt.Errorf("%w; its log is %s and ends with:\n%s", err, e.logPath(), e.LogTail(15))
	}
	return e, nil
}

// freeAddress returns a loopback address whose port nobody uses.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (p program) awaitReady(ctx context.Context, e *Emulator) error {
	ctx, cancel := context.WithTimeoutCause(ctx, p.patience, fmt.Errorf("not ready after %s", p.patience))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		status, err := get(ctx, e.Endpoint+p.health)
		log, _ := os.ReadFile(e.logPath()) // unreadable is the same as empty: not ready
		switch {
		case strings.Contains(strings.ToLower(string(log)), inUse):
			return errPortTaken
		case e.child.ended():
			return fmt.Errorf("it ended at once (%s)", e.child.cmd.ProcessState)
		case err == nil && status == http.StatusOK && strings.Contains(string(log), p.readyLog):
			return nil
		}
		select {
		case <-tick.C:
		case <-e.child.exited:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Stop ends the emulator with everything it started, and deletes its log unless KeepLog was called. An emulator that
// had ended by itself before is an error; its log is kept and named. An External one is left alone. Further calls
// return what the first returned.
func (e *Emulator) Stop() error {
	if e.child == nil {
		return nil
	}
	return e.stop()
}

func (e *Emulator) end() error {
	if e.first != nil {
		defer func() { _ = e.first.Stop() }() // it keeps its own log if it ended by itself
	}
	if e.child.ended() {
		e.child.kill()
		return fmt.Errorf("%s ended by itself (%s); its log is %s", e.Kind, e.child.cmd.ProcessState, e.KeepLog())
	}
	e.child.terminate(e.grace)
	if e.keep.Load() {
		return nil
	}
	return os.RemoveAll(e.dir)
}

// child is a running program in a process group of its own, so that the interrupt key does not reach it before those
// who still need it have ended.
type child struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed once it was waited for: cmd.ProcessState is set
}

func startChild(cmd *exec.Cmd, logPath string) (*child, error) {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own copy
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = groupAttributes()
	c := &child{cmd: cmd, exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		// Linux's parent-death signal comes when the *thread* that started the child ends, so this goroutine keeps its
		// thread to itself until the child has ended.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in cmd.ProcessState
		}
		close(c.exited)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return c, nil
}

func (c *child) ended() bool {
	select {
	case <-c.exited:
		return true
	default:
		return false
	}
}

// terminate asks the child to end and makes it when it has not within the grace time.
func (c *child) terminate(grace time.Duration) {
	signalGroup(c.cmd.Process, syscall.SIGTERM)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-c.exited:
	case <-timer.C:
	}
	c.kill()
}

// kill ends the child and whatever it has left behind in its group, and waits until it is gone.
func (c *child) kill() {
	signalGroup(c.cmd.Process, syscall.SIGKILL)
	<-c.exited
}
