//go:build unix

package chaos

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// descriptors is how many files the process may open.
func descriptors() int {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) != nil {
		return 1024
	}
	return int(min(uint64(r.Cur), 1<<20))
}

// child is another process of this test: a role, and what it says on its
// standard output, line by line.
func child(role string) int {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	switch role {
	case "host": // one end of a link that dies
		return hostChild(ctx)
	}
	pull, err := zmq.New(zmq.Pull)
	if err != nil {
		return 1
	}
	switch role {
	case "worker": // receives until it is killed
		if err := pull.Connect(os.Getenv("ZMQ_CHAOS_ADDR")); err != nil {
			return 1
		}
		for m, err := range pull.Messages(ctx) {
			if err != nil {
				return 1
			}
			fmt.Println(m)
		}
	case "starved": // may open few files
		events := pull.Events(ctx)
		addr, err := pull.Bind("tcp://127.0.0.1:*")
		if err != nil {
			return 1
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 40, Max: 40}); err != nil {
			return 1
		}
		fmt.Println(addr)
		for ev := range events {
			if ev.Kind == zmq.EventAcceptFailed {
				fmt.Println("accept failed:", ev.Err)
				break
			}
		}
		m, err := pull.Recv(ctx)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(m)
		pull.Close()
	}
	return 0
}

// spawn starts a child; lines come on the channel until it has ended.
func spawn(t *testing.T, role string, env ...string) (*exec.Cmd, <-chan string) {
	return spawnBy(t, nil, role, env...)
}

// spawnBy is spawn by way of another command, which gets the program to run behind
// its own arguments.
func spawnBy(t *testing.T, by []string, role string, env ...string) (*exec.Cmd, <-chan string) {
	t.Helper()
	by = append(by[:len(by):len(by)], os.Args[0])
	cmd := exec.Command(by[0], by[1:]...)
	cmd.Env = append(append(os.Environ(), "ZMQ_CHAOS_ROLE="+role), env...)
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

// TestKilled: workers are killed without a farewell; the sender is not stuck,
// and who comes after gets what comes after.
func TestKilled(t *testing.T) {
	ctx := deadline(t)
	push := socket(t, zmq.Push, zmq.SendHWM.Of(10))
	addr := "tcp://" + bind(t, push)
	next := 0
	for range 4 * *scale {
		cmd, lines := spawn(t, "worker", "ZMQ_CHAOS_ADDR="+addr)
		if err := push.WaitConnected(ctx, 1); err != nil {
			t.Fatal(err)
		}
		from, last := next, -1
		for next < from+500 {
			if err := push.Send(ctx, fmt.Append(nil, next)); err != nil {
				t.Fatalf("the sender is stuck at %d: %v", next, err)
			}
			next++
		}
		for last < from+100 {
			i := -1
			fmt.Sscan(read(t, ctx, lines), &i)
			if i < from || i <= last {
				t.Fatalf("message %d after %d, the first is %d", i, last, from)
			}
			last = i
		}
		cmd.Process.Kill()
		await(t, ctx, "the loss is noticed", func() bool { return push.Stats().Peers == 0 })
	}
}

// TestStarved: a listener that can open no more files says so, lives, and
// accepts again when it can.
func TestStarved(t *testing.T) {
	ctx := deadline(t)
	_, lines := spawn(t, "starved")
	addr := read(t, ctx, lines)
	var conns []net.Conn
	for range 60 {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(addr, "tcp://"), time.Second)
		if err != nil {
			break
		}
		conns = append(conns, c)
	}
	said := read(t, ctx, lines)
	for _, c := range conns {
		c.Close()
	}
	if !strings.Contains(said, "accept failed") {
		t.Fatalf("the other process says %q", said)
	}
	t.Log(said)
	push := socket(t, zmq.Push)
	connect(t, push, strings.TrimPrefix(addr, "tcp://"))
	if err := push.Send(ctx, []byte("after all")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, ctx, lines); got != "after all" {
		t.Errorf("the other process says %q", got)
	}
}
