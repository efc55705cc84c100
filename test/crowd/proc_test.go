//go:build linux

package crowd

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// A proc is a child in a role.
type proc struct {
	b   testing.TB
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
	err bytes.Buffer
}

// start starts a role of this program, or of peer/libzmq.c if lib is its path. The
// end of the test ends it.
func start(b testing.TB, lib, role string, n int, addr string) *proc {
	b.Helper()
	p := &proc{b: b}
	if lib != "" {
		p.cmd = exec.CommandContext(b.Context(), lib, role, strconv.Itoa(n), addr)
	} else {
		p.cmd = exec.CommandContext(b.Context(), os.Args[0], strconv.Itoa(n), addr)
		p.cmd.Env = append(os.Environ(), "CROWD_ROLE="+role)
	}
	p.cmd.Stderr = &p.err
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return p
}

// stop lets the child end.
func (p *proc) stop() {
	p.in.Close()
	if err := p.cmd.Wait(); err != nil {
		p.b.Errorf("%v: %s", err, &p.err)
	}
}

func (p *proc) say(format string, args ...any) {
	p.b.Helper()
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		p.b.Fatal(err)
	}
}

// expect reads a line that begins with word and returns the rest.
func (p *proc) expect(word string) string {
	p.b.Helper()
	if !p.out.Scan() {
		p.cmd.Wait()
		p.b.Fatalf("no %q: %s", word, &p.err)
	}
	rest, ok := strings.CutPrefix(p.out.Text(), word)
	if !ok {
		p.b.Fatalf("%q where %q was expected", p.out.Text(), word)
	}
	return strings.TrimPrefix(rest, " ")
}

// number is expect for one.
func (p *proc) number(word string) float64 {
	p.b.Helper()
	f, err := strconv.ParseFloat(p.expect(word), 64)
	if err != nil {
		p.b.Fatal(err)
	}
	return f
}

// memory is the child's resident set in bytes.
func (p *proc) memory() float64 {
	p.b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		p.b.Fatal(err)
	}
	return kib * 1024
}

// cpu is how many seconds of processor time the child has used.
func (p *proc) cpu() float64 {
	p.b.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	if err != nil || len(files) == 0 {
		p.b.Fatal("no schedstat: ", err)
	}
	sum := 0.0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // the thread has ended
		}
		var ns float64
		fmt.Sscan(string(text), &ns)
		sum += ns / 1e9
	}
	return sum
}

// sides runs f with zeroth and with libzmq as the subject.
func sides(b *testing.B, f func(b *testing.B, lib string)) {
	lib, err := testutil.BuildC(b.TempDir(), filepath.Join("peer", "libzmq.c"))
	if err != nil {
		b.Fatal(err)
	}
	for _, side := range []struct{ name, lib string }{{"zeroth", ""}, {"libzmq", lib}} {
		b.Run(side.name, func(b *testing.B) {
			for b.Loop() {
				f(b, side.lib)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
