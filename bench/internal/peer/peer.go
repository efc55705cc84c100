// Package peer is what the measured processes written in Go have in common: the
// command line that the harness starts them with, and what they print for it.
//
// A peer is started as
//
//	peer ROLE ENDPOINT SIZE COUNT FAN [PROFILE]
//
// Servers bind ENDPOINT and print "endpoint E", E being what was bound; clients
// connect to it. One of them prints "result N ...", integers of which the last
// is how many nanoseconds the measured part took. Clients, and servers that
// have nothing left to receive, hold their connections until standard input
// ends, which is when the harness has the result. COUNT is of messages, each of
// SIZE bytes, FAN the number of sockets where a side has several, and 0 where
// it has one. PROFILE is a file for a CPU profile. "curve-" before a role makes
// its sockets use CURVE. Every role checks number and size of what it receives.
//
//	server      client     what they do
//	pull        push       COUNT messages after the first, from FAN sockets; pull: NS
//	pull-many   push-many  the same, many with one call where there is such a call
//	pull        push-owned the same, not copied by the sender where there is such a call
//	spout       sink       the same to FAN sockets, NS by sink
//	parts-pull  parts-push COUNT messages of FAN frames; parts-pull: NS
//	rep         req        COUNT round trips; req: P50 P99 NS
//	rep         reqs       the same by FAN sockets at once; reqs: NS
//	rep         greet      COUNT connections for a round trip each, FAN at once; greet: NS
//	inproc                 push and pull in one process
//	inproc-rtt             rep and req in one process
//	pub         sub        COUNT messages to each of FAN sockets; sub: NS
//	pub-tenth   sub-tenth  COUNT messages to each of FAN sockets, which want one of ten topics
//	group-sub   group-pub  COUNT messages after the first, over multicast; group-sub: NS
//	router      dealers    COUNT messages there and back, FAN sockets; dealers: NS
//	loaded      loading    COUNT messages of a slow stream beside a fast one; loaded: P50 P99 NS
//	hoard-in    push       COUNT messages that nobody receives at first; hoard-in: BYTES NS
//	hoard-out              COUNT messages that wait for a connection: BYTES NS
//	topics      (crowd)    COUNT subscriptions, then COUNT messages; topics: NS NS BYTES NS
//	herald      (crowd)    COUNT messages, one after the other, to FAN subscribers
//	idle        (crowd)    nothing, with FAN connections
//	streamer    push       between push and pull
//	queue       reqs       between reqs and rep
//
// Nobody knows when a group-pub is first heard: it gives the system a moment and
// then sends until standard input ends, waiting rather than dropping.
package peer

import (
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Args is the command line of a peer.
type Args struct {
	Role, Endpoint   string
	Size, Count, Fan int
	Curve            bool
	Profile          string
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
		fmt.Fprintf(os.Stderr, "%v\nusage: %s ROLE ENDPOINT SIZE COUNT FAN [PROFILE]\n", err, os.Args[0])
		os.Exit(2)
	}
	if err := part(args); err != nil {
		fmt.Fprintf(os.Stderr, "%s %s: %v\n", os.Args[0], args.Role, err)
		os.Exit(1)
	}
}

func parse(words []string) (a Args, err error) {
	if len(words) < 5 || len(words) > 6 {
		return a, fmt.Errorf("5 or 6 arguments are needed, not %d", len(words))
	}
	a.Role, a.Curve = strings.CutPrefix(words[0], "curve-")
	a.Endpoint = words[1]
	if len(words) == 6 {
		a.Profile = words[5]
	}
	for i, n := range []*int{&a.Size, &a.Count, &a.Fan} {
		if *n, err = strconv.Atoi(words[2+i]); err != nil {
			return a, err
		}
	}
	if a.Size < 1 || a.Count < 1 || a.Fan < 0 {
		return a, fmt.Errorf("SIZE and COUNT must be above 0, FAN not below")
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

// Sockets is how many sockets a side has.
func (a Args) Sockets() int { return max(a.Fan, 1) }

// Share is socket i's part of a number of messages.
func (a Args) Share(total, i int) int {
	n := a.Sockets()
	if i < total%n {
		return total/n + 1
	}
	return total / n
}

// What multicast is measured with: the rate in kbit/s, for how long a packet can
// be had again, and the system's buffers in bytes, which it must allow
// (net.core.rmem_max).
const (
	GroupRate     = 1_000_000
	GroupRecovery = time.Second
	GroupBuffer   = 4 << 20
	// GroupPause is how long a publisher waits for the groups to be joined.
	GroupPause = 300 * time.Millisecond
)

// Released is closed when standard input ends.
func Released() <-chan struct{} {
	end := make(chan struct{})
	go func() { // ends with the process at the latest
		defer close(end)
		_ = Hold()
	}()
	return end
}

// Ready tells the harness where the other side can connect to.
func Ready(endpoints ...string) { fmt.Println("endpoint", strings.Join(endpoints, " ")) }

// Took tells the harness how long the messages took.
func Took(d time.Duration) { Result(d.Nanoseconds()) }

// Result tells the harness what was measured; the last value is the time that
// it took.
func Result(values ...int64) {
	words := []any{"result"}
	for _, v := range values {
		words = append(words, v)
	}
	fmt.Println(words...)
}

// Hold waits until standard input ends, which is when the harness has the
// result: no peer's numbers, or losses, come from a sender that has left.
func Hold() error {
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// RoundTrips calls one count times, and reports what Spread does of all calls.
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
	Spread(took, time.Since(start))
	return nil
}

// Spread tells the harness median and 99th percentile of all times but the
// first tenth, and the time of all. It sorts them.
func Spread(took []time.Duration, all time.Duration) {
	took = took[len(took)/10:]
	slices.Sort(took)
	n := len(took)
	Result(took[n/2].Nanoseconds(), took[n*99/100].Nanoseconds(), all.Nanoseconds())
}

// Resident is how many bytes of memory the process holds. It needs Linux.
func Resident() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var all, pages int64
	if _, err := fmt.Sscan(string(text), &all, &pages); err != nil {
		return 0, fmt.Errorf("/proc/self/statm reads %q: %w", text, err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// TopicLen is how long a Topic is.
const TopicLen = len("quote.12345678!")

// Topic appends the name of subscription i of a crowd, or one like it that
// nobody wants. Topics are spread over all values of 32 bits, and all different.
func Topic(dst []byte, i int, wanted bool) []byte {
	dst = append(dst, "quote."...)
	n := uint32(i) * 2654435761
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[n>>shift&15])
	}
	if wanted {
		return append(dst, '!')
	}
	return append(dst, '?')
}
