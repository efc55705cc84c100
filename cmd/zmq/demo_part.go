package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
)

// A part is one process of the demo. Its methods may be called by any
// goroutine.
type part struct {
	name           string
	cmd            *exec.Cmd
	stdin          io.WriteCloser
	stdout, stderr *transcript

	readers sync.WaitGroup
	end     sync.Once
	err     error // how it ended; written by end
}

// startPart starts a process that is killed when ctx ends. Its owner calls wait
// or kill.
func startPart(ctx context.Context, exe, name string, args []string) (*part, error) {
	p := &part{name: name, cmd: exec.CommandContext(ctx, exe, args...), stdout: newTranscript(), stderr: newTranscript()}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	// Owned by the part, waited for in wait.
	p.readers.Go(func() { p.stdout.read(stdout) })
	p.readers.Go(func() { p.stderr.read(stderr) })
	return p, nil
}

// tell writes a line to the part's standard input; hush ends that.
func (p *part) tell(line string) error {
	_, err := io.WriteString(p.stdin, line+"\n")
	return err
}

func (p *part) hush() error { return p.stdin.Close() }

// wait waits for the end of the process. It is an error if that has failed.
func (p *part) wait() error {
	p.end.Do(func() {
		p.readers.Wait()
		p.err = p.cmd.Wait()
	})
	if p.err != nil {
		return p.failed(p.err)
	}
	return nil
}

// failed says what a part said before it failed.
func (p *part) failed(err error) error {
	return fmt.Errorf("%s: %w; it said: %s", p.name, err, list(p.stderr.all()))
}

// stop asks the process to end, as Ctrl-C does, and waits.
func (p *part) stop() error {
	if p.cmd.Process.Signal(os.Interrupt) != nil {
		p.kill() // there is no other way on this system, or it has ended
		return nil
	}
	return p.wait()
}

// kill ends the process in the hardest way (SIGKILL), and waits. It is right to
// kill what has ended.
func (p *part) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.wait()
}

// A transcript is what a part has written so far, in lines.
type transcript struct {
	mu      sync.Mutex
	lines   []string
	ended   bool
	changed chan struct{} // closed, and replaced, with every change
}

func newTranscript() *transcript { return &transcript{changed: make(chan struct{})} }

// read takes lines until the end of r.
func (t *transcript) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		t.add(lines.Text(), false)
	}
	_, _ = io.Copy(io.Discard, r) // after a line beyond all measure, so that the part does not block
	t.add("", true)
}

func (t *transcript) add(line string, end bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if end {
		t.ended = true
	} else {
		t.lines = append(t.lines, line)
	}
	close(t.changed)
	t.changed = make(chan struct{})
}

// all is the lines so far. They are never changed.
func (t *transcript) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines[:len(t.lines):len(t.lines)]
}

// await waits until enough reports true for the lines so far. Error: ctx's, or
// io.ErrUnexpectedEOF if it never will.
func (t *transcript) await(ctx context.Context, enough func(lines []string) bool) error {
	for {
		t.mu.Lock()
		lines, ended, changed := t.lines, t.ended, t.changed
		t.mu.Unlock()
		if enough(lines) {
			return nil
		}
		if ended {
			return io.ErrUnexpectedEOF
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
