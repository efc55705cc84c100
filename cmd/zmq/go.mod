module github.com/zeroth-mq/zmq/cmd/zmq

go 1.26.0

require (
	github.com/alecthomas/kong v1.17.0
	github.com/zeroth-mq/zmq v0.0.0
	golang.org/x/crypto v0.58.0
	golang.org/x/term v0.47.0
)

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

// The library of the same commit.
replace github.com/zeroth-mq/zmq => ../..
