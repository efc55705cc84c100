//go:build !linux && !windows

package ipc

const (
	sunPath      = 104 // bytes of a socket address's path, closing NUL included
	haveAbstract = false
	haveCred     = false
)
