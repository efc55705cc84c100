// Command bare is the benchmarks' limit: the same bytes through a plain Go TCP
// or unix connection, without frames, queues or a protocol. The sender collects
// messages in a buffer of 64 KiB and the reader has one of 256 KiB, so that
// small messages do not cost a system call each. See package peer for its
// command line.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

const (
	writeBuffer = 64 << 10
	readBuffer  = 256 << 10
)

func main() {
	peer.Main(map[string]func(peer.Args) error{
		"pull": server(pull),
		"push": client(push),

		"pull-many": server(pull), // it does nothing else
		"push-many": client(push),

		"push-owned": client(push),
		"rep":        server(rep),
		"req":        client(req),
	})
}

type part func(net.Conn, peer.Args) error

// server makes a role of a part that accepts one connection.
func server(run part) func(peer.Args) error {
	return func(a peer.Args) error {
		network, address, err := split(a.Endpoint)
		if err != nil {
			return err
		}
		l, err := net.Listen(network, strings.Replace(address, ":*", ":0", 1))
		if err != nil {
			return err
		}
		defer l.Close()
		scheme, _, _ := strings.Cut(a.Endpoint, "://")
		peer.Ready(scheme + "://" + l.Addr().String())
		c, err := l.Accept()
		if err != nil {
			return err
		}
		return use(c, a, run)
	}
}

// client makes a role of a part that connects.
func client(run part) func(peer.Args) error {
	return func(a peer.Args) error {
		network, address, err := split(a.Endpoint)
		if err != nil {
			return err
		}
		c, err := net.Dial(network, address)
		if err != nil {
			return err
		}
		return use(c, a, func(c net.Conn, a peer.Args) error {
			if err := run(c, a); err != nil {
				return err
			}
			return peer.Hold()
		})
	}
}

func use(c net.Conn, a peer.Args, run part) error {
	if err := a.Measure(func() error { return run(c, a) }); err != nil {
		c.Close()
		return err
	}
	return c.Close()
}

// split turns an endpoint into a network and an address of package net.
func split(endpoint string) (network, address string, err error) {
	scheme, address, _ := strings.Cut(endpoint, "://")
	switch scheme {
	case "tcp":
		return "tcp", address, nil
	case "ipc":
		return "unix", address, nil
	}
	return "", "", fmt.Errorf("no connections over %q", scheme)
}

func pull(c net.Conn, a peer.Args) error {
	buf := make([]byte, readBuffer)
	got, err := io.ReadAtLeast(c, buf, min(a.Size, len(buf)))
	if err != nil {
		return err
	}
	start := time.Now()
	for all := (a.Count + 1) * a.Size; got < all; {
		n, err := c.Read(buf)
		if got += n; err != nil && got < all {
			return err
		}
	}
	peer.Took(time.Since(start))
	return nil
}

func push(c net.Conn, a peer.Args) error {
	w := bufio.NewWriterSize(c, writeBuffer)
	buf := make([]byte, a.Size)
	for range a.Count + 1 {
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return w.Flush()
}

func rep(c net.Conn, a peer.Args) error {
	buf := make([]byte, a.Size)
	for range a.Count {
		if _, err := io.ReadFull(c, buf); err != nil {
			return err
		}
		if _, err := c.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

func req(c net.Conn, a peer.Args) error {
	buf := make([]byte, a.Size)
	return peer.RoundTrips(a.Count, func() error {
		if _, err := c.Write(buf); err != nil {
			return err
		}
		_, err := io.ReadFull(c, buf)
		return err
	})
}
