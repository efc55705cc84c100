package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A probe looks at a server from outside, for kinds whose result is that: how
// its memory grew, and what it does when nothing happens. It needs Linux.
type probe struct {
	kind   *kind
	pid    int
	before int64 // bytes of memory
}

// newProbe begins before there is a client.
func newProbe(k *kind, server *process) (p probe, err error) {
	p = probe{kind: k, pid: server.cmd.Process.Pid}
	if k.memory {
		p.before, err = p.resident()
	}
	return p, err
}

// read returns the kind's numbers: bytes, nanoseconds of CPU time.
func (p probe) read(ctx context.Context) (values []float64, err error) {
	if p.kind == nil {
		return nil, nil
	}
	if p.kind.memory {
		held, err := p.resident()
		if err != nil {
			return nil, err
		}
		values = append(values, float64(held-p.before))
	}
	if p.kind.idle > 0 {
		if err := sleep(ctx, time.Second); err != nil { // for what the clients left to be done
			return nil, err
		}
		before, err := p.cpu()
		if err != nil {
			return nil, err
		}
		if err := sleep(ctx, p.kind.idle); err != nil {
			return nil, err
		}
		after, err := p.cpu()
		if err != nil {
			return nil, err
		}
		values = append(values, float64(after-before))
	}
	return values, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p probe) resident() (int64, error) {
	var all, pages int64
	err := scan(fmt.Sprintf("/proc/%d/statm", p.pid), &all, &pages)
	return pages * int64(os.Getpagesize()), err
}

// cpu is the nanoseconds that all threads of the process have run.
func (p probe) cpu() (all int64, err error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.pid))
	if err != nil {
		return 0, err
	}
	if len(threads) == 0 {
		return 0, fmt.Errorf("no CPU times of process %d in /proc", p.pid)
	}
	for _, file := range threads {
		var ns int64
		if err := scan(file, &ns); err != nil {
			return 0, err
		}
		all += ns
	}
	return all, nil
}

// scan reads the first numbers of a file.
func scan(file string, numbers ...any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if _, err := fmt.Sscan(string(text), numbers...); err != nil {
		return fmt.Errorf("%s reads %q: %w", file, text, err)
	}
	return nil
}
