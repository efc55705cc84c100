package testutil

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// The flags of a ZMTP 3 frame.
const (
	More    = 1
	Long    = 2
	Command = 4
)

// Frame is one ZMTP 3 frame.
func Frame(flags byte, body []byte) []byte {
	if len(body) > 255 {
		b := binary.BigEndian.AppendUint64([]byte{flags | Long}, uint64(len(body)))
		return append(b, body...)
	}
	return append([]byte{flags, byte(len(body))}, body...)
}

// Greeting is the 64 bytes that a ZMTP 3.1 peer with the NULL mechanism sends.
func Greeting() []byte {
	b := make([]byte, 64)
	b[0], b[9], b[10], b[11] = 0xff, 0x7f, 3, 1
	copy(b[12:], "NULL")
	return b
}

// Ready is the READY command of a socket type, as a frame.
func Ready(socketType string) []byte {
	body := append([]byte{5}, "READY"...)
	body = append(body, 11)
	body = append(body, "Socket-Type"...)
	body = binary.BigEndian.AppendUint32(body, uint32(len(socketType)))
	return Frame(Command, append(body, socketType...))
}

// A Peer speaks ZMTP by hand over a connection of its own.
type Peer struct {
	net.Conn
	r *bufio.Reader
}

// Dial connects to host:port and shakes hands as a socket of the given type.
func Dial(addr, socketType string) (*Peer, error) {
	c, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	p, err := Shake(c, socketType)
	if err != nil {
		c.Close()
	}
	return p, err
}

// Shake shakes hands on a connection.
func Shake(c net.Conn, socketType string) (*Peer, error) {
	p := &Peer{c, bufio.NewReader(c)}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	defer c.SetDeadline(time.Time{})
	if _, err := c.Write(append(Greeting(), Ready(socketType)...)); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(p.r, make([]byte, 64)); err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	flags, _, err := p.ReadFrame()
	if err == nil && flags&Command == 0 {
		err = fmt.Errorf("flags %#x in place of READY", flags)
	}
	return p, err
}

// Send writes one message.
func (p *Peer) Send(frames ...[]byte) error {
	var b []byte
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = More
		}
		b = append(b, Frame(flags, f)...)
	}
	_, err := p.Write(b)
	return err
}

// ReadFrame reads one frame, a command or of a message.
func (p *Peer) ReadFrame() (flags byte, body []byte, err error) {
	var h [9]byte
	if _, err := io.ReadFull(p.r, h[:2]); err != nil {
		return 0, nil, err
	}
	size := uint64(h[1])
	if h[0]&Long != 0 {
		if _, err := io.ReadFull(p.r, h[2:]); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(h[1:])
	}
	if size > 1<<30 {
		return 0, nil, fmt.Errorf("a frame of %d bytes", size)
	}
	body = make([]byte, size)
	_, err = io.ReadFull(p.r, body)
	return h[0], body, err
}

// Recv reads one message and leaves out commands.
func (p *Peer) Recv() ([][]byte, error) {
	var m [][]byte
	for {
		flags, body, err := p.ReadFrame()
		if err != nil {
			return m, err
		}
		if flags&Command != 0 {
			continue
		}
		m = append(m, body)
		if flags&More == 0 {
			return m, nil
		}
	}
}
