// As go.mod, but for the replaced module.
module github.com/zeroth-mq/zmq/test/pebbe

go 1.26.0

require (
	github.com/edgexfoundry/go-mod-messaging v0.1.30
	github.com/pebbe/zmq4 v1.4.0
	github.com/zeroth-mq/zmq v0.0.0
)

require (
	github.com/eclipse/paho.mqtt.golang v1.2.0 // indirect
	github.com/go-redis/redis/v7 v7.2.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/zeroth-mq/zmq => ../..

replace github.com/pebbe/zmq4 => ../../compat/pebbe/zmq4/replace
