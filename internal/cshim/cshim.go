// Package cshim is the C ABI in plain Go: numbers for handles, numbers for
// errors, options in C's layout, and calls that never block. compat/libzmq/exports turns
// its functions into C's; C waits where they say that it must.
//
// A function returns a result of 0 or more, or an errno with its sign turned.
// All may be called at any time by any thread; what libzmq forbids (two threads
// on one socket) is allowed here.
//
// A call that must wait:
//
//  1. It tries. If that would block it has a Signal watch the socket, tries once
//     more, and gives out the Signal's descriptor in a Wait, with -EAGAIN.
//  2. The caller polls that descriptor, as long as Wait says, and calls again
//     with the same Wait.
//  3. The try that succeeds, or fails for good, ends the watch. A caller that
//     gives up before calls Forget.
package cshim

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// Flags of Send and Recv.
const (
	DontWait = 1
	SndMore  = 2
)

// What Look asks of a socket, and finds.
const (
	PollIn  = 1
	PollOut = 2
)

// background is what every call runs under: nothing here waits.
var background = context.Background()

// A socket is what a handle stands for.
type socket struct {
	*core.Socket
	ctx *zcontext
}

var (
	contexts table[*zcontext]
	sockets  table[socket]
	waits    table[*watch]
	jobs     table[*job]
)

// code is what C is told of an error: 0 for nil.
func code(err error) int {
	if err == nil {
		return 0
	}
	return fail(errno.Of(err, errno.EINVAL))
}

func fail(e errno.Errno) int { return -int(e) }
