package zmq4

import (
	"context"
	"fmt"
	"runtime"
)

func (soc *Socket) sendBytes(data []byte, flags Flag) (int, error) {
	if soc.h == nil {
		return 0, ErrorSocketClosed
	}
	err := soc.h.s.SendPart(context.Background(), data, nil, flags&SNDMORE != 0, flags&DONTWAIT != 0)
	runtime.KeepAlive(soc.h) // see handle
	return sent(len(data), err)
}

func (soc *Socket) sendString(data string, flags Flag) (int, error) {
	if soc.h == nil {
		return 0, ErrorSocketClosed
	}
	err := soc.h.s.SendPartString(context.Background(), data, flags&SNDMORE != 0, flags&DONTWAIT != 0)
	runtime.KeepAlive(soc.h)
	return sent(len(data), err)
}

// sent is what a send of n bytes returns: with an error -1, or 0 if the socket
// was closed.
func sent(n int, err error) (int, error) {
	if err == nil {
		return n, nil
	}
	if err = fail(err); err == ErrorSocketClosed {
		return 0, err
	}
	return -1, err
}

// SendMessage sends a message, whole or not at all. A string or []byte is one
// part, each element of a []string or [][]byte is one, and anything else becomes
// one as fmt prints it. It returns the sum of the parts' sizes, and with an error
// -1. Without any part it sends nothing.
func (soc *Socket) SendMessage(parts ...any) (total int, err error) {
	return soc.sendMessage(parts, 0)
}

// SendMessageDontwait is SendMessage with DONTWAIT.
func (soc *Socket) SendMessageDontwait(parts ...any) (total int, err error) {
	return soc.sendMessage(parts, DONTWAIT)
}

func (soc *Socket) sendMessage(parts []any, flags Flag) (total int, err error) {
	m := sending{soc: soc, flags: flags, left: count(parts)}
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			m.string(p)
		case []byte:
			m.bytes(p)
		case []string:
			for _, s := range p {
				m.string(s)
			}
		case [][]byte:
			for _, b := range p {
				m.bytes(b)
			}
		default:
			m.string(fmt.Sprint(p))
		}
	}
	if m.err != nil {
		return -1, m.err
	}
	return m.total, nil
}

// count is how many parts the arguments of SendMessage are.
func count(parts []any) (n int) {
	for _, p := range parts {
		switch p := p.(type) {
		case []string:
			n += len(p)
		case [][]byte:
			n += len(p)
		default:
			n++
		}
	}
	return n
}

// sending is a message on its way out.
type sending struct {
	soc   *Socket
	flags Flag
	left  int // parts
	total int // bytes
	err   error
}

func (m *sending) string(s string) {
	if m.err == nil {
		m.add(m.soc.sendString(s, m.next()))
	}
}

func (m *sending) bytes(b []byte) {
	if m.err == nil {
		m.add(m.soc.sendBytes(b, m.next()))
	}
}

// next is the flags of the next part.
func (m *sending) next() Flag {
	if m.left--; m.left > 0 {
		return m.flags | SNDMORE
	}
	return m.flags
}

func (m *sending) add(n int, err error) {
	m.total += n
	m.err = err
}
