package gozeromq_test

import (
	"bufio"
	"os/exec"
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// TestMixed has a program that is still built with go-zeromq talk to one that has
// moved, either way: peers need not move at the same time.
func TestMixed(t *testing.T) {
	theirs, ours := original.Compile(t, "./mixed"), replaced.Compile(t, "./mixed")
	want := talk(t, theirs, theirs)
	for name, got := range map[string]string{"ours asks": talk(t, theirs, ours), "ours serves": talk(t, ours, theirs), "ours alone": talk(t, ours, ours)} {
		if got != want || len(want) < 150 {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// talk returns what the program that asks has printed.
func talk(t *testing.T, server, client string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), server, "serve")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	args := []string{"ask"}
	for lines := bufio.NewScanner(out); len(args) < 8 && lines.Scan(); {
		args = append(args, lines.Text())
	}
	text := dropin.Run(t, client, args...)
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server: %v", err)
	}
	return text
}
