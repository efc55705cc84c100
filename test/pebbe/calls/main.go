// Command calls makes the calls of one scenario on github.com/pebbe/zmq4 and
// prints one line for each: the call, and what it returned. Built once as it
// is, and once with that module replaced by the one in compat/pebbe/zmq4/replace, it shows
// where the two differ.
//
// Without an argument it lists its scenarios.
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
)

// The scenarios by name. Each has a process of its own, so that one that
// crashes or hangs takes no other with it.
var scenarios = make(map[string]func(*tape))

func scenario(name string, f func(*tape)) bool {
	scenarios[name] = f
	return true
}

func main() {
	if len(os.Args) != 2 {
		for _, name := range slices.Sorted(maps.Keys(scenarios)) {
			fmt.Println(name)
		}
		return
	}
	f := scenarios[os.Args[1]]
	if f == nil {
		fmt.Fprintf(os.Stderr, "calls: there is no scenario %q\n", os.Args[1])
		os.Exit(2)
	}
	f(newTape())
}
