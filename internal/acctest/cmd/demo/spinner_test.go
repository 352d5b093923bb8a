package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSpinnerShowsTheTimeOnATerminalOnly(t *testing.T) {
	for terminal, want := range map[bool]string{
		true:  "\r   | 0 s\r   / 0 s\r   - 1 s\r   \\ 1 s\r   | 1 s\r\x1b[K",
		false: "",
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			spinning(&out, terminal, func() { <-time.After(1100 * time.Millisecond) })
			if out.String() != want {
				t.Errorf("terminal %t: wrote %q, want %q", terminal, &out, want)
			}
		})
	}
}

func TestStoryOnATerminal(t *testing.T) {
	s, out := newStory(t, good(), &fakeWorld{})
	s.terminal = true
	if err := s.play(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cleared := strings.Count(out.String(), "\r\x1b[K"); cleared != len(s.steps()) {
		t.Errorf("%d lines were cleared after %d steps:\n%s", cleared, len(s.steps()), out)
	}
}
