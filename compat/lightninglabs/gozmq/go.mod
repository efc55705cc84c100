module github.com/lightninglabs/gozmq

go 1.26.0

require github.com/zeroth-mq/zmq v0.0.0

require (
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

// For work on this repository; a program that uses the module gets what it
// requires.
replace github.com/zeroth-mq/zmq => ../../..
