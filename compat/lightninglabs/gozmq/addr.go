package gozmq

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"github.com/zeroth-mq/zmq"
)

// endpointOf is the endpoint that a program's address means.
func endpointOf(addr string) (string, error) {
	scheme, rest, found := strings.Cut(addr, "://")
	if !found {
		scheme, rest = "", addr
	}
	switch scheme {
	case "tcp":
		host, port, err := net.SplitHostPort(rest)
		if err != nil {
			return "", err
		}
		if host == "" || host == "*" {
			host = "127.0.0.1"
		}
		return "tcp://" + net.JoinHostPort(host, port), nil
	case "unix", "ipc":
		return "ipc://" + rest, nil
	case "":
		if _, err := os.Stat(rest); err == nil {
			return "ipc://" + rest, nil
		}
		if _, _, err := net.SplitHostPort(rest); err == nil {
			return endpointOf("tcp://" + rest)
		}
	}
	return "", fmt.Errorf("couldn't resolve address %s", addr)
}

// An addr is one that is not numeric.
type addr struct{ network, text string }

func (a addr) Network() string { return a.network }
func (a addr) String() string  { return a.text }

// addrOf is the address in an endpoint.
func addrOf(endpoint string) net.Addr {
	scheme, rest, _ := strings.Cut(endpoint, "://")
	if scheme == "ipc" {
		return &net.UnixAddr{Name: rest, Net: "unix"}
	}
	if a, err := netip.ParseAddrPort(rest); err == nil {
		return net.TCPAddrFromAddrPort(a)
	}
	return addr{"tcp", rest}
}

// asNet is why a connection failed, as package net would put it.
func asNet(e zmq.Event) error {
	to := addrOf(e.Remote)
	var sys *os.SyscallError
	var dns *net.DNSError
	var no syscall.Errno
	err := e.Err
	switch {
	case e.Kind != zmq.EventConnectRetried:
		return fmt.Errorf("gozmq: %s: %w", to, err)
	case errors.As(err, &sys):
		err = sys
	case errors.As(err, &dns):
		err = dns
	case errors.As(err, &no):
		err = os.NewSyscallError("connect", no)
	}
	return &net.OpError{Op: "dial", Net: to.Network(), Addr: to, Err: err}
}
