package crowd

import (
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// The test's own program is also its children: see start.
func TestMain(m *testing.M) {
	role := os.Getenv("CROWD_ROLE")
	if role == "" {
		testutil.Main(m)
	}
	f := roles[role]
	n, err := strconv.Atoi(os.Args[1])
	if f == nil || err != nil {
		fmt.Fprintln(os.Stderr, "no such role, or no number:", role, os.Args[1:])
		os.Exit(2)
	}
	if d := os.Getenv("CROWD_PROF"); d != "" && role != "crowd" && role != "topics" {
		fl, _ := os.Create(d)
		pprof.StartCPUProfile(fl)
		defer pprof.StopCPUProfile()
	}
	if err := f(n, os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, role+":", err)
		os.Exit(1)
	}
}

// roles are what a child can be: the subject that is measured, or the crowd
// around it. A role takes a number and an address, prints "at ADDRESS" if it
// has bound one, "done" when it is where it should be, does more with each line
// that it reads, and ends when there is none.
var roles = map[string]func(n int, addr string) error{
	"pull":    pull,
	"push":    push,
	"pub":     pub,
	"queue":   queue,
	"crowd":   crowd,
	"hosts":   hosts,
	"topics":  topics,
	"server":  server,
	"clients": clients,
}
