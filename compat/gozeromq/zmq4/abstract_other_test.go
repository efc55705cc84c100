//go:build !linux

package zmq4_test

const abstract = false
