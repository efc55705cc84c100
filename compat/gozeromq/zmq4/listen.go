package zmq4

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/zeroth-mq/zmq"
)

func (s *socket) Listen(ep string) error {
	e, err := parse(ep)
	if err != nil {
		return err
	}
	addr, err := s.bind(e)
	if err != nil {
		return fmt.Errorf("zmq4: could not listen to %q: %w", ep, err)
	}
	s.mu.Lock()
	s.addr = addr
	s.mu.Unlock()
	return nil
}

func (s *socket) bind(e endpoint) (net.Addr, error) {
	s.setup.Lock()
	defer s.setup.Unlock()
	if err := s.ready(true); err != nil {
		return nil, err
	}
	s.watch()
	switch {
	case e.trans == inprocTransport{}:
		return s.occupy(e.addr)
	case e.is("tcp"):
		return s.bindTCP(e.addr)
	case e.is("unix"):
		return s.bindIPC(e.addr)
	case e.is("udp"):
		return nil, &net.OpError{Op: "listen", Net: "udp", Err: errors.New("zmq4: udp carries no connections")}
	}
	return nil, errForeign(e)
}

// ready says why the socket cannot be bound or connected, and sets its security.
func (s *socket) ready(server bool) error {
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case s.broken != nil:
		return s.broken
	}
	return s.secure(server)
}

func errForeign(e endpoint) error {
	return fmt.Errorf("zmq4: sockets cannot use the transport %T", e.trans)
}

// ipc is an endpoint of base. A star is a name as any other.
func ipc(path string) string {
	if path == "*" {
		path = "./*"
	}
	return "ipc://" + path
}

// A socketFile is one that Listen has made.
type socketFile struct {
	path string
	info os.FileInfo
}

func (s *socket) bindIPC(path string) (net.Addr, error) {
	addr := &net.UnixAddr{Name: path, Net: "unix"}
	if _, err := s.base.Bind(ipc(path)); err != nil {
		return nil, listenError(addr, err)
	}
	if info, err := os.Lstat(path); err == nil && !strings.HasPrefix(path, "@") {
		s.mu.Lock()
		s.files = append(s.files, socketFile{path, info})
		s.mu.Unlock()
	}
	return addr, nil
}

// unlink removes the files that Listen has made, unless others stand there now.
// The number of a file that was removed may be that of the next.
func (s *socket) unlink() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		info, err := os.Lstat(f.path)
		if err == nil && os.SameFile(info, f.info) && info.ModTime().Equal(f.info.ModTime()) {
			_ = os.Remove(f.path) // the next that listens there replaces it
		}
	}
}

func (s *socket) bindTCP(addr string) (net.Addr, error) {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: err}
	}
	host, port := "*", "*"
	if !a.IP.IsUnspecified() {
		host = a.IP.String()
		if a.Zone != "" {
			host += "%" + a.Zone
		}
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
	}
	if a.Port != 0 {
		port = strconv.Itoa(a.Port)
	}
	bound, err := s.base.Bind("tcp://" + host + ":" + port)
	if err != nil {
		return nil, listenError(a, err)
	}
	return tcpAddr(bound), nil
}

// tcpAddr is the address in a numeric endpoint; nil: it is not numeric.
func tcpAddr(endpoint string) net.Addr {
	a, err := netip.ParseAddrPort(strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		return nil
	}
	return net.TCPAddrFromAddrPort(a)
}

// listenError makes an error of package zmq look as one of package net does.
func listenError(addr net.Addr, err error) error {
	if err == nil {
		return nil
	}
	return &net.OpError{Op: "listen", Net: addr.Network(), Addr: addr, Err: systemError("bind", err)}
}

// systemError is what of an error package net would put into its own: the error
// of a system call or of a lookup.
func systemError(call string, err error) error {
	var sys *os.SyscallError
	var dns *net.DNSError
	var no syscall.Errno
	switch {
	case errors.As(err, &sys):
		return sys
	case errors.As(err, &dns):
		return dns
	case errors.Is(err, zmq.ErrAddressInUse):
		return os.NewSyscallError(call, syscall.EADDRINUSE)
	case errors.Is(err, zmq.ErrNoEndpoint):
		return os.NewSyscallError(call, syscall.ENOENT)
	case errors.As(err, &no):
		return os.NewSyscallError(call, no)
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	return err
}
