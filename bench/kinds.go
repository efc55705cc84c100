package main

import (
	"fmt"
	"time"
)

// A kind is what a row measures: which roles a peer plays, each in a process of
// its own, and what the numbers are that one of them prints.
type kind struct {
	server  string // binds
	middle  string // if any: connects to the server, and the client to it
	client  string // connects; empty for a kind of a single process
	crowd   bool   // the client is cmd/crowd's, for all peers
	told    bool   // by the client, not the server
	metrics []metric

	first   int // messages, or what else is counted, of the shortest run
	longest int // no run has more; where both are the same all runs are
	runs    int // at most; 0 for as many as are asked for

	memory bool          // the server's growth in bytes is another number
	idle   time.Duration // after the result, and the server's CPU time meanwhile another
}

var (
	stream     = kind{server: "pull", client: "push", metrics: rate, first: 20_000, longest: many}
	streamMany = kind{server: "pull-many", client: "push-many", metrics: rate, first: 20_000, longest: many}
	streamOwn  = kind{server: "pull", client: "push-owned", metrics: rate, first: 20_000, longest: many}
	fanOut     = kind{server: "spout", client: "sink", told: true, metrics: rate, first: 20_000, longest: many}
	inproc     = kind{server: "inproc", metrics: rate, first: 20_000, longest: many}
	parts      = kind{server: "parts-pull", client: "parts-push", metrics: rate, first: 20_000, longest: many}
	secure     = kind{server: "curve-pull", client: "curve-push", metrics: rate, first: 5_000, longest: many}
	streamer   = kind{server: "pull", middle: "streamer", client: "push", metrics: rate, first: 20_000, longest: many}
	queue      = kind{server: "rep", middle: "queue", client: "reqs", told: true, metrics: rate, first: 1_000, longest: many}
	router     = kind{server: "router", client: "dealers", told: true, metrics: rate, first: 10_000, longest: many}
	publish    = kind{server: "pub", client: "sub", told: true, metrics: deliveries, first: 500, longest: many}
	someTopics = kind{server: "pub-tenth", client: "sub-tenth", told: true, metrics: deliveries, first: 500, longest: many}

	group = kind{server: "group-sub", client: "group-pub", metrics: rate, first: 50_000, longest: 5_000_000}

	roundTrip       = kind{server: "rep", client: "req", told: true, metrics: delays, first: 1_000, longest: 1_000_000}
	inprocRoundTrip = kind{server: "inproc-rtt", metrics: delays, first: 1_000, longest: 1_000_000}
	loaded          = kind{server: "loaded", client: "loading", metrics: delays, first: 1_000, longest: 1_000}

	greet       = kind{server: "rep", client: "greet", told: true, metrics: rate, first: 100, longest: 10_000}
	secureGreet = kind{server: "curve-rep", client: "curve-greet", told: true, metrics: rate, first: 100, longest: 10_000}

	hoardOut = kind{server: "hoard-out", metrics: bytesEach, first: 1_000_000, longest: 1_000_000, runs: 1}
	hoardIn  = kind{server: "hoard-in", client: "push", metrics: bytesEach, first: 1_000_000, longest: 1_000_000, runs: 1}
	topics   = kind{server: "topics", client: "subscriptions", crowd: true, metrics: []metric{rate[0], rate[0], bytesEach[0]},
		first: 1_000_000, longest: 1_000_000, runs: 1}
	herd = kind{server: "herald", client: "subscribers", crowd: true, told: true, metrics: []metric{millis},
		first: 5, longest: 5, runs: 1}
	idle = kind{server: "idle", client: "crowd", crowd: true, told: true, metrics: []metric{connects, bytesPerConnection},
		first: 1, longest: 1, runs: 1, memory: true}
	idleCPU = kind{server: "idle", client: "crowd", crowd: true, told: true, metrics: []metric{connects, cpu},
		first: 1, longest: 1, runs: 1, idle: 10 * time.Second}
)

const many = 50_000_000

// A metric is one number of a result.
type metric struct {
	less  bool // is better
	value func(raw float64, r row, count int) float64
	text  func(float64) string
}

var (
	rate = []metric{{value: func(ns float64, _ row, count int) float64 {
		return float64(count) * 1e9 / ns
	}, text: perSecond}}
	deliveries = []metric{{value: func(ns float64, r row, count int) float64 {
		return float64(count*r.fan) * 1e9 / ns
	}, text: perSecond}}
	connects = metric{value: func(ns float64, r row, _ int) float64 {
		return float64(r.fan) * 1e9 / ns
	}, text: perSecond}
	delays    = []metric{{less: true, value: raw, text: micros}, {less: true, value: raw, text: micros}}
	millis    = metric{less: true, value: raw, text: func(ns float64) string { return fmt.Sprintf("%.1f ms", ns/1e6) }}
	bytesEach = []metric{{less: true, value: func(bytes float64, _ row, count int) float64 {
		return bytes / float64(count)
	}, text: size}}
	bytesPerConnection = metric{less: true, value: func(bytes float64, r row, _ int) float64 {
		return bytes / float64(r.fan)
	}, text: size}

	// Below a millisecond nobody is better than another.
	cpu = metric{less: true, value: func(ns float64, _ row, _ int) float64 {
		return max(ns/1e9, 0.001)
	}, text: func(s float64) string { return fmt.Sprintf("%.3f s", s) }}
)

func raw(v float64, _ row, _ int) float64 { return v }

func micros(ns float64) string {
	return fmt.Sprintf("%.1f µs", ns/float64(time.Microsecond))
}

func perSecond(rate float64) string {
	switch {
	case rate >= 1e6:
		return fmt.Sprintf("%.2f M/s", rate/1e6)
	case rate >= 1e4:
		return fmt.Sprintf("%.0f k/s", rate/1e3)
	case rate >= 1e3:
		return fmt.Sprintf("%.1f k/s", rate/1e3)
	}
	return fmt.Sprintf("%.0f /s", rate)
}

func size(n float64) string {
	if n >= 1024 {
		return fmt.Sprintf("%.1f KiB", n/1024)
	}
	return fmt.Sprintf("%.0f B", n)
}
