// Package interop holds the tests against live libzmq, and against peers made
// of raw sockets that speak the older versions of ZMTP. libzmq runs in
// processes of its own, one small C program that the tests build and drive, so
// that nothing here needs cgo.
//
// The tests fail where libzmq or a C compiler is missing, and say what to
// install. ZEROTH_NO_INTEROP=1 leaves out those that need them.
package interop
