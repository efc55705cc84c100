//go:build linux

// Command chaos runs the standing chaos suite and prints one table: see package
// chaos. It exits with 1 if a bound does not hold, and with 2 if it could not
// run.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/zeroth-mq/zmq/test/chaos"
)

func main() {
	chaos.Child() // a copy of this program in a role does not return
	os.Exit(run())
}

func run() int {
	p := chaos.Plan{Out: os.Stdout}
	flag.DurationVar(&p.For, "for", 10*time.Minute, "how long all scenarios together take, about")
	flag.StringVar(&p.Only, "only", "", "only scenarios whose `name` has this")
	flag.StringVar(&p.Sides, "sides", "", "the `faces` of both sides, in place of each scenario's: go, zmq4, c, libzmq; \"libzmq-libzmq\" shows what libzmq does")
	flag.Uint64Var(&p.Seed, "seed", uint64(time.Now().UnixNano())%1_000_000, "of all that is random; with -only it runs one scenario as it was")
	flag.Parse()
	dir, err := os.MkdirTemp("", "chaos")
	if err == nil {
		p.Dir = dir
		defer os.RemoveAll(dir)
		fmt.Printf("seed %d\n\n", p.Seed)
		var good bool
		if good, err = chaos.Run(p); err == nil && !good {
			return 1
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 2
	}
	return 0
}
