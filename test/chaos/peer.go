//go:build linux

package chaos

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// A workshop has what peers are made of: the C program, built for both
// libraries, and our library. What is in it is made when it is first needed.
type workshop struct {
	dir    string
	sides  string // see Plan
	ours   func() error
	system func() (string, error)
}

// newWorkshop makes one in a folder that the caller removes. It is used in the
// folder of this package, or below the top of the module.
func newWorkshop(dir string) *workshop {
	w := &workshop{dir: dir}
	w.ours = sync.OnceValue(func() error {
		if out, err := exec.Command(filepath.Join(w.top(), "scripts", "libzmq"), dir).CombinedOutput(); err != nil {
			return fmt.Errorf("scripts/libzmq: %v\n%s", err, out)
		}
		return nil
	})
	w.system = sync.OnceValues(func() (string, error) {
		return testutil.BuildC(dir, filepath.Join(w.top(), "test", "chaos", "peer", "bridge.c"))
	})
	return w
}

// top is the module's folder.
func (w *workshop) top() string {
	for dir := "."; ; dir = filepath.Join("..", dir) {
		if _, err := os.Stat(filepath.Join(dir, "scripts", "libzmq")); err == nil || len(dir) > 30 {
			return dir
		}
	}
}

// command is how a process of a face is started.
func (w *workshop) command(side string) (*exec.Cmd, error) {
	if side == "go" || side == "zmq4" {
		return child(side)
	}
	program, err := w.system()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program)
	if side == "c" {
		if err := w.ours(); err != nil {
			return nil, err
		}
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Join(w.dir, "lib"))
	}
	return cmd, nil
}

// child is this program in a role.
func child(role string) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), roleEnv+"="+role, "GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	return cmd, nil
}

// A peer is a process with a socket, as the harness has it.
type peer struct {
	side    string
	cmd     *exec.Cmd
	replies chan string
	refused atomic.Int64  // messages that it could not send
	done    chan struct{} // closed when it has ended, and all that it said was heard
	errors  bytes.Buffer  // of its standard error; after done

	mu   sync.Mutex // of in
	in   *bufio.Writer
	pipe *os.File // under in
}

// replyTime bounds how long a peer takes to do what it is told.
const replyTime = 30 * time.Second

// start starts a process; on is called for every message that it receives, by
// one goroutine. space is a network namespace, "" for ours.
func (w *workshop) start(side, space string, on func(p *peer, conn uint64, frames [][]byte)) (*peer, error) {
	cmd, err := w.command(side)
	if err != nil {
		return nil, err
	}
	if space != "" {
		cmd.Args = append([]string{"ip", "netns", "exec", space, cmd.Path}, cmd.Args[1:]...)
		if cmd.Path, err = exec.LookPath("ip"); err != nil {
			return nil, err
		}
	}
	p := &peer{side: side, cmd: cmd, replies: make(chan string, 1), done: make(chan struct{})}
	cmd.Stderr = &p.errors
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if cmd.Stdin, p.pipe, err = os.Pipe(); err != nil {
		return nil, err
	}
	p.in = bufio.NewWriterSize(p.pipe, 64<<10)
	err = cmd.Start()
	cmd.Stdin.(*os.File).Close()
	if err != nil {
		p.pipe.Close()
		return nil, err
	}
	go p.hear(bufio.NewReaderSize(out, 256<<10), on) // owned by p: see kill
	return p, nil
}

func (p *peer) hear(r *bufio.Reader, on func(*peer, uint64, [][]byte)) {
	defer close(p.done)
	defer p.pipe.Close()
	defer p.cmd.Wait()
	for {
		kind, body, err := readRecord(r)
		if err != nil {
			return
		}
		switch kind {
		case saidReply:
			p.replies <- string(body)
		case saidRefused:
			p.refused.Add(1)
		case saidMessage:
			if frames, err := parseFrames(body[8:]); err == nil && on != nil {
				on(p, binary.BigEndian.Uint64(body), frames)
			}
		}
	}
}

var errEnded = errors.New("the process has ended")

// do tells the peer to do something and returns its answer.
func (p *peer) do(kind byte, text string) (string, error) {
	if err := p.write(kind, []byte(text)); err != nil {
		return "", fmt.Errorf("%s, %c %.60q: %w", p.side, kind, text, err)
	}
	select {
	case s := <-p.replies:
		if why, bad := strings.CutPrefix(s, "!"); bad {
			return "", fmt.Errorf("%s, %c %.60q: %s", p.side, kind, text, why)
		}
		return s, nil
	case <-p.done:
		return "", fmt.Errorf("%s, %c %.60q: %w: %v %s", p.side, kind, text, errEnded, p.cmd.ProcessState, &p.errors)
	case <-time.After(replyTime):
		return "", fmt.Errorf("%s, %c %.60q: no answer within %v", p.side, kind, text, replyTime)
	}
}

// open opens a socket; options are written NAME=VALUE.
func (p *peer) open(kind int, options ...string) error {
	_, err := p.do(cmdNew, strings.Join(append([]string{strconv.Itoa(kind)}, options...), "\n"))
	return err
}

// send has the peer send a message. It waits while the pipe to the peer is full;
// the error says that the peer has gone.
func (p *peer) send(frames ...[]byte) error { return p.write(cmdSend, appendFrames(nil, frames)) }

// write gives up with the process if it does not read for too long.
func (p *peer) write(kind byte, body []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pipe.SetWriteDeadline(time.Now().Add(2 * replyTime))
	err := writeRecord(p.in, kind, body)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.cmd.Process.Kill()
		return fmt.Errorf("it does not take what it should send: %w", err)
	}
	return err
}

// kill ends the process with SIGKILL, and waits until all that it said was
// heard.
func (p *peer) kill() {
	p.cmd.Process.Kill()
	<-p.done
}

// end lets the process end, and returns what it died of, if it did.
func (p *peer) end() error {
	p.pipe.Close()
	select {
	case <-p.done:
	case <-time.After(replyTime):
		p.signal(syscall.SIGQUIT) // Go says where it is
		time.AfterFunc(2*time.Second, func() { p.cmd.Process.Kill() })
		<-p.done
		return fmt.Errorf("%s did not end within %v: %.4000s", p.side, replyTime, &p.errors)
	}
	if !p.cmd.ProcessState.Success() {
		return fmt.Errorf("%s: %v: %s", p.side, p.cmd.ProcessState, &p.errors)
	}
	return nil
}

func (p *peer) signal(s syscall.Signal) { p.cmd.Process.Signal(s) }

// A use is what a process holds.
type use struct {
	memory      int // bytes that are resident
	descriptors int
	goroutines  int // -1: not known
}

// use measures a peer that is not busy.
func (p *peer) use() (u use, err error) {
	u.goroutines = -1
	if p.side == "go" || p.side == "zmq4" {
		s, err := p.do(cmdCount, "")
		if err != nil {
			return u, err
		}
		u.goroutines, _ = strconv.Atoi(s)
	} else {
		// What C waits with it opens when it first has to wait.
		time.Sleep(50 * time.Millisecond)
	}
	u.memory, u.descriptors = p.status("VmRSS:"), len(p.files())
	return u, nil
}

// status reads a number of KiB, and returns bytes.
func (p *peer) status(name string) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), name)
	n := 0
	fmt.Sscan(rest, &n)
	return n << 10
}

// state is what the system says that the process does: "T (stopped)".
func (p *peer) state() string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), "State:")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}

// files is what each of its descriptors is.
func (p *peer) files() (what []string) {
	names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.cmd.Process.Pid))
	for _, name := range names {
		if to, err := os.Readlink(name); err == nil {
			what = append(what, to)
		}
	}
	return what
}

// highest is the highest number of a descriptor.
func (p *peer) highest() int {
	list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	most := 0
	for _, f := range list {
		n, _ := strconv.Atoi(f.Name())
		most = max(most, n)
	}
	return most
}

// forgetPeak makes the peak of memory what is in use now.
func (p *peer) forgetPeak() {
	os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0)
}

// peak is the most memory that was resident since forgetPeak.
func (p *peer) peak() int { return p.status("VmHWM:") }

// connections are those of the peer's network namespace that are up, as the
// system sees it.
func (p *peer) connections() map[string]bool {
	all := make(map[string]bool)
	for _, table := range []string{"tcp", "tcp6"} {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", p.cmd.Process.Pid, table))
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) > 3 && f[3] == "01" {
				all[f[1]+" "+f[2]] = true
			}
		}
	}
	return all
}
