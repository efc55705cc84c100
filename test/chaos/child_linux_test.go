package chaos

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"testing"
)

// spawn starts a copy of this test that is one end of a link, by way of another
// command, which gets the program to run behind its own arguments. Its lines
// come on the channel until it has ended.
func spawn(t *testing.T, by []string, env ...string) (*exec.Cmd, <-chan string) {
	t.Helper()
	by = append(by[:len(by):len(by)], os.Args[0])
	cmd := exec.Command(by[0], by[1:]...)
	cmd.Env = append(append(os.Environ(), roleEnv+"=host"), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 10_000)
	ended := make(chan struct{})
	go func() { // owned by the test: see Cleanup
		defer close(ended)
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
		cmd.Wait()
	})
	return cmd, lines
}

func read(t *testing.T, ctx context.Context, lines <-chan string) string {
	t.Helper()
	select {
	case s, ok := <-lines:
		if !ok {
			t.Fatal("the other process has ended")
		}
		return s
	case <-ctx.Done():
		t.Fatal("the other process says nothing")
		return ""
	}
}
