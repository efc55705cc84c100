// Package zmq4 has every name of github.com/go-zeromq/zmq4, with the same
// signatures, over package zmq: a program that was written for that library runs
// with ZeroMQ's true behaviour. One line in its go.mod does it, for the program
// and all that it imports, see the module in folder replace:
//
//	replace github.com/go-zeromq/zmq4 => github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/replace VERSION
//
// # What stays
//
// Dial waits until the connection is there and the handshake is done, tries a
// peer that is not there as often as WithDialerMaxRetries says, and returns the
// same errors. Recv after Close, or after the end of the context, returns the
// context's error as it is. A REQ may receive many times for one request. Frames
// that were received belong to the program. Texts of errors are the same.
//
// # What is different
//
// Every peer has a queue of its own; PUSH and DEALER share messages out among
// peers with room; a connection that is lost is made again until Close;
// a message is handed on whole, in order, or Send says that it was not; Close
// writes what is queued, for a second at most; a PING is answered and not shown
// to the program; peers may speak any version of ZMTP; there is CURVE, see
// security/curve; a peer that breaks the protocol loses its connection and can
// do no more. docs/gozeromq.md lists every difference.
//
// All methods of a Socket may be called by any number of goroutines at once,
// Close included.
package zmq4
