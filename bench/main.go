// Command bench measures this repository's library side by side with others, in
// processes of their own and taking turns, and prints a table of medians and
// ratios in Markdown. It runs in its own folder:
//
//	go run . -row all
//	go run . -row tcp-64 -peers zeroth,libzmq -runs 5
//	go run . -row 'tcp-*' -peers zeroth -baseline ../../before -runs 9
//	go run . -row 'tcp-*' -peers zeroth -time 4s -cpuprofile /tmp/profiles
//
// In brackets behind a peer's value is the first one's divided by it: above 1 is
// good for what there is a second, below 1 for times and bytes. ±% is half the
// distance between the best and the worst run of each. CPU s/M is what the
// processes of each used for a million messages, in seconds, the one that binds
// first, and in brackets the first one's sum divided by its. A peer that fails "did not
// finish"; why is told on standard error, not in the table. The last column has what the row
// is to reach, a ratio to libzmq where nothing else is said. What each row
// measures is told in package internal/peer, under the roles that kinds.go
// gives it. Idle CPU time and memory are read from /proc, which needs Linux. Rows
// with loss need root, ip and nft, and are left out without.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context) (err error) {
	var (
		rowList  = flag.String("row", "all", "rows, separated by commas, * allowed: "+rowNames())
		peerList = flag.String("peers", peerNames(), "who is measured, where a row has them")
		runs     = flag.Int("runs", 3, "runs of each peer in each row")
		length   = flag.Duration("time", 250*time.Millisecond, "how long a run should take")
		profiles = flag.String("cpuprofile", "", "write CPU profiles, of each row's last run, to this `folder`")
		before   = flag.String("baseline", "", "another `checkout` of this repository, measured beside this one where it can be")
		verbose  = flag.Bool("v", false, "print every run, with the CPU time of both processes, to standard error")
	)
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected %q", flag.Arg(0))
	}
	if *runs < 1 || *length <= 0 || *length > trialLimit/4 {
		return fmt.Errorf("-runs must be above 0, -time above 0 and at most %v", trialLimit/4)
	}
	chosen, err := selectRows(*rowList)
	if err != nil {
		return err
	}
	measured, err := selectPeers(*peerList)
	if err != nil {
		return err
	}
	if *before != "" {
		measured = append(measured, baseline(*before)...)
	}
	if *profiles != "" {
		if err := os.MkdirAll(*profiles, 0o777); err != nil {
			return err
		}
	}

	dir, err := os.MkdirTemp("", "zeroth-bench-")
	if err != nil {
		return err
	}
	l := &lab{dir: dir, profiles: *profiles, verbose: *verbose}
	defer func() { err = errors.Join(err, l.lossyEnd(), os.RemoveAll(dir)) }()
	if err := l.build(ctx, measured, chosen); err != nil {
		return err
	}

	fmt.Printf("%s, %s/%s, %d CPUs, median of %d runs of %v\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), *runs, *length)
	var ours []string // rows in which the peer that is compared has failed
	t := table{os.Stdout}
	t.head()
	for _, r := range chosen {
		if r.loss > 0 {
			if err := l.lossy(ctx, r.loss); err != nil {
				fmt.Fprintf(os.Stderr, "bench: row %s is left out: %v\n", r.name, err)
				continue
			}
		}
		s := l.row(ctx, r, measured, *runs, *length)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(s) > 0 {
			t.row(r, s)
		}
		for _, s := range s {
			if s.failed && s.peer.name == r.who()[0] {
				ours = append(ours, r.name)
			}
		}
	}
	if ours != nil {
		return fmt.Errorf("not measured: %s", strings.Join(ours, ", "))
	}
	return nil
}

// taking returns those peers that take part in any of the rows.
func taking(all []*peer, rows []row) []*peer {
	return slices.DeleteFunc(slices.Clone(all), func(p *peer) bool { return !slices.ContainsFunc(rows, p.takes) })
}

// build builds what the rows need.
func (l *lab) build(ctx context.Context, measured []*peer, rows []row) error {
	programs := taking(measured, rows)
	if slices.ContainsFunc(rows, func(r row) bool { return r.kind.crowd }) {
		programs = append(programs, &crowd)
	}
	for _, p := range programs {
		if err := p.build(ctx, ".", l.program(p)); err != nil {
			return err
		}
	}
	return nil
}

// row measures every peer that can take part in r, by turns. A peer that fails
// is told on standard error, and leaves the others to be measured.
func (l *lab) row(ctx context.Context, r row, all []*peer, runs int, length time.Duration) []*series {
	var part []*series
	var counts []int
	for _, p := range all {
		if !p.takes(r) {
			continue
		}
		count, err := l.calibrate(ctx, p, r, length)
		part = append(part, &series{peer: p, failed: failed(ctx, err)})
		counts = append(counts, count)
	}
	if r.kind.runs > 0 {
		runs = min(runs, r.kind.runs)
	}
	for range runs {
		for i, s := range part {
			if s.failed || ctx.Err() != nil {
				continue
			}
			res, err := l.trial(ctx, s.peer, r, counts[i])
			if s.failed = failed(ctx, err); !s.failed {
				s.trials = append(s.trials, res)
			}
		}
	}
	return part
}

func failed(ctx context.Context, err error) bool {
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	return err != nil
}

// calibrate finds how many messages a run of the wanted length has: with more
// and more, until a run is long enough to foretell it.
func (l *lab) calibrate(ctx context.Context, p *peer, r row, length time.Duration) (int, error) {
	if r.kind.first == r.kind.longest {
		return r.kind.longest, nil
	}
	enough := min(length/5, 200*time.Millisecond)
	count := r.kind.first
	if r.size > 1024 {
		count = max(count*1024/r.size, 100)
	}
	for {
		res, err := l.trial(ctx, p, r, count)
		if err != nil {
			return 0, err
		}
		scale := float64(length) / float64(res.took)
		if res.took < enough {
			count = min(int(float64(count)*min(scale, 10))+1, r.kind.longest)
			if count < r.kind.longest {
				continue
			}
			return count, nil
		}
		return min(max(int(float64(count)*scale), 2), r.kind.longest), nil
	}
}
