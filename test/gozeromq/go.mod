// With github.com/go-zeromq/zmq4 and github.com/lightninglabs/gozmq. In
// replaced.mod they are ours.
module github.com/zeroth-mq/zmq/test/gozeromq

go 1.26.0

require (
	github.com/go-zeromq/zmq4 v0.17.0
	github.com/lightninglabs/gozmq v0.0.0-20191113021534-d20a764486bf
	github.com/zeroth-mq/zmq v0.0.0
	go.uber.org/goleak v1.3.0
	golang.org/x/sync v0.7.0
)

require (
	github.com/go-zeromq/goczmq/v4 v4.2.2 // indirect
	golang.org/x/text v0.15.0 // indirect
)

replace github.com/zeroth-mq/zmq => ../..
