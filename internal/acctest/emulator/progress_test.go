package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLongInstallationIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var progress bytes.Buffer
		var output transcript
		failed := errors.New("no")
		done := make(chan error)
		go func() {
			fmt.Fprintln(&output, "Collecting one")
			<-time.After(15 * time.Second)
			fmt.Fprintln(&output, "Collecting two\nDownloading two")
			<-time.After(10 * time.Second)
			done <- failed
		}()
		if err := await(done, &output, Options{Progress: &progress}.say); !errors.Is(err, failed) {
			t.Errorf("error %v", err)
		}
		want := "emulator: still installing (10s) Collecting one\nemulator: still installing (20s) Downloading two\n"
		if diff := cmp.Diff(want, progress.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// The output of a command goes to a screen as it comes. Elsewhere only the error has its end.
func TestOutputOfACommand(t *testing.T) {
	var progress bytes.Buffer
	err := Options{Progress: &progress}.run(t.Context(), "/bin/sh", "-c", "echo one; echo two; exit 3")
	if err == nil || !strings.HasSuffix(err.Error(), "exit status 3\none\ntwo") || progress.Len() > 0 {
		t.Errorf("error %v, shown %q", err, &progress)
	}
}

func TestTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.Open(os.DevNull) // a character device, as a screen is
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if Terminal(&bytes.Buffer{}) || Terminal(file) || !Terminal(null) {
		t.Errorf("buffer %t, file %t, device %t", Terminal(&bytes.Buffer{}), Terminal(file), Terminal(null))
	}
}
