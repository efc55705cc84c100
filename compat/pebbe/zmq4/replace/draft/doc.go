// Package zmq4 has every name of github.com/pebbe/zmq4/draft, and each of them
// is the one in github.com/zeroth-mq/zmq/compat/pebbe/zmq4/draft.
package zmq4
