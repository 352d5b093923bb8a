package bucket

import "testing"

func TestLogPrefix(t *testing.T) {
	for prefix, want := range map[string]string{"": "b.c/", "logs": "logs/b.c/", "logs/": "logs/b.c/", "a/b": "a/b/b.c/"} {
		if got := LogPrefix(prefix, "b.c"); got != want {
			t.Errorf("LogPrefix(%q): %q, want %q", prefix, got, want)
		}
	}
}
