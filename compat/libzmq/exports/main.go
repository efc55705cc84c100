//go:build linux

// Command exports is the Go part of the shared library libzmq.so.5: what the C
// part, in the folder above, calls. scripts/libzmq builds it with
// -buildmode=c-archive and links it in.
//
// A call of zmq_send, say:
//
//  1. part.c finds the number behind the handle, and calls zeroth_send.
//  2. zeroth_send, here, turns pointers into slices and calls cshim.Send.
//  3. If that would block, part.c polls a descriptor and calls again.
//
// The functions that programs see are C's, so that errno is theirs to set, and so
// that messages, timers and waiting need no Go at all. Those of the Go part begin
// with zeroth_ and are listed in calls.h; those that only pass on what they are given
// are made from that list (calls_gen.go). Handles are checked on both sides:
// handle.c never looks where a pointer that is none points to.
//
// Go runs in a process only once C has called it, and in a forked child it starts
// anew (start.c): nothing here may be kept outside of Go's variables.
package main

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/.. -DZEROTH_EXPORTS
#include "calls.h"
*/
import "C"

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A process ends if it has no descriptors for what Go waits with when Go first
// waits. A timer has Go make that now, when the library has seen that there are
// some.
var _ = time.AfterFunc(time.Hour, func() {}).Stop()

func main() {} // never called: what is built is part of a library

// caught ends an exported call that panicked: with EFAULT, and a line on
// standard error.
func caught(rc *C.int) {
	if why := recover(); why != nil {
		fmt.Fprintf(os.Stderr, "libzmq: a call failed, please report it: %v\n%s", why, debug.Stack())
		*rc = -C.int(errno.EFAULT)
	}
}

// zeroth_hello is the first call of every thread. It makes room on the stack
// that Go has for the thread, so that a signal handler of the program that is
// not on a stack of its own has some too.
//
//export zeroth_hello
func zeroth_hello() (rc C.int) {
	defer caught(&rc)
	return C.int(stretch(0))
}

const handlerRoom = 64 << 10

//go:noinline
func stretch(i int) byte {
	var room [handlerRoom]byte
	return room[i]
}
