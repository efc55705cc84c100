package main

import (
	"net"
	"strings"
	"testing"
)

// Fault B12: the last line of a command that could not get rid of its message
// said that it is not delivered, and not why.
func TestLastLineHasTheCause(t *testing.T) {
	dir := t.TempDir()
	server, me := keygen(t, dir, "server.key"), keygen(t, dir, "me.key")
	pull := start(t, "pull", "-b", anyPort, "--curve-server", "--curve-cert", server, "--auth-certs", t.TempDir())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	for _, c := range []struct {
		endpoint        string
		flags           []string
		meanwhile, last string
	}{
		{pull.bound("bound"), []string{"--curve-server-key", server, "--curve-cert", me}, "handshake refused", "refused (400): the server does not know our key, or does not let it in"},
		{"tcp://" + ln.Addr().String(), nil, "still trying", "refused"},
	} {
		push := start(t, append([]string{"push", "-c", c.endpoint, "hello"}, c.flags...)...)
		push.says(c.meanwhile)
		push.interrupt()
		push.ends(exitInterrupted, "")
		lines := strings.Split(strings.TrimSuffix(push.stderr.String(), "\n"), "\n")
		last := lines[len(lines)-1]
		if !strings.HasPrefix(last, "zmq: 1 message is not delivered: "+c.endpoint+": ") || !strings.HasSuffix(last, c.last) {
			t.Errorf("the last line is %q, want %q at its end", last, c.last)
		}
	}
	pull.interrupt()
	pull.wait()
}
