module github.com/zeroth-mq/zmq

go 1.26.0
