//go:build race

package zmq4_test

const raceEnabled = true
