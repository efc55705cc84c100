package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A row is one line of the table.
type row struct {
	name      string
	kind      *kind
	transport string
	size      int      // of a message, or of each frame, in bytes
	fan       int      // sockets, connections or frames; 0 where a side has one socket
	loss      int      // packets of a hundred that the network loses; see lossy.go
	peers     []string // who is measured, the first being compared with the others; nil for the usual
	bars      []bar    // what is to be reached
}

// usual takes part in a row that does not say who does.
var usual = []string{"zeroth", "libzmq", "bare"}

// who is measured.
func (r row) who() []string {
	if r.peers == nil {
		return usual
	}
	return r.peers
}

// rows are all there are. To add one: a line here. If it is of a new kind, that
// kind in kinds.go, and its roles in the peers' programs that have them.
var rows = slices.Concat(
	streams("tcp"),
	[]row{
		{name: "tcp-64-go", kind: &stream, transport: "tcp", size: 64, peers: []string{"zeroth", "gozeromq"}, bars: to("gozeromq", 80)},
		{name: "tcp-64-zmq4", kind: &stream, transport: "tcp", size: 64, peers: []string{"dropin", "pebbe"}, bars: to("pebbe", 4)},
	},
	inBulk("tcp"),
	streams("ipc"),
	inBulk("ipc"),
	[]row{
		{name: "inproc-64", kind: &inproc, transport: "inproc", size: 64, bars: to("libzmq", 3)},
		{name: "inproc-1024", kind: &inproc, transport: "inproc", size: 1024, bars: to("libzmq", 2)},
		{name: "parts-5x20", kind: &parts, transport: "tcp", size: 20, fan: 5, bars: to("libzmq", 2)},

		{name: "tcp-rtt", kind: &roundTrip, transport: "tcp", size: 64, bars: bars(to("libzmq", 0.6, 1), to("bare", 1.5))},
		{name: "ipc-rtt", kind: &roundTrip, transport: "ipc", size: 64, bars: bars(to("libzmq", 0.6, 1), to("bare", 1.5))},
		{name: "inproc-rtt", kind: &inprocRoundTrip, transport: "inproc", size: 64, bars: to("libzmq", 0.2)},
		{name: "loaded-latency", kind: &loaded, transport: "tcp", size: 64, bars: to("libzmq", 0, 1)},
	},
	shared(16, 64, 256, 1024),
	publishers(1), publishers(10), publishers(100),
	[]row{
		{name: "topics-1000000", kind: &topics, transport: "tcp", size: 15, bars: to("libzmq", 1, 2, 1)},
		{name: "router-1", kind: &router, transport: "tcp", size: 64, fan: 1, bars: to("libzmq", 2)},
		{name: "router-100", kind: &router, transport: "tcp", size: 64, fan: 100, bars: to("libzmq", 2)},
		{name: "router-1000", kind: &router, transport: "tcp", size: 64, fan: 1000, bars: to("libzmq", 2)},
		{name: "fan-in-8", kind: &stream, transport: "tcp", size: 64, fan: 8, bars: to("libzmq", 2)},
		{name: "fan-out-8", kind: &fanOut, transport: "tcp", size: 64, fan: 8, bars: to("libzmq", 2)},
		{name: "device-streamer", kind: &streamer, transport: "tcp", size: 64, bars: to("libzmq", 2)},
		{name: "device-queue-8", kind: &queue, transport: "tcp", size: 64, fan: 8, bars: to("libzmq", 2)},

		{name: "epgm-64", kind: &group, transport: "epgm", size: 64, bars: to("libzmq", 1)},
		{name: "epgm-1024", kind: &group, transport: "epgm", size: 1024, bars: to("libzmq", 1)},
		// libzmq's subscriber stops for good when a packet is lost for good, which at this rate is soon.
		{name: "epgm-1024-loss5", kind: &group, transport: "epgm", size: 1024, loss: 5, peers: []string{"zeroth"}},

		{name: "curve-64", kind: &secure, transport: "tcp", size: 64, bars: to("libzmq", 1.5)},
		{name: "curve-1024", kind: &secure, transport: "tcp", size: 1024, bars: to("libzmq", 1.5)},
		{name: "curve-16384", kind: &secure, transport: "tcp", size: 16384, bars: to("libzmq", 1.5)},
		{name: "curve-handshakes", kind: &secureGreet, transport: "tcp", size: 64, fan: 8, bars: to("libzmq", 1)},
		{name: "null-handshakes", kind: &greet, transport: "tcp", size: 64, fan: 8},

		{name: "idle-10000", kind: &idle, transport: "tcp", size: 64, fan: 10_000, bars: bars(to("libzmq", 1), own(0, 16<<10))},
		{name: "herd-10000", kind: &herd, transport: "tcp", size: 64, fan: 10_000, bars: to("libzmq", 1)},
		{name: "queued-out", kind: &hoardOut, transport: "ipc", size: 64, bars: to("libzmq", 1)},
		{name: "queued-in", kind: &hoardIn, transport: "tcp", size: 64, bars: to("libzmq", 1)},
		{name: "idle-cpu-1000", kind: &idleCPU, transport: "tcp", size: 64, fan: 1000, bars: to("libzmq", 0, 1)},
	},
)

// streams are PUSH to PULL in all sizes.
func streams(transport string) (all []row) {
	for _, s := range []struct {
		size         int
		libzmq, bare float64
	}{{16, 3, 0}, {64, 3.5, 0}, {256, 2, 0}, {1024, 2, 0.9}, {8192, 1.5, 0.9}, {65536, 1.3, 0.9}, {1 << 20, 1.3, 0.9}} {
		all = append(all, row{name: fmt.Sprintf("%s-%d", transport, s.size), kind: &stream, transport: transport, size: s.size,
			bars: bars(to("libzmq", s.libzmq), to("bare", s.bare))})
	}
	return all
}

// inBulk are streams with the calls that are made for them, where there are such: one
// for many small messages, SendMany and RecvMany; and one that does not copy large
// ones, SendOwned, which is zmq_msg_init_data in C.
func inBulk(transport string) (all []row) {
	for _, size := range []int{16, 64} {
		all = append(all, row{name: fmt.Sprintf("%s-%d-many", transport, size), kind: &streamMany, transport: transport, size: size,
			bars: to("libzmq", map[int]float64{16: 3, 64: 3.5}[size])})
	}
	for _, size := range []int{65536, 1 << 20} {
		all = append(all, row{name: fmt.Sprintf("%s-%d-owned", transport, size), kind: &streamOwn, transport: transport, size: size,
			bars: bars(to("libzmq", 1.3), to("bare", 0.9))})
	}
	return all
}

// shared are a C program on our shared library and on libzmq.
func shared(sizes ...int) (all []row) {
	peers := []string{"shared", "libzmq"}
	for _, size := range sizes {
		all = append(all, row{name: fmt.Sprintf("c-%d", size), kind: &stream, transport: "tcp", size: size, peers: peers, bars: to("libzmq", 1.5)})
	}
	return append(all, row{name: "c-rtt", kind: &roundTrip, transport: "tcp", size: 64, peers: peers, bars: to("libzmq", 1)})
}

// publishers are a PUB and so many SUBs, which want all messages or a tenth.
func publishers(subs int) (all []row) {
	for _, size := range []int{64, 1024} {
		all = append(all,
			row{name: fmt.Sprintf("pub-%d-%d", subs, size), kind: &publish, transport: "tcp", size: size, fan: subs, bars: to("libzmq", 2)},
			row{name: fmt.Sprintf("pub-%d-%d-tenth", subs, size), kind: &someTopics, transport: "tcp", size: size, fan: subs, bars: to("libzmq", 2)})
	}
	return all
}

// selectRows returns the rows that a list of names or patterns ("tcp-*")
// separated by commas stands for, in the order of the table. "all" is all.
func selectRows(list string) ([]row, error) {
	wanted := map[string]bool{}
	for _, pattern := range strings.Split(list, ",") {
		pattern = strings.TrimSpace(pattern)
		if pattern == "all" {
			pattern = "*"
		}
		found := false
		for _, r := range rows {
			match, err := path.Match(pattern, r.name)
			if err != nil {
				return nil, fmt.Errorf("row %q: %w", pattern, err)
			}
			if match {
				wanted[r.name], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("no row %q; there are: %s", pattern, rowNames())
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return !wanted[r.name] }), nil
}

func rowNames() string {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
	}
	return strings.Join(names, " ")
}
