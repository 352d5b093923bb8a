package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestTreeIsMeasured(t *testing.T) {
	cat := exec.CommandContext(t.Context(), "cat") // waits for input until the pipe is closed
	input, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	p := peaks{}
	p.look(os.Getpid())
	own := p[filepath.Base(program)]
	if own.anon < 1024 || own.peak < own.anon {
		t.Errorf("this process: %+v KiB", own)
	}
	if len(p) < 2 {
		t.Errorf("its child was not seen: %v", p)
	}
	input.Close()
	if err := cat.Wait(); err != nil {
		t.Error(err)
	}
}
