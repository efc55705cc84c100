//go:build linux

// Command libzmq is the shared library libzmq.so.5: the functions of zmq.h,
// built with -buildmode=c-shared (make libzmq).
//
// A call of zmq_send, say:
//
//  1. part.c finds the number behind the handle, and calls zeroth_send.
//  2. zeroth_send, here, turns pointers into slices and calls cshim.Send.
//  3. If that would block, part.c polls a descriptor and calls again.
//
// The functions that C sees are C's, so that errno is theirs to set, and so that
// messages, timers and waiting need no Go at all. Those of the Go half begin
// with zeroth_ and are listed in calls.h. Handles are checked on both sides:
// handle.c never looks where a pointer that is none points to.
package main

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden
#include "calls.h"
*/
import "C"

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/zeroth-mq/zmq/internal/errno"
)

func main() {} // never called: what is built is a library

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
