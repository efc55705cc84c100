package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPushPull(t *testing.T) {
	pull := start(t, "pull", "--bind", anyPort, "--count", "5")
	at := pull.bound("bound")
	startWith(t, strings.NewReader("one\ntwo\n\nlast"), nil, "push", "--connect", at).ends(0, "")
	start(t, "push", "--connect", at, "argument").ends(0, "")
	pull.ends(0, "one\ntwo\n\nlast\nargument\n")
}

func TestManyEndpoints(t *testing.T) {
	a := start(t, "pull", "-b", anyPort, "-n", "3")
	b := start(t, "pull", "-b", anyPort, "-n", "3")
	push := start(t, "push", "-c", a.bound("bound"), "-c", b.bound("bound"), "-b", anyPort, "-w", "2", "-n", "6", "x", "y")
	push.ends(0, "")
	a.ends(0, "x\nx\nx\n") // in turn
	b.ends(0, "y\ny\ny\n")
}

func TestCount(t *testing.T) {
	pull := start(t, "pull", "-b", anyPort, "-n", "4")
	at := pull.bound("bound")
	start(t, "push", "-c", at, "-n", "3", "-i", "1ms", "a", "b").ends(0, "")
	startWith(t, strings.NewReader("c\nd\n"), nil, "push", "-c", at, "-n", "1").ends(0, "")
	pull.ends(0, "a\nb\na\nc\n")
}

func TestManyMessages(t *testing.T) {
	const n = 20000
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "line %d\n", i)
	}
	pull := start(t, "pull", "-b", anyPort, "-n", fmt.Sprint(n), "--stats")
	push := startWith(t, strings.NewReader(lines.String()), nil, "push", "-c", pull.bound("bound"), "--stats")
	push.ends(0, "")
	pull.ends(0, lines.String())
	push.says("sent 20000 messages, 189 kB")
	pull.says("received 20000 messages, 189 kB")
}

func TestSendRecv(t *testing.T) {
	recv := start(t, "recv", "-T", "sub", "--topic", "b", "-b", anyPort, "-n", "2")
	start(t, "send", "-T", "pub", "-c", recv.bound("bound"), "-w", "1", "--wait-topic", "b", "a1", "b1", "a2", "b2").ends(0, "")
	recv.ends(0, "b1\nb2\n")
	recv = start(t, "recv", "-b", anyPort, "-n", "1")
	start(t, "send", "-c", recv.bound("bound"), "pushed").ends(0, "")
	recv.ends(0, "pushed\n")
}

func TestPubSub(t *testing.T) {
	pub := startWith(t, strings.NewReader("goal 1\ncorner\nred card\ngoal 2\n"), nil, "pub", "-b", anyPort, "-w", "2")
	at := pub.bound("bound")
	all := start(t, "sub", "-c", at, "-n", "4")
	some := start(t, "sub", "-c", at, "-n", "3", "--topic", "goal", "--topic", "red")
	all.ends(0, "goal 1\ncorner\nred card\ngoal 2\n")
	some.ends(0, "goal 1\nred card\ngoal 2\n")
	pub.ends(0, "")
}

func TestReqRep(t *testing.T) {
	for _, c := range []struct{ rep, stdin, want string }{
		{"--echo", "", "one\ntwo\n"},
		{"--reply=I am OK!", "", "I am OK!\nI am OK!\n"},
		{"--hex", "6869\n796f\n", "hi\nyo\n"}, // replies are lines of standard input
	} {
		rep := startWith(t, strings.NewReader(c.stdin), nil, "rep", "-b", anyPort, "-n", "2", c.rep)
		start(t, "req", "-c", rep.bound("bound"), "one", "two").ends(0, c.want)
		want := "one\ntwo\n"
		if c.rep == "--hex" {
			want = "6f6e65\n74776f\n"
		}
		rep.ends(0, want)
	}
}

func TestRepRunsOutOfReplies(t *testing.T) {
	rep := startWith(t, strings.NewReader("only\n"), nil, "rep", "-b", anyPort)
	start(t, "req", "-c", rep.bound("bound"), "-t", "2s", "one", "two").ends(exitTimeout, "only\n")
	rep.ends(0, "one\ntwo\n")
}

func TestRouterDealer(t *testing.T) {
	in, out := io.Pipe()
	router := startWith(t, in, nil, "router", "-b", anyPort, "-n", "2")
	at := router.bound("bound")
	alice := start(t, "dealer", "-c", at, "-o", "ROUTING_ID=alice", "-n", "1", "hello")
	router.prints("alice\thello\n")
	odd := start(t, "dealer", "-c", at, "-o", "ROUTING_ID=\x01\t", "-n", "1", "odd")
	router.prints("0x0109\todd\n")
	io.WriteString(out, "0x0109\tfor\tthe odd\nalice\tfor alice\n")
	out.Close()
	alice.ends(0, "for alice\n")
	odd.ends(0, "for\tthe odd\n")
	if got := router.wait(); got != 0 {
		t.Errorf("router: exit code %d", got)
	}
}

func TestRouterWithoutRoute(t *testing.T) {
	router := startWith(t, strings.NewReader("nobody\thello\n"), nil, "router", "-b", anyPort, "-n", "1")
	router.ends(exitFailure, "")
	router.says("no peer has that id")
}

func TestPair(t *testing.T) {
	a := startWith(t, strings.NewReader("a1\na2\n"), nil, "pair", "-b", anyPort, "-n", "2")
	b := start(t, "pair", "-c", a.bound("bound"), "-n", "2", "b1", "b2")
	a.ends(0, "b1\nb2\n")
	b.ends(0, "a1\na2\n")
}

func TestXPubXSub(t *testing.T) {
	xpub := start(t, "xpub", "-b", anyPort, "-n", "1", "--format", "quoted", "-w", "1", "goal 1", "corner")
	xsub := start(t, "xsub", "-c", xpub.bound("bound"), "--input", "quoted", "-n", "1", `"\x01goal"`)
	xpub.ends(0, `"\x01goal"`+"\n")
	xsub.ends(0, "goal 1\n")
}

// An XSUB's subscriptions are messages, which --topic writes.
func TestXSubTopic(t *testing.T) {
	for _, args := range [][]string{{"xsub", "--topic", "goal", "-n", "1"}, {"recv", "--type", "xsub", "--topic", "goal", "-n", "1"}} {
		xpub := start(t, "xpub", "-b", anyPort, "-n", "1", "--format", "quoted", "-w", "1", "goal 1", "corner")
		xsub := startWith(t, strings.NewReader(""), nil, append(args, "-c", xpub.bound("bound"))...)
		xpub.ends(0, `"\x01goal"`+"\n")
		xsub.ends(0, "goal 1\n")
	}
}

func TestStream(t *testing.T) {
	in, out := io.Pipe()
	stream := startWith(t, in, nil, "stream", "-b", anyPort, "-n", "2") // the connection, and a line
	conn, err := net.Dial("tcp", strings.TrimPrefix(stream.bound("bound"), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "plain")
	stream.prints("\tplain\n")
	id, _, _ := strings.Cut(stream.stdout.String(), "\t")
	io.WriteString(out, id+"\tanswer!\n")
	out.Close()
	if b, err := bufio.NewReader(conn).ReadString('!'); err != nil || b != "answer!" {
		t.Errorf("%q, %v", b, err)
	}
	conn.Close() // the command waits for that
	stream.ends(0, id+"\t\n"+id+"\tplain\n")
}

func TestProxy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "endpoints")
	proxy := start(t, "proxy", "queue", "--front", anyPort, "--back", anyPort, "--capture", anyPort, "--endpoint-file", file, "--stats")
	front, back, capture := proxy.bound("front bound"), proxy.bound("back bound"), proxy.bound("capture bound")
	spy := start(t, "sub", "-c", capture, "-n", "2", "--format", "json", "-v")
	spy.says("handshake done")
	rep := start(t, "rep", "-c", back, "--echo", "-n", "1")
	start(t, "req", "-c", front, "through").ends(0, "through\n")
	rep.ends(0, "through\n")
	proxy.interrupt()
	proxy.ends(0, "")
	b, err := os.ReadFile(file)
	if want := front + "\n" + back + "\n" + capture + "\n"; err != nil || string(b) != want {
		t.Errorf("endpoint file: %q, %v; want %q", b, err, want)
	}
}

func TestProxyStreamer(t *testing.T) {
	proxy := start(t, "proxy", "streamer", "--front", anyPort, "--back", anyPort, "-w", "2")
	a := start(t, "pull", "-c", proxy.bound("back bound"), "-n", "2")
	b := start(t, "pull", "-c", proxy.bound("back bound"), "-n", "2")
	start(t, "push", "-c", proxy.bound("front bound"), "-n", "4", "x").ends(0, "")
	a.ends(0, "x\nx\n")
	b.ends(0, "x\nx\n")
}

func TestProxyForwarder(t *testing.T) {
	proxy := start(t, "proxy", "forwarder", "--front", anyPort, "--back", anyPort)
	sub := start(t, "sub", "-c", proxy.bound("back bound"), "--topic", "goal", "-n", "1")
	start(t, "pub", "-c", proxy.bound("front bound"), "-w", "1", "--wait-topic", "goal", "foul", "goal").ends(0, "")
	sub.ends(0, "goal\n")
}

func TestProxyFor(t *testing.T) {
	start(t, "proxy", "queue", "--front", anyPort, "--back", anyPort, "--for", "1ms").ends(0, "")
}
