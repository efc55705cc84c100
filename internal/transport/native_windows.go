package transport

import (
	"errors"
	"syscall"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// wsa maps Winsock's numbers to those that the errno table holds, which on
// Windows are the ones that package syscall invented.
var wsa = map[syscall.Errno]errno.Errno{
	10004: errno.EINTR,
	10009: errno.EBADF,
	10013: errno.EACCES,
	10014: errno.EFAULT,
	10022: errno.EINVAL,
	10024: errno.EMFILE,
	10035: errno.EAGAIN,
	10036: errno.EINPROGRESS,
	10038: errno.ENOTSOCK,
	10040: errno.EMSGSIZE,
	10043: errno.EPROTONOSUPPORT,
	10045: errno.ENOTSUP,
	10047: errno.EAFNOSUPPORT,
	10048: errno.EADDRINUSE,
	10049: errno.EADDRNOTAVAIL,
	10050: errno.ENETDOWN,
	10051: errno.ENETUNREACH,
	10052: errno.ENETRESET,
	10053: errno.ECONNABORTED,
	10054: errno.ECONNRESET,
	10055: errno.ENOBUFS,
	10057: errno.ENOTCONN,
	10060: errno.ETIMEDOUT,
	10061: errno.ECONNREFUSED,
	10063: errno.ENAMETOOLONG,
	10065: errno.EHOSTUNREACH,

	syscall.ERROR_FILE_NOT_FOUND: errno.ENOENT,
	syscall.ERROR_PATH_NOT_FOUND: errno.ENOENT,
	syscall.ERROR_ACCESS_DENIED:  errno.EACCES,
}

// native gives the errno for a Winsock number in err's chain, else err.
func native(err error) error {
	var s syscall.Errno
	if errors.As(err, &s) {
		if no, ok := wsa[s]; ok {
			return no
		}
	}
	return err
}
