// Command shapes does what the programs do that use github.com/go-zeromq/zmq4 and
// github.com/lightninglabs/gozmq, in their shapes: one is named by the argument. It
// prints what happened, which is the same with those modules and with ours; what they
// cannot do has "ours" in its name.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/go-zeromq/zmq4"
)

var shapes = map[string]func(){
	"kvevents": kvevents, "replay": replay, "jupyter": jupyter, "wireshark": wireshark, "bitcoind": bitcoind,
	"ours-kvevents-restart": kveventsRestart, "ours-bitcoind-restart": bitcoindRestart, "ours-closed": closed,
}

func main() {
	log.SetOutput(io.Discard)
	if len(os.Args) == 2 && shapes[os.Args[1]] != nil {
		shapes[os.Args[1]]()
		return
	}
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		fmt.Println(name)
	}
}

var (
	bkg   = context.Background()
	quiet = zmq4.WithLogger(log.New(io.Discard, "", 0))
)

// must ends the process: the shape cannot go on.
func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		fmt.Printf("stops: %v\n", err)
		os.Exit(1)
	}
}

// within is a wait for what another goroutine does.
func within(what string, ok func() bool) {
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			fmt.Printf("stops: waited for %s\n", what)
			os.Exit(1)
		}
	}
}
