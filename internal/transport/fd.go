package transport

import (
	"context"
	"syscall"
)

// FD is the descriptor of a connection or a listener, or on Windows its handle;
// -1 where there is none to be had. It is for reports: none but its owner may
// use it, and its number may stand for something else later.
func FD(x any) int {
	c, ok := x.(syscall.Conn)
	if !ok {
		return -1
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return -1
	}
	return number(raw)
}

func number(c syscall.RawConn) int {
	fd := -1
	if err := c.Control(func(n uintptr) { fd = int(n) }); err != nil {
		return -1
	}
	return fd
}

type socketKey struct{}

// WithSocket makes a context with which Dial tells f of every socket that it
// is about to connect: its FD, whether that may take time, and whether it is to this
// machine; or with FD -1 that a name has to be looked up first. f may be called
// by several goroutines at once where a name has several addresses, and must
// not block.
func WithSocket(ctx context.Context, f func(fd int, waits, near bool)) context.Context {
	return context.WithValue(ctx, socketKey{}, f)
}

// Connecting is for transports: it tells the caller that has asked by WithSocket.
func Connecting(ctx context.Context, c syscall.RawConn, waits, near bool) {
	if f, ok := ctx.Value(socketKey{}).(func(int, bool, bool)); ok {
		f(number(c), waits, near)
	}
}

// LooksUp is for transports: it tells the caller that has asked by WithSocket that a
// name has to be looked up before there is a socket.
func LooksUp(ctx context.Context) {
	if f, ok := ctx.Value(socketKey{}).(func(int, bool, bool)); ok {
		f(-1, true, false)
	}
}
