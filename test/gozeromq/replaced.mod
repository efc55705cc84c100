// As go.mod, but for the replaced modules.
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
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/zeroth-mq/zmq => ../..

replace github.com/go-zeromq/zmq4 => ../../compat/gozeromq/zmq4/replace

replace github.com/lightninglabs/gozmq => ../../compat/lightninglabs/gozmq
