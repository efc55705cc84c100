package ipc

const (
	sunPath      = 108 // bytes of a socket address's path, closing NUL included
	haveAbstract = false
	haveCred     = false
)
