package cshim

import (
	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// An Item is one socket that a poll asks about. C has the same struct.
type Item struct {
	Socket uint64
	Want   int32 // PollIn, PollOut
	Got    int32
	Held   int64 // not 0: C has something to receive
}

// Look is the sockets' half of zmq_poll: it fills in what every item got and
// returns how many got anything. If none did and arm is set, w says what to
// wait for before the next call. ENOTSOCK: no such socket; ETERM.
func Look(items []Item, arm bool, w *Wait) int {
	w.resume()
	n := look(items)
	if n == 0 && (arm || w.Token != 0) {
		socks := make([]*core.Socket, 0, len(items))
		for _, it := range items {
			if s, ok := sockets.get(it.Socket); ok {
				socks = append(socks, s.Socket)
			}
		}
		if err := w.start(socks...); err != nil {
			return code(err)
		}
		n = look(items)
	}
	if n != 0 {
		w.end()
	}
	return n
}

func look(items []Item) (n int) {
	for i := range items {
		it := &items[i]
		s, ok := sockets.get(it.Socket)
		if !ok {
			return fail(errno.ENOTSOCK)
		}
		in, out, err := s.Ready()
		if err != nil {
			return code(err)
		}
		it.Got = 0
		if in || it.Held != 0 {
			it.Got |= it.Want & PollIn
		}
		if out {
			it.Got |= it.Want & PollOut
		}
		if it.Got != 0 {
			n++
		}
	}
	return n
}
