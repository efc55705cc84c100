// Package zmq4 has every name of github.com/go-zeromq/zmq4, and each of them is
// the one in github.com/zeroth-mq/zmq/compat/gozeromq/zmq4. The module calls
// itself by that other name, so that one line in a program's go.mod has the
// program, and all that it imports, run on this library:
//
//	replace github.com/go-zeromq/zmq4 => github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/replace VERSION
//
// Types are aliases: a Socket made here is a Socket there.
package zmq4

//go:generate go run ../../../forward/main.go github.com/zeroth-mq/zmq/compat/gozeromq/zmq4 transport security/null security/plain security/curve
