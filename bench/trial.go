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
	values []float64     // of the kind's metrics
	took   time.Duration // all of it, to choose the next count
	cpu    []cpuTime     // of each process, in the order of their start
}

// A cpuTime is what one process used for each message, its start included.
type cpuTime struct {
	role string
	each float64 // nanoseconds
}

func (c cpuTime) String() string { return fmt.Sprintf("%s %.0f ns", c.role, c.each) }

// A lab knows where programs, sockets and profiles are.
type lab struct {
	dir      string // ours, removed at the end
	profiles string // empty for none
	verbose  bool
	sockets  int    // used up
	space    string // network namespace that loses packets; empty for none
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
		fmt.Fprintf(os.Stderr, "%-12s %-7s %9d in %6.0f ms: %s, CPU each: %v\n", r.name, p.name, count,
			res.took.Seconds()*1e3, r.kind.text(func(i int) float64 { return res.values[i] }), res.cpu)
	}
	return res, nil
}

func (l *lab) play(ctx context.Context, cancel func(), p *peer, r row, count int) (res result, err error) {
	var all []*process
	numbers, err := l.measure(ctx, p, r, count, &all)
	if err != nil {
		cancel() // who waits for the failed one would wait for ever
	}
	for _, q := range all {
		q.release()
	}
	for _, q := range all {
		if werr := q.wait(); werr != nil {
			err = errors.Join(werr, err)
		}
		if s := q.cmd.ProcessState; s != nil {
			res.cpu = append(res.cpu, cpuTime{q.role, float64(s.UserTime()+s.SystemTime()) / float64(count)})
		}
	}
	if err != nil {
		return res, err
	}
	for i, m := range r.kind.metrics {
		res.values = append(res.values, m.value(numbers.metrics[i], r, count))
	}
	res.took = numbers.took
	return res, nil
}

// measure starts the processes of a trial, each as soon as it knows where to
// connect to, and returns what was measured. All are those that have to be
// waited for, whatever the error.
func (l *lab) measure(ctx context.Context, p *peer, r row, count int, all *[]*process) (numbers, error) {
	start := func(program *peer, role, endpoint string) (*process, error) {
		q, err := l.start(ctx, program, r, role, endpoint, count)
		if err == nil {
			*all = append(*all, q)
		}
		return q, err
	}
	server, err := start(p, r.kind.server, l.endpoint(r))
	if err != nil {
		return numbers{}, err
	}
	last, probe := server, probe{}
	if r.kind.client != "" {
		word, err := server.expect("endpoint")
		if err != nil {
			return numbers{}, err
		}
		if probe, err = newProbe(r.kind, server); err != nil {
			return numbers{}, err
		}
		if r.kind.middle != "" {
			middle, err := start(p, r.kind.middle, word)
			if err != nil {
				return numbers{}, err
			}
			if word, err = middle.expect("endpoint"); err != nil {
				return numbers{}, err
			}
		}
		program := p
		if r.kind.crowd {
			program = &crowd
		}
		if last, err = start(program, r.kind.client, word); err != nil {
			return numbers{}, err
		}
	}
	if !r.kind.told {
		last = server
	}
	words, err := last.expect("result")
	if err != nil {
		return numbers{}, err
	}
	n, err := parse(words)
	if err != nil {
		return numbers{}, err
	}
	more, err := probe.read(ctx)
	n.metrics = append(n.metrics, more...)
	if err == nil && len(n.metrics) < len(r.kind.metrics) {
		err = fmt.Errorf("the result reads %q", words)
	}
	return n, err
}

// numbers are what a process printed, and what was seen from outside.
type numbers struct {
	metrics []float64
	took    time.Duration // the last that was printed
}

// parse reads the words behind "result".
func parse(words string) (n numbers, err error) {
	for _, w := range strings.Fields(words) {
		v, err := strconv.ParseInt(w, 10, 64)
		if err != nil || v <= 0 {
			return n, fmt.Errorf("the result reads %q", words)
		}
		n.metrics = append(n.metrics, float64(v))
		n.took = time.Duration(v)
	}
	if n.took == 0 {
		return n, fmt.Errorf("the result reads %q", words)
	}
	return n, nil
}

// endpoint is what the server binds.
func (l *lab) endpoint(r row) string {
	switch r.transport {
	case "tcp":
		return "tcp://127.0.0.1:*"
	case "epgm":
		l.sockets++ // a port for each, so that nothing of the last run is heard
		return fmt.Sprintf("epgm://127.0.0.1;239.192.1.1:%d", 20_000+(os.Getpid()+l.sockets)%30_000)
	case "ipc":
		l.sockets++ // not every peer removes its file
		return "ipc://" + filepath.Join(l.dir, fmt.Sprintf("s%d", l.sockets))
	}
	return r.transport + "://bench"
}

// A process is one running part of a peer.
type process struct {
	role   string
	cmd    *exec.Cmd
	in     io.Closer // a client stays until it is closed
	out    *bufio.Scanner
	errors bytes.Buffer
}

// start starts a part. Its owner has to wait for it; ctx ends it.
func (l *lab) start(ctx context.Context, p *peer, r row, role, endpoint string, count int) (*process, error) {
	args := []string{role, endpoint, strconv.Itoa(r.size), strconv.Itoa(count), strconv.Itoa(r.fan)}
	if l.profiles != "" && p.profile {
		args = append(args, filepath.Join(l.profiles, fmt.Sprintf("%s-%s-%s.pprof", r.name, p.name, role)))
	}
	line := append([]string{l.program(p)}, args...)
	if r.loss > 0 {
		line = append([]string{"ip", "netns", "exec", l.space}, line...)
	}
	q := &process{role: role, cmd: exec.CommandContext(ctx, line[0], line[1:]...)}
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
