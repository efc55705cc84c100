package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// trialLimit bounds one trial; only a peer that hangs gets there.
const trialLimit = 30 * time.Second

// A result is what one trial measured.
type result struct {
	rate     float64       // messages a second; 0 for round trips
	p50, p99 time.Duration // of round trips
	took     time.Duration // all of it, to choose the next count
	cpu      [2]float64    // CPU nanoseconds per message, of the server's process and the client's
}

// A lab knows where programs, sockets and profiles are.
type lab struct {
	dir      string // ours, removed at the end
	profiles string // empty for none
	verbose  bool
	sockets  int // used up
}

func (l *lab) program(p *peer) string { return filepath.Join(l.dir, p.name) }

// trial runs one peer once, with count messages, in a process or two of its own
// that have ended when it returns.
func (l *lab) trial(ctx context.Context, p *peer, r row, count int) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, trialLimit)
	defer cancel()
	res, err := l.play(ctx, cancel, p, r, count)
	if err != nil {
		return res, fmt.Errorf("%s, row %s, %d messages: %w", p.name, r.name, count, err)
	}
	if l.verbose {
		fmt.Fprintf(os.Stderr, "%-12s %-7s %9d in %6.0f ms: %s, CPU ns each: %s %.0f, %s %.0f\n",
			r.name, p.name, count, res.took.Seconds()*1e3, res, r.kind.server, res.cpu[0], r.kind.client, res.cpu[1])
	}
	return res, nil
}

func (l *lab) play(ctx context.Context, cancel func(), p *peer, r row, count int) (result, error) {
	server, err := l.start(ctx, p, r, r.kind.server, l.endpoint(r), count)
	if err != nil {
		return result{}, err
	}
	all := []*process{server}
	var word string
	if r.kind.client != "" {
		if word, err = server.expect("endpoint"); err == nil {
			var client *process
			if client, err = l.start(ctx, p, r, r.kind.client, word, count); err == nil {
				all = append(all, client)
			}
		}
	}
	if err == nil {
		reporter := all[0]
		if r.kind.client == "req" {
			reporter = all[1]
		}
		word, err = reporter.expect("result")
	}
	if err != nil {
		cancel() // who waits for the failed one would wait for ever
	}
	for _, q := range all {
		q.release()
	}
	var res result
	for i, q := range all {
		if werr := q.wait(); werr != nil {
			err = errors.Join(werr, err)
		}
		if s := q.cmd.ProcessState; s != nil {
			res.cpu[i] = float64(s.UserTime()+s.SystemTime()) / float64(count)
		}
	}
	if err != nil {
		return result{}, err
	}
	return res, res.parse(word, count)
}

// parse reads the words behind "result".
func (res *result) parse(words string, count int) error {
	var ns []time.Duration
	for _, w := range strings.Fields(words) {
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil || n <= 0 {
			return fmt.Errorf("the result reads %q", words)
		}
		ns = append(ns, time.Duration(n))
	}
	switch len(ns) {
	case 1:
		res.took = ns[0]
		res.rate = float64(count) / res.took.Seconds()
	case 3:
		res.p50, res.p99, res.took = ns[0], ns[1], ns[2]
	default:
		return fmt.Errorf("the result reads %q", words)
	}
	return nil
}

// endpoint is what the server binds.
func (l *lab) endpoint(r row) string {
	switch r.transport {
	case "tcp":
		return "tcp://127.0.0.1:*"
	case "ipc":
		l.sockets++ // not every peer removes its file
		return "ipc://" + filepath.Join(l.dir, fmt.Sprintf("s%d", l.sockets))
	}
	return r.transport + "://bench"
}

// A process is one running part of a peer.
type process struct {
	cmd    *exec.Cmd
	in     io.Closer // a client stays until it is closed
	out    *bufio.Scanner
	errors bytes.Buffer
}

// start starts a part. Its owner has to wait for it; ctx ends it.
func (l *lab) start(ctx context.Context, p *peer, r row, role, endpoint string, count int) (*process, error) {
	args := []string{role, endpoint, strconv.Itoa(r.size), strconv.Itoa(count)}
	if l.profiles != "" && p.profile {
		args = append(args, filepath.Join(l.profiles, fmt.Sprintf("%s-%s-%s.pprof", r.name, p.name, role)))
	}
	q := &process{cmd: exec.CommandContext(ctx, l.program(p), args...)}
	q.cmd.Stderr = &q.errors
	var err error
	if q.in, err = q.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := q.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	q.out = bufio.NewScanner(stdout)
	return q, q.cmd.Start()
}

// expect reads the next line, which has to begin with a word, and returns what
// follows.
func (q *process) expect(word string) (string, error) {
	if !q.out.Scan() {
		return "", fmt.Errorf("no %s: %w", word, errors.Join(q.out.Err(), errSilent))
	}
	rest, ok := strings.CutPrefix(q.out.Text(), word+" ")
	if !ok {
		return "", fmt.Errorf("%q where %s was expected", q.out.Text(), word)
	}
	return rest, nil
}

var errSilent = errors.New("the process ended without it")

// release lets a client go. Closing twice, as wait does, is no error here.
func (q *process) release() { _ = q.in.Close() }

// wait waits for the end and returns what went wrong, with what was printed.
func (q *process) wait() error {
	err := q.cmd.Wait()
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w\n%s", filepath.Base(q.cmd.Path), strings.Join(q.cmd.Args[1:], " "), err, &q.errors)
}
