package mech

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/zmtp"
)

var record = flag.Bool("record", false, "record testdata anew from libzmq; needs pyzmq")

// key reads a key in Z85.
func key(text string) [32]byte {
	b, err := curve.DecodeZ85(nil, []byte(text))
	if err != nil {
		panic(err)
	}
	return [32]byte(b)
}

// Key pairs of libzmq's manual.
var (
	serverSecret = key("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6")
	serverPublic = curve.Public(serverSecret)
	clientSecret = key("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs")
	clientPublic = curve.Public(clientSecret)
)

func clientSettings() *Settings {
	return &Settings{Mechanism: opt.MechCurve, Sec: opt.Sec{CurvePublicKey: clientPublic, CurvePublicSet: true, CurveSecretKey: clientSecret, CurveServerKey: serverPublic}}
}

func serverSettings() *Settings {
	return &Settings{Mechanism: opt.MechCurve, Sec: opt.Sec{Server: true, CurveSecretKey: serverSecret}}
}

// A recording is a connection with libzmq: what each side's commands and
// messages were, and what we had left to chance.
type recording struct {
	names  []string
	values map[string][]byte
}

func (r *recording) note(name string, value []byte) {
	if r.values == nil {
		r.values = make(map[string][]byte)
	}
	r.names = append(r.names, name)
	r.values[name] = bytes.Clone(value)
}

func (r *recording) save(t *testing.T, file, about string) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", about)
	for _, name := range r.names {
		fmt.Fprintf(&b, "%s %x\n", name, r.values[name])
	}
	if err := os.WriteFile(filepath.Join("testdata", file), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, file string) *recording {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	r := &recording{}
	for line := range strings.Lines(string(b)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		raw, err := hex.DecodeString(value)
		if err != nil {
			t.Fatal(err)
		}
		r.note(name, raw)
	}
	return r
}

// messages are what libzmq sends: two frames, a subscription is one of its own.
var messages = []struct {
	flags byte
	body  string
}{{zmtp.FlagMore, "hello"}, {0, strings.Repeat("world", 100)}, {0, ""}}

// TestRecordedServer replays a handshake of our client with a server of libzmq.
func TestRecordedServer(t *testing.T) {
	if *record {
		recordServer(t)
	}
	r := load(t, "curve-server.hex")
	m, err := New(clientSettings(), Local{SocketType: "DEALER", Announce: true})
	if err != nil {
		t.Fatal(err)
	}
	c := m.(*curveClient)
	c.shortSecret = [32]byte(r.values["short-secret"])
	c.shortPublic = curve.Public(c.shortSecret)
	c.greeting, _ = curve.Agree(&c.server, &c.shortSecret)
	if body, _ := m.Next(); !bytes.Equal(body, r.values["HELLO"]) {
		t.Error("HELLO differs from what libzmq had accepted")
	}
	if err := m.Process(r.values["WELCOME"]); err != nil {
		t.Fatal(err)
	}
	body, _ := m.Next()
	if len(body) != len(r.values["INITIATE"]) || !bytes.Equal(body[:113], r.values["INITIATE"][:113]) {
		t.Error("INITIATE differs from what libzmq had accepted")
	}
	if err := m.Process(r.values["READY"]); err != nil || !m.Done() {
		t.Fatal(err)
	}
	if got := fmt.Sprint(m.Peer()); got != "[{Socket-Type DEALER} {Identity }]" {
		t.Error(got)
	}
	opened(t, m.Box(), r)
	if sealed := m.Box().Seal(nil, 0, []byte("from us")); !bytes.Equal(sealed, r.values["ours"]) {
		t.Error("MESSAGE differs from what libzmq had accepted")
	}
}

// TestRecordedClient replays a handshake of our server with a client of libzmq.
func TestRecordedClient(t *testing.T) {
	if *record {
		recordClient(t)
	}
	r := load(t, "curve-client.hex")
	m, err := New(serverSettings(), Local{SocketType: "DEALER", Announce: true})
	if err != nil {
		t.Fatal(err)
	}
	s := m.(*curveServer)
	if err := m.Process(r.values["HELLO"]); err != nil {
		t.Fatal(err)
	}
	if body, _ := m.Next(); len(body) != len(r.values["WELCOME"]) {
		t.Error("WELCOME differs from what libzmq had accepted")
	}
	s.shortSecret = [32]byte(r.values["short-secret"])
	s.shortPublic = curve.Public(s.shortSecret)
	s.shared, _ = curve.Agree(&s.client, &s.shortSecret)
	s.cookie = [cookieSize]byte(r.values["cookie"])
	if err := m.Process(r.values["INITIATE"]); err != nil {
		t.Fatal(err)
	}
	if q := m.Ask(); q == nil || q.Mechanism != "CURVE" || !bytes.Equal(q.Credentials[0], clientPublic[:]) {
		t.Errorf("asks %+v", q)
	}
	m.Answer(Reply{Status: 200})
	if body, _ := m.Next(); !bytes.Equal(body, r.values["READY"]) {
		t.Error("READY differs from what libzmq had accepted")
	}
	opened(t, m.Box(), r)
	if sealed := m.Box().Seal(nil, 0, []byte("from us")); !bytes.Equal(sealed, r.values["ours"]) {
		t.Error("MESSAGE differs from what libzmq had accepted")
	}
}

// opened checks what libzmq had sealed.
func opened(t *testing.T, b Box, r *recording) {
	t.Helper()
	for i, want := range messages {
		flags, body, err := openWhole(b, r.values[fmt.Sprint("MESSAGE-", i)])
		if err != nil || flags != want.flags || string(body) != want.body {
			t.Errorf("message %d: flags %d, %q, %v", i, flags, body, err)
		}
	}
}

func openWhole(b Box, sealed []byte) (flags byte, body []byte, err error) {
	flags, size, err := b.Open(bytes.Clone(sealed))
	if err != nil {
		return 0, nil, err
	}
	body = make([]byte, size+1)
	return flags, body[:b.Read(body)], nil
}

// What libzmq does while it is recorded.
const python = `
import sys, zmq
role, port = sys.argv[1], sys.argv[2]
s = zmq.Context().socket(zmq.DEALER)
s.linger = 0
if role == "server":
    s.curve_server, s.curve_secretkey = True, b"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
    print(s.bind_to_random_port("tcp://127.0.0.1"), flush=True)
else:
    s.curve_serverkey = b"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    s.curve_publickey = b"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
    s.curve_secretkey = b"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
    s.connect("tcp://127.0.0.1:" + port)
s.send_multipart([b"hello", b"world" * 100])
s.send(b"")
print(s.recv(), flush=True)
`

func libzmq(t *testing.T, role, port string) *bufio.Reader {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "-c", python, role, port)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return bufio.NewReader(out)
}

// a wire is a connection to the libzmq that is recorded.
type wire struct {
	t *testing.T
	net.Conn
}

// greet exchanges greetings.
func greet(t *testing.T, c net.Conn) wire {
	t.Helper()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	t.Cleanup(func() { c.Close() })
	w := wire{t, c}
	w.Write(zmtp.AppendGreeting(nil, zmtp.Greeting{Major: 3, Minor: 1, Mechanism: "CURVE"}))
	w.take(zmtp.GreetingLen)
	return w
}

func (w wire) take(n int) []byte {
	w.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(w, b); err != nil {
		w.t.Fatal(err)
	}
	return b
}

// frame reads one frame and returns its body.
func (w wire) frame() []byte {
	w.t.Helper()
	head := w.take(2)
	if head[0]&zmtp.FlagLong != 0 {
		head = append(head, w.take(7)...)
	}
	_, size, _ := zmtp.ParseHeader(head)
	return w.take(int(size))
}

func (w wire) put(flags byte, body []byte) { w.Write(zmtp.AppendFrame(nil, flags, body)) }

// traffic records what follows the handshake.
func (w wire) traffic(r *recording, b Box, said *bufio.Reader) {
	w.t.Helper()
	for i := range messages {
		r.note(fmt.Sprint("MESSAGE-", i), w.frame())
	}
	ours := b.Seal(nil, 0, []byte("from us"))
	r.note("ours", ours)
	w.put(0, ours)
	if line, err := said.ReadString('\n'); line != "b'from us'\n" {
		w.t.Fatalf("libzmq received %q, %v", line, err)
	}
}

func recordServer(t *testing.T) {
	said := libzmq(t, "server", "0")
	port, _ := said.ReadString('\n')
	conn, err := net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(port))
	if err != nil {
		t.Fatal(err)
	}
	w := greet(t, conn)
	m, err := New(clientSettings(), Local{SocketType: "DEALER", Announce: true})
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	r.note("short-secret", m.(*curveClient).shortSecret[:])
	for _, names := range [][2]string{{"HELLO", "WELCOME"}, {"INITIATE", "READY"}} {
		body, _ := m.Next()
		r.note(names[0], body)
		w.put(zmtp.FlagCommand, body)
		body = w.frame()
		r.note(names[1], body)
		if err := m.Process(body); err != nil {
			t.Fatal(err)
		}
	}
	w.traffic(&r, m.Box(), said)
	r.save(t, "curve-server.hex", "A client of ours with a CURVE server of libzmq. ours is what we sealed, MESSAGE-n what libzmq did.")
}

func recordClient(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	said := libzmq(t, "client", port)
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	w := greet(t, conn)
	m, err := New(serverSettings(), Local{SocketType: "DEALER", Announce: true})
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	for _, names := range [][2]string{{"HELLO", "WELCOME"}, {"INITIATE", "READY"}} {
		if names[0] == "INITIATE" {
			r.note("short-secret", m.(*curveServer).shortSecret[:])
			r.note("cookie", m.(*curveServer).cookie[:])
		}
		body := w.frame()
		r.note(names[0], body)
		if err := m.Process(body); err != nil {
			t.Fatal(err)
		}
		if m.Ask() != nil {
			m.Answer(Reply{Status: 200})
		}
		body, _ = m.Next()
		r.note(names[1], body)
		w.put(zmtp.FlagCommand, body)
	}
	w.traffic(&r, m.Box(), said)
	r.save(t, "curve-client.hex", "A server of ours with a CURVE client of libzmq. ours is what we sealed, MESSAGE-n what libzmq did.")
}
