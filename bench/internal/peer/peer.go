// Package peer is what the measured processes written in Go have in common: the
// command line that the harness starts them with, and what they print for it.
//
// A peer is started as
//
//	peer ROLE ENDPOINT SIZE COUNT [PROFILE]
//
// Role pull or rep binds ENDPOINT and prints "endpoint E", E being what was
// bound. Role push or req connects to it. Pull receives COUNT messages after
// the first and prints "result NS", how long those took; push sends COUNT+1
// and holds its connection until standard input ends.
// Req makes COUNT round trips and prints "result P50 P99 NS". Role inproc is
// push and pull in one process. PROFILE is a file for a CPU profile.
package peer

import (
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"slices"
	"strconv"
	"time"
)

// Args is the command line of a peer.
type Args struct {
	Role, Endpoint string
	Size, Count    int
	Profile        string
}

// Main reads the command line, runs the part that it names, and exits: 0, or 1
// after printing the error, or 2 if there is no such part.
func Main(parts map[string]func(Args) error) {
	args, err := parse(os.Args[1:])
	part := parts[args.Role]
	if err == nil && part == nil {
		err = fmt.Errorf("no role %q", args.Role)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\nusage: %s ROLE ENDPOINT SIZE COUNT [PROFILE]\n", err, os.Args[0])
		os.Exit(2)
	}
	if err := part(args); err != nil {
		fmt.Fprintf(os.Stderr, "%s %s: %v\n", os.Args[0], args.Role, err)
		os.Exit(1)
	}
}

func parse(words []string) (a Args, err error) {
	if len(words) < 4 || len(words) > 5 {
		return a, fmt.Errorf("4 or 5 arguments are needed, not %d", len(words))
	}
	a.Role, a.Endpoint = words[0], words[1]
	if len(words) == 5 {
		a.Profile = words[4]
	}
	if a.Size, err = strconv.Atoi(words[2]); err != nil {
		return a, err
	}
	if a.Count, err = strconv.Atoi(words[3]); err != nil {
		return a, err
	}
	if a.Size < 1 || a.Count < 1 {
		return a, fmt.Errorf("SIZE and COUNT must be above 0")
	}
	return a, nil
}

// Measure runs f, under the CPU profile if one is wanted.
func (a Args) Measure(f func() error) error {
	if a.Profile == "" {
		return f()
	}
	out, err := os.Create(a.Profile)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		out.Close()
		return err
	}
	err = f()
	pprof.StopCPUProfile()
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}

// Ready tells the harness where the other side can connect to.
func Ready(endpoint string) { fmt.Println("endpoint", endpoint) }

// Took tells the harness how long the messages took.
func Took(d time.Duration) { fmt.Println("result", d.Nanoseconds()) }

// Hold waits until standard input ends, which is when the harness has the
// result: no peer's numbers, or losses, come from a sender that has left.
func Hold() error {
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// RoundTrips calls one count times, and tells the harness median and 99th
// percentile of all calls but the first tenth, and the time of all.
func RoundTrips(count int, one func() error) error {
	took := make([]time.Duration, count)
	start := time.Now()
	for i := range took {
		t := time.Now()
		if err := one(); err != nil {
			return err
		}
		took[i] = time.Since(t)
	}
	all := time.Since(start)
	took = took[count/10:]
	slices.Sort(took)
	n := len(took)
	fmt.Println("result", took[n/2].Nanoseconds(), took[n*99/100].Nanoseconds(), all.Nanoseconds())
	return nil
}
