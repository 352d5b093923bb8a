package emulator

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

func TestEmulatorEndsWhenItsParentIsKilled(t *testing.T) {
	temp := ownTemp(t)
	keeper := itself("keeper", "")
	keeper.Env = append(keeper.Env, "TMPDIR="+temp)
	keeper.Stderr = os.Stderr
	output, err := keeper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := keeper.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	e := &Emulator{Endpoint: strings.TrimSpace(line)}
	if err != nil || !answers(e) {
		t.Fatalf("no emulator at %q: %v", line, err)
	}
	if err := keeper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = keeper.Wait() // says only that it was killed
	waitForSilence(t, e)
}
