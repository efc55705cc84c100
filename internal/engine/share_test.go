package engine

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// blockedIn waits until n goroutines wait in a function of that name.
func blockedIn(t *testing.T, function string, n int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		buf := make([]byte, 1<<20)
		buf = buf[:runtime.Stack(buf, true)]
		found := 0
		for stack := range strings.SplitSeq(string(buf), "\n\n") {
			head, _, _ := strings.Cut(stack, "\n")
			if strings.Contains(head, "[chan send") && strings.Contains(stack, "."+function+"(") {
				found++
			}
		}
		if found == n {
			return
		}
	}
	t.Fatalf("there are never %d goroutines that wait in %s", n, function)
}

// takePlaces leaves none to the readers, until the function that it returns.
func takePlaces() (giveBack func()) {
	for range cap(places) {
		places <- struct{}{}
	}
	return func() {
		for range cap(places) {
			<-places
		}
	}
}

// Fault C10: a reader that acts on many commands needs one of a few places to go
// on, whatever the commands are; one that reads messages needs none.
func TestCommandsNeedAPlace(t *testing.T) {
	for name, command := range map[string]func(int) []byte{
		"SUBSCRIBE": func(i int) []byte { return zmtp.AppendSubscribe(nil, fmt.Append(nil, i)) },
		"PING":      func(int) []byte { return zmtp.AppendPing(nil, 0, nil) },
		"unknown":   func(int) []byte { return zmtp.AppendCommand(nil, "WHAT") },
		"large":     func(int) []byte { return zmtp.AppendSubscribe(nil, []byte(letters(10_000))) },
		"message":   func(int) []byte { return v2(0, "\x01topic") }, // of older peers
		"1.0":       func(int) []byte { return v1(0, "\x01topic") },
	} {
		giveBack := takePlaces()
		cfg := config()
		cfg.Publishes = true
		flooded := start(t, cfg, newSock(t, pipe.Marks{}))
		frame := v2
		if name == "1.0" {
			frame = v1
			flooded.write(v1(0, ""))
		} else {
			flooded.shake()
		}
		var all []byte
		for i := range 10 * slice {
			all = append(all, command(i)...)
		}
		wrote := make(chan struct{})
		go func() { // waited for below
			defer close(wrote)
			flooded.conn.Write(append(all, frame(0, "last")...))
		}()
		blockedIn(t, "spend", 1)
		quiet := start(t, config(), newSock(t, pipe.Marks{}))
		quiet.shake()
		quiet.write(v2(0, "message"))
		if got := quiet.recv(); got != "message" {
			t.Errorf("%s: received %q", name, got)
		}
		if n := len(flooded.all()); n > slice {
			t.Errorf("%s: %d commands acted on without a place", name, n)
		}
		giveBack()
		for flooded.recv() != "last" {
		}
		<-wrote
		for _, r := range []*run{flooded, quiet} {
			r.conn.Close()
			r.over()
		}
	}
	if len(places) > 0 {
		t.Errorf("%d places are held for good", len(places))
	}
}

// Those who wait for a place get it in turn, and who has had it for long enough
// waits again.
func TestPlacesGoRound(t *testing.T) {
	giveBack := takePlaces()
	var one, other share
	one.held = true // one of those taken
	had := false
	done := make(chan struct{})
	go func() { // waited for below
		defer close(done)
		for range slice {
			other.spend(1)
		}
		had = true
		other.leavePlace()
	}()
	blockedIn(t, "spend", 1)
	for range slice {
		one.spend(1)
	}
	if !had {
		t.Error("one reader went on while another waited for its turn")
	}
	<-done
	giveBack() // the last of them is what one holds
}

// A reader that waits for its program holds no place.
func TestNoPlaceWhileFull(t *testing.T) {
	r := start(t, config(), newSock(t, pipe.Marks{Recv: 1}))
	r.shake()
	var all []byte
	for i := range 3 * slice {
		all = append(all, zmtp.AppendPing(nil, 0, nil)...)
		all = append(all, v2(0, fmt.Sprint(i))...)
	}
	wrote := make(chan struct{})
	go func() { // waited for below
		defer close(wrote)
		r.conn.Write(all)
	}()
	for i := range 3 * slice {
		takePlaces()() // they come free, whatever the reader waits for
		if got := r.recv(); got != fmt.Sprint(i) {
			t.Fatalf("received %q in place of %d", got, i)
		}
	}
	<-wrote
	r.conn.Close()
	r.over()
}

// Fault A1, its kind: what has come and is not read yet is heard. Here the reader
// waits for a place, otherwise for a processor.
func TestUnreadInputIsHeard(t *testing.T) {
	if !canReadNow {
		return // nobody tells
	}
	giveBack := takePlaces()
	cfg := config()
	cfg.Wire.HeartbeatIvl, cfg.Wire.HeartbeatTimeout = 20*time.Millisecond, 0
	r := start(t, cfg, newSock(t, pipe.Marks{}))
	p := r.shake()
	var all []byte
	for i := range 100_000 {
		if i == slice-2 { // it waits for a place behind this
			all = append(all, zmtp.AppendPing(nil, 1, nil)...) // more within 100 ms
		}
		all = append(all, zmtp.AppendCommand(nil, "WHAT")...)
	}
	wrote := make(chan struct{})
	go func() { // waited for below
		defer close(wrote)
		r.conn.Write(append(all, v2(0, "last")...))
	}()
	blockedIn(t, "spend", 1)
	for range 12 { // each 20 ms after the other
		if _, body, err := p.ReadFrame(); err != nil || !strings.HasSuffix(string(body[:5]), "PING") && !strings.HasSuffix(string(body[:5]), "PONG") {
			t.Fatalf("%q, %v", body, err)
		}
	}
	giveBack()
	if got := r.recv(); got != "last" {
		t.Errorf("received %q", got)
	}
	<-wrote
	r.conn.Close()
	r.over()
}
