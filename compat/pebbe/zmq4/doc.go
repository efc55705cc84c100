// Package zmq4 is a drop-in for github.com/pebbe/zmq4, in pure Go: a program
// written for that package changes one import line and needs neither cgo nor
// libzmq any more.
//
//	import zmq "github.com/pebbe/zmq4"              // before
//	import zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"      // after
//
// Every exported name is here, with the same signature. Calls behave as they do
// there over libzmq: the same defaults, the same errors (compare them with ==,
// or use AsErrno), the same messages on the wire. So do programs at the other
// end, whatever they are written with. What is in github.com/pebbe/zmq4/draft
// is in package github.com/zeroth-mq/zmq/compat/pebbe/zmq4/draft.
//
// New programs are better off with package github.com/zeroth-mq/zmq, which has
// contexts, whole messages, typed options and sockets that any number of
// goroutines may use.
//
// # A message part by part
//
// A message is one part or more. Send with SNDMORE says that another part
// follows, GetRcvmore whether one does; SendMessage and RecvMessage handle whole
// messages. The parts of a message arrive together or not at all.
//
// # Differences
//
//   - There are no threads and no signals: the options of I/O threads and
//     SetRetryAfterEINTR are stored and have no effect.
//   - Close may be called by any goroutine, and ends a Recv that waits with
//     ErrorSocketClosed. Otherwise a Socket still has one user at a time.
//   - A Context or Socket that nobody holds is closed by the garbage collector,
//     which does not wait for anything.
//   - What RecvBytes returns shares its buffer, of up to 64 KiB, with its
//     neighbours. The bytes are yours, but who keeps one part keeps the buffer.
//   - AuthStart lets in nobody with an unknown name and an empty password. With
//     AuthSetVerbose no password or key is logged. AuthStop waits.
//   - A Reactor reads channels in the order they were added, and RemoveChannel
//     acts at once.
//   - GSSAPI, VMCI, NORM and TIPC are not there; their options are stored.
//
// docs/compat.md lists the differences to libzmq.
package zmq4

//go:generate go run ./internal/gen
