//go:build !linux

package engine

import "syscall"

func askTCP(syscall.RawConn) (tcpState, bool) { return tcpState{}, false }
