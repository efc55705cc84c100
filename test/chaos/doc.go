// Package chaos treats sockets as a bad network and bad neighbours do, and
// counts what that costs: connections cut at any byte, peers killed and stopped,
// networks that lose packets, descriptors used up, strangers of every kind.
//
// Every message is numbered and carries a checksum. What may be lost when a
// connection is cut is what was in flight: handed to the operating system and
// not yet read at the other end. That is at most the buffers of the system on
// both sides, twice that with a relay between them, and what one read of the
// receiver had taken that ends inside a message: see the section "Losing a
// connection" of docs/design.md. Nothing is ever received twice, in part, or
// out of order.
//
// The program cmd/chaos runs every scenario and prints one table; the tests run
// a short form of each. The Go API, zmq4, the C library and libzmq take part,
// each in a process of its own (see bridge.go).
package chaos
