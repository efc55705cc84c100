//go:build unix

package interop

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

const childEnv = "ZEROTH_INTEROP_CHILD"

var buildDir string // removed by TestMain

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		runChild(os.Stdin, os.Stdout)
		os.Exit(0)
	}
	if os.Getenv(testutil.NoLibzmq) != "" {
		fmt.Fprintf(os.Stderr, "\n*** %s is set: NOTHING is tested against libzmq ***\n\n", testutil.NoLibzmq)
	}
	dir, err := os.MkdirTemp("", "zeroth-interop")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildDir = dir
	before := testutil.Snapshot()
	code := m.Run()
	if left := before.Wait(long); left != "" {
		fmt.Fprintf(os.Stderr, "FAIL: left behind after all tests:\n%s\n", left)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// peerProgram builds the libzmq peer once and returns its path.
var peerProgram = sync.OnceValues(func() (string, error) {
	return testutil.BuildC(buildDir, filepath.Join("peer", "peer.c"))
})

// needLib ends a test that cannot run without libzmq.
func needLib(t *testing.T) string {
	t.Helper()
	testutil.NeedLibzmq(t)
	bin, err := peerProgram()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// A proc is a process that makes sockets and is told what to do with them: one
// with libzmq, or one with this library. It is for one goroutine at a time.
type proc struct {
	t     *testing.T
	label string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	next  int
	ended bool
}

// startLib starts a process with libzmq.
func startLib(t *testing.T) *proc {
	t.Helper()
	return start(t, "libzmq", exec.Command(needLib(t)))
}

// startOurs starts a process with this library, for tests that kill it.
func startOurs(t *testing.T) *proc {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	return start(t, "zeroth process", cmd)
}

func start(t *testing.T, label string, cmd *exec.Cmd) *proc {
	t.Helper()
	cmd.Stderr = os.Stderr
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
	p := &proc{t: t, label: label, cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}
	t.Cleanup(p.kill)
	return p
}

// kill ends the process with SIGKILL and waits for it.
func (p *proc) kill() {
	if p.ended {
		return
	}
	p.ended = true
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// pause stops the process as a suspended machine would be; resume goes on.
func (p *proc) pause()  { p.cmd.Process.Signal(syscall.SIGSTOP) }
func (p *proc) resume() { p.cmd.Process.Signal(syscall.SIGCONT) }

// call gives one command and returns the answer and the error's name.
func (p *proc) call(words ...string) (answer, fault string) {
	p.t.Helper()
	line := strings.Join(words, " ")
	stuck := time.AfterFunc(time.Minute, func() { p.cmd.Process.Kill() })
	defer stuck.Stop()
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		p.t.Fatalf("%s, %.80q: %v", p.label, line, err)
	}
	text, err := p.out.ReadString('\n')
	if err != nil {
		p.t.Fatalf("%s, %.80q: no answer: %v", p.label, line, err)
	}
	text = strings.TrimSuffix(text, "\n")
	if rest, ok := strings.CutPrefix(text, "ok"); ok {
		return strings.TrimPrefix(rest, " "), ""
	}
	fault, ok := strings.CutPrefix(text, "err ")
	if !ok {
		p.t.Fatalf("%s, %.80q: %q", p.label, line, text)
	}
	return "", fault
}

func (p *proc) name() string { return p.label }

func (p *proc) socket(t *testing.T, typ zmq.Type) sock {
	t.Helper()
	p.t = t // who is at fault from now on
	s := &procSock{p: p, id: strconv.Itoa(p.next % 256)}
	p.next++
	if _, fault := p.call("new", s.id, strconv.Itoa(int(typ))); fault != "" {
		t.Fatalf("%s: new %v: %s", p.label, typ, fault)
	}
	return s
}

// procSock is a socket in a process.
type procSock struct {
	p    *proc
	id   string
	gone bool
}

func (s *procSock) do(verb string, args ...string) string {
	_, fault := s.p.call(append([]string{verb, s.id}, args...)...)
	return fault
}

func (s *procSock) bind(ep string) string       { return s.do("bind", ep) }
func (s *procSock) connect(ep string) string    { return s.do("connect", ep) }
func (s *procSock) unbind(ep string) string     { return s.do("unbind", ep) }
func (s *procSock) disconnect(ep string) string { return s.do("disconnect", ep) }

func (s *procSock) num(opt string, v int64) string {
	o := optionByName(opt)
	return s.do("set"+o.kind, strconv.Itoa(o.id), strconv.FormatInt(v, 10))
}

func (s *procSock) text(opt, v string) string {
	return s.do("setb", strconv.Itoa(optionByName(opt).id), enc(v))
}

func (s *procSock) getNum(opt string) (int64, string) {
	o := optionByName(opt)
	text, fault := s.p.call("get"+o.kind, s.id, strconv.Itoa(o.id))
	n, _ := strconv.ParseInt(text, 10, 64)
	return n, fault
}

func (s *procSock) getText(opt string) (string, string) {
	text, fault := s.p.call("getb", s.id, strconv.Itoa(optionByName(opt).id))
	return dec(text), fault
}

func (s *procSock) endpoint() string {
	text, _ := s.getText("LAST_ENDPOINT")
	return strings.TrimSuffix(text, "\x00")
}

func (s *procSock) send(ms int, frames ...string) string {
	args := []string{strconv.Itoa(ms)}
	for _, f := range frames {
		args = append(args, enc(f))
	}
	return s.do("send", args...)
}

func (s *procSock) count(args ...string) int {
	text, fault := s.p.call(args...)
	n, err := strconv.Atoi(text)
	if fault != "" || err != nil {
		s.p.t.Helper()
		s.p.t.Fatalf("%s, %v: %s %v", s.p.label, args, fault, err)
	}
	return n
}

func (s *procSock) flood(n, ms int, frame string) int {
	return s.count("flood", s.id, strconv.Itoa(n), strconv.Itoa(ms), enc(frame))
}

func (s *procSock) number(from, n, ms int) int {
	return s.count("number", s.id, strconv.Itoa(from), strconv.Itoa(n), strconv.Itoa(ms))
}

func (s *procSock) drain(ms int) int { return s.count("drain", s.id, strconv.Itoa(ms)) }

func (s *procSock) recv(ms int) ([]string, string) {
	text, fault := s.p.call("recv", s.id, strconv.Itoa(ms))
	if fault != "" {
		return nil, fault
	}
	frames := strings.Split(text, " ")
	for i, f := range frames {
		frames[i] = dec(f)
	}
	return frames, ""
}

// gets is zmq_msg_gets of the last message.
func (s *procSock) gets(property string) (string, string) {
	text, fault := s.p.call("gets", s.id, property)
	return dec(text), fault
}

func (s *procSock) monitor() {
	if fault := s.do("monitor"); fault != "" {
		s.p.t.Fatal("monitor: ", fault)
	}
}

// event waits for an event of that number and returns its value.
func (s *procSock) event(number int) int {
	s.p.t.Helper()
	for {
		text, fault := s.p.call("event", s.id, strconv.Itoa(longMs))
		if fault != "" {
			s.p.t.Fatalf("%s: waiting for event %#x: %s", s.p.label, number, fault)
		}
		var n, value int
		fmt.Sscan(text, &n, &value)
		if n == number {
			return value
		}
	}
}

// anyEvent waits for one of several events and returns its number.
func (s *procSock) anyEvent(numbers ...int) int {
	s.p.t.Helper()
	for {
		text, fault := s.p.call("event", s.id, strconv.Itoa(longMs))
		if fault != "" {
			s.p.t.Fatalf("%s: waiting for one of %#x: %s", s.p.label, numbers, fault)
		}
		var n, value int
		fmt.Sscan(text, &n, &value)
		if slices.Contains(numbers, n) {
			return n
		}
	}
}

// close closes with whatever LINGER says; the process goes on.
func (s *procSock) close() {
	if !s.gone && !s.p.ended {
		s.gone = true
		s.do("close")
	}
}

// patterned is the size from which frames are told by their pattern.
const patterned = 4096

func enc(s string) string {
	if s == "" {
		return "-"
	}
	if len(s) >= patterned && s == blob(len(s)) {
		return fmt.Sprint("@", len(s))
	}
	return hex.EncodeToString([]byte(s))
}

func dec(s string) string {
	if s == "-" {
		return ""
	}
	if size, ok := strings.CutPrefix(s, "@"); ok {
		n, _ := strconv.Atoi(size)
		return blob(n)
	}
	b, _ := hex.DecodeString(s)
	return string(b)
}

var (
	blobMu sync.Mutex
	blobs  = map[int]string{}
)

// blob is the pattern of n bytes, which differs from place to place and from
// size to size.
func blob(n int) string {
	blobMu.Lock()
	defer blobMu.Unlock()
	if s, ok := blobs[n]; ok {
		return s
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8 + n)
	}
	blobs[n] = string(b)
	return blobs[n]
}
