//go:build unix

package core_test

import (
	"bytes"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// TestMonitorSideBySide plays every situation on libzmq and here, and compares
// what the monitors tell: kinds, order, values and endpoints.
func TestMonitorSideBySide(t *testing.T) {
	testutil.NeedLibzmq(t)
	lib := startTheirs(t)
	for _, c := range monitorSituations {
		for _, ipc := range []bool{false, true} {
			name := c.name + " over tcp"
			if ipc {
				if name = c.name + " over ipc"; c.tcp {
					continue
				}
			}
			t.Run(name, func(t *testing.T) {
				lib.t = t
				play := func(s side) (told string, short bool) {
					dir, err := os.MkdirTemp("", "zm") // short, for ipc
					if err != nil {
						t.Fatal(err)
					}
					defer os.RemoveAll(dir)
					defer s.close()
					w := &world{side: s, t: t, ipc: ipc, dir: dir}
					c.play(w)
					// What could not be bound has no descriptor here.
					return unbound.ReplaceAllString(strings.Join(w.notes, "\n\t"), "${1}fd$2"), w.short
				}
				theirs, short := play(lib)
				ours, _ := play(&ours{t: t, ctx: core.NewContext()})
				if short && strings.HasPrefix(ours, theirs) {
					return
				}
				if ours != theirs {
					t.Errorf("libzmq:\n\t%s\nhere:\n\t%s", theirs, ours)
				}
			})
		}
	}
}

var unbound = regexp.MustCompile(`(0x80 )no fd( "[^"]*"\n\t0x10 )`)

type monitorSituation struct {
	name string
	tcp  bool // has no meaning elsewhere
	play func(*world)
}

func greeting(mechanism string) []byte {
	b := testutil.Greeting()
	copy(b[12:32], make([]byte, 20))
	copy(b[12:32], mechanism)
	return b
}

func command(body string) []byte { return testutil.Frame(testutil.Command, []byte(body)) }

// dial connects by hand to what s has bound.
func (w *world) dial(s monitored) net.Conn {
	network, addr, _ := strings.Cut(s.endpoint(), "://")
	if network == "ipc" {
		network = "unix"
	}
	c, err := net.Dial(network, addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// said plays a peer that says what it is given, and nothing more.
func said(b ...[]byte) func(*world) {
	return func(w *world) {
		s := w.bound(opt.TypePull)
		c := w.dial(s)
		w.until(s, link.Accepted)
		c.Write(bytes.Join(b, nil))
		w.until(s, link.Disconnected)
		w.rest(s)
	}
}

// shaken plays a peer that does so after the handshake.
func shaken(b []byte, options ...any) func(*world) {
	return func(w *world) {
		s := w.bound(opt.TypePull, options...)
		c := w.dial(s)
		c.Write(append(greeting("NULL"), testutil.Ready("PUSH")...))
		w.until(s, link.HandshakeDone)
		c.Write(b)
		w.until(s, link.Disconnected)
		w.rest(s)
	}
}

// toListener connects to a listener that is played by hand, and is its
// connection.
func (w *world) toListener(options ...any) (monitored, net.Conn) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	defer ln.Close()
	s := w.watched(opt.TypePush, append(options, "RECONNECT_IVL", 100000)...)
	s.connect("tcp://" + ln.Addr().String())
	c, err := ln.Accept()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	return s, c
}

// answered plays a listener that says what it is given, and is given up, or
// closes.
func answered(closes bool, b ...[]byte) func(*world) {
	return func(w *world) {
		s, c := w.toListener()
		c.Write(bytes.Join(b, nil))
		if closes {
			w.until(s, link.Connected)
			c.(*net.TCPConn).CloseWrite()
			w.until(s, link.ConnectRetried)
		} else {
			w.until(s, link.Disconnected)
		}
		w.rest(s)
	}
}

// fails plays a bind that does.
func fails(ep string) func(*world) {
	return func(w *world) {
		s := w.watched(opt.TypePull)
		if s.bind(ep) == 0 {
			w.t.Fatal("bound")
		}
		w.rest(s)
	}
}

// pair connects a PUSH to a PULL.
func (w *world) pair() (push, pull monitored) {
	pull = w.bound(opt.TypePull)
	push = w.watched(opt.TypePush, "RECONNECT_IVL", 50)
	push.connect(pull.endpoint())
	w.until(push, link.HandshakeDone)
	w.until(pull, link.HandshakeDone)
	return push, pull
}

func metadata(b string) []byte { return command("\x05READY" + b) }
