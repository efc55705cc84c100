package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A kind is what a row measures: which two roles a peer plays, or one for both
// in a single process, and how its result reads.
type kind struct {
	server, client string // roles; client is empty for a single process
	unit           string
	first          int // messages or round trips of the shortest run
	longest        int // no run has more
}

var (
	stream    = kind{server: "pull", client: "push", unit: "messages/s", first: 20_000, longest: 50_000_000}
	inproc    = kind{server: "inproc", unit: "messages/s", first: 20_000, longest: 50_000_000}
	roundTrip = kind{server: "rep", client: "req", unit: "p50 / p99 µs", first: 1_000, longest: 1_000_000}
)

// A row is one line of the table.
type row struct {
	name      string
	kind      *kind
	transport string
	size      int
}

// rows are all there are. To add one: a line here, and, if it is of a new kind,
// that kind above, its roles in every peer that has them, and in peer.plays.
var rows = func() (all []row) {
	for _, transport := range []string{"tcp", "ipc"} {
		for _, size := range []int{16, 64, 256, 1024, 8192, 65536} {
			all = append(all, row{fmt.Sprintf("%s-%d", transport, size), &stream, transport, size})
		}
	}
	return append(all,
		row{"inproc-64", &inproc, "inproc", 64},
		row{"inproc-1024", &inproc, "inproc", 1024},
		row{"tcp-rtt", &roundTrip, "tcp", 64},
		row{"ipc-rtt", &roundTrip, "ipc", 64},
	)
}()

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
