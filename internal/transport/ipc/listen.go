package ipc

import (
	"fmt"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Listen binds and listens. The socket that a process has left at the path is
// replaced; a file, a directory or a socket on which a process listens is not:
// EADDRINUSE. With o.UseFD it adopts that listening socket and removes nothing.
func (t Transport) Listen(addr string, o *opt.Net) (transport.Listener, error) {
	if err := t.CheckBind(addr, o); err != nil {
		return nil, err
	}
	l := &listener{
		pids: slices.Clone(o.IPC.FilterPID),
		uids: slices.Clone(o.IPC.FilterUID),
		gids: slices.Clone(o.IPC.FilterGID),
	}
	if l.filters() && !haveCred {
		return nil, transport.Errorf(errno.ENOTSUP, "IPC_FILTER_PID, _UID and _GID need a system that names its peers (Linux)")
	}
	if o.UseFD > 0 {
		return l.adopt(o.UseFD)
	}
	if wildcard(addr) {
		var err error
		if addr, err = l.makeDir(); err != nil {
			return nil, err
		}
	}
	u, err := bind(addr)
	if err != nil {
		l.removeDir()
		return nil, err
	}
	u.SetUnlinkOnClose(false)
	l.unix, l.endpoint = u, "ipc://"+addr
	if err := transport.SetBacklog(u, o.Backlog); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// bind listens at a path or an abstract name.
func bind(addr string) (*net.UnixListener, error) {
	at := &net.UnixAddr{Name: addr, Net: "unix"}
	u, err := net.ListenUnix("unix", at)
	if err != nil && !abstract(addr) && inUse(err) {
		if err := removeLeft(addr); err != nil {
			return nil, err
		}
		u, err = net.ListenUnix("unix", at)
	}
	return u, transport.Wrap(err, errno.EINVAL)
}

func inUse(err error) bool { return errno.Of(transport.Wrap(err, errno.EINVAL), 0) == errno.EADDRINUSE }

// removeLeft removes the socket that a process has left at a path. EADDRINUSE:
// something else is there. Of two processes that find the same one at the same
// time, either may get the name.
func removeLeft(path string) error {
	was, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return transport.Wrap(err, errno.EADDRINUSE)
	}
	if was.Mode().Type() != os.ModeSocket {
		return transport.Errorf(errno.EADDRINUSE, "%s is not a socket: choose another path, or remove it", path)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return transport.Errorf(errno.EADDRINUSE, "a process listens on %s", path)
	} else if !refused(err) {
		// It may be alive: too many wait to connect, or it speaks otherwise.
		return &transport.Error{Errno: errno.EADDRINUSE, Text: "a socket is at " + path, Cause: err}
	}
	if now, err := os.Lstat(path); err != nil || !os.SameFile(was, now) {
		return nil // another process has replaced it: bind says what is so now
	}
	// Not os.Remove, which would take an empty directory as well.
	return transport.Wrap(syscall.Unlink(path), errno.EACCES)
}

func refused(err error) bool {
	return errno.Of(transport.Wrap(err, errno.EINVAL), 0) == errno.ECONNREFUSED
}

// A listener is a local socket that accepts and filters. All fields are fixed
// once Listen returns.
type listener struct {
	unix     *net.UnixListener
	endpoint string

	// dir is the directory that a wildcard made, absolute; empty for none.
	dir    string
	remove sync.Once

	pids, uids, gids []int // a peer in any of them is let in; all empty: every peer
}

// makeDir makes the directory of a wildcard and returns the path of the socket
// to be in it. Where no environment variable names a directory, that is the
// current one.
func (l *listener) makeDir() (string, error) {
	base := "."
	for _, name := range []string{"TMPDIR", "TEMPDIR", "TMP"} {
		v := os.Getenv(name)
		if fi, err := os.Stat(v); v != "" && err == nil && fi.IsDir() {
			base = v
			break
		}
	}
	dir, err := os.MkdirTemp(base, "tmp")
	if err != nil {
		return "", transport.Wrap(err, errno.EINVAL)
	}
	if l.dir, err = filepath.Abs(dir); err != nil {
		l.dir = dir
	}
	path := filepath.Join(dir, "socket")
	if err := check(path); err != nil {
		l.removeDir()
		return "", err
	}
	return path, nil
}

func (l *listener) removeDir() {
	if l.dir == "" {
		return
	}
	_ = syscall.Unlink(filepath.Join(l.dir, "socket"))
	_ = os.Remove(l.dir)
}

func (l *listener) adopt(fd int) (transport.Listener, error) {
	nl, err := transport.ListenFD(fd)
	if err != nil {
		return nil, err
	}
	u, ok := nl.(*net.UnixListener)
	if !ok {
		nl.Close()
		return nil, transport.Errorf(errno.EINVAL, "descriptor %d is not a local stream socket", fd)
	}
	u.SetUnlinkOnClose(false)
	l.unix, l.endpoint = u, "ipc://"+u.Addr().String()
	return l, nil
}

// SyscallConn gives access to the descriptor: see transport.FD.
func (l *listener) SyscallConn() (syscall.RawConn, error) { return l.unix.SyscallConn() }

func (l *listener) Endpoint() string { return l.endpoint }
func (l *listener) Addr() net.Addr   { return l.unix.Addr() }

// Close stops listening. It removes only what a wildcard made: a file of the
// user's naming may be another listener's by now.
func (l *listener) Close() error {
	err := l.unix.Close()
	l.remove.Do(l.removeDir)
	return transport.Wrap(err, errno.ENOTSOCK)
}

// Accept waits for a peer. A *transport.Rejected is about one peer only, which
// no filter let in.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.unix.AcceptUnix()
	if err != nil {
		return nil, transport.Wrap(err, errno.ENOTSOCK)
	}
	if err := l.admit(c); err != nil {
		c.Close()
		return nil, &transport.Rejected{Addr: c.RemoteAddr(), Reason: err.Error()}
	}
	return c, nil
}

func (l *listener) filters() bool { return len(l.pids)+len(l.uids)+len(l.gids) > 0 }

func (l *listener) admit(c net.Conn) error {
	if !l.filters() {
		return nil
	}
	who, err := transport.PeerCred(c)
	if err != nil {
		return err
	}
	if slices.Contains(l.pids, who.PID) || slices.Contains(l.uids, who.UID) || slices.Contains(l.gids, who.GID) ||
		len(l.gids) > 0 && l.inGroups(who.UID) {
		return nil
	}
	return fmt.Errorf("process %d of user %d and group %d is in no IPC_FILTER", who.PID, who.UID, who.GID)
}

// inGroups reports whether one of the groups lists the user as a member.
func (l *listener) inGroups(uid int) bool {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return false
	}
	ids, err := u.GroupIds()
	if err != nil {
		return false
	}
	for _, id := range ids {
		if n, err := strconv.Atoi(id); err == nil && slices.Contains(l.gids, n) {
			return true
		}
	}
	return false
}
