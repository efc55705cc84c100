// Package zmq4 is package github.com/zeroth-mq/zmq/compat/pebbe/zmq4 with the draft API of
// github.com/pebbe/zmq4/draft on top: messages with options, groups, and some
// socket options. Everything that is in both works alike; Send and SendBytes
// take options.
//
// Its types are its own, and so is its default context.
package zmq4
