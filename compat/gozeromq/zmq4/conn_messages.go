package zmq4

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/zeroth-mq/zmq/zmtp"
)

// What a Conn takes from its peer.
const (
	maxFrame   = 256 << 20
	maxMessage = 1 << 30
	maxFrames  = 65536
)

// SendMsg sends a message. One without frames is not sent, which is no error.
func (c *Conn) SendMsg(msg Msg) error {
	if c.Closed() {
		return ErrClosedConn
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	for i, frame := range msg.Frames {
		var flags byte
		if i < len(msg.Frames)-1 {
			flags = zmtp.FlagMore
		}
		if err := c.writeLocked(flags, frame); err != nil {
			return fmt.Errorf("zmq4: error sending frame %d/%d: %w", i+1, len(msg.Frames), err)
		}
	}
	return nil
}

// SendCmd sends a command. ErrBadCmd: its name is empty or longer than 255 bytes.
func (c *Conn) SendCmd(name string, body []byte) error {
	switch {
	case c.Closed():
		return ErrClosedConn
	case len(name) == 0 || len(name) > 255:
		return ErrBadCmd
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	return c.writeLocked(zmtp.FlagCommand, zmtp.AppendCommandBody(nil, name, body))
}

func (c *Conn) writeLocked(flags byte, body []byte) error {
	var sealed bytes.Buffer
	if _, err := c.sec.Encrypt(&sealed, body); err != nil {
		return err
	}
	_, err := c.rw.Write(zmtp.AppendFrame(nil, flags, sealed.Bytes()))
	return c.lost(err)
}

// RecvMsg receives a message, or a command: then Type is CmdMsg, and the only
// frame is the command's data, if it has any. A PING is also answered.
func (c *Conn) RecvMsg() (Msg, error) {
	if c.Closed() {
		return Msg{}, ErrClosedConn
	}
	m, err := c.read()
	if err != nil {
		m.err = err
		return m, fmt.Errorf("zmq4: could not read recv msg: %w", err)
	}
	if m.Type != CmdMsg {
		return m, nil
	}
	cmd, err := command(m.Frames)
	if err == nil && cmd.Name == CmdPing {
		var context []byte
		if _, context, err = zmtp.ParsePing(cmd.Body); err == nil {
			err = c.SendCmd(CmdPong, context)
		}
	}
	if m.err = err; err != nil {
		return m, err
	}
	if m.Frames = nil; len(cmd.Body) > 0 {
		m.Frames = [][]byte{cmd.Body}
	}
	return m, nil
}

// RecvCmd receives a command. ErrBadFrame: it was a message.
func (c *Conn) RecvCmd() (Cmd, error) {
	if c.Closed() {
		return Cmd{}, ErrClosedConn
	}
	m, err := c.read()
	switch {
	case err != nil:
		return Cmd{}, fmt.Errorf("zmq4: could not read recv cmd: %w", err)
	case m.Type != CmdMsg:
		return Cmd{}, ErrBadFrame
	}
	return command(m.Frames)
}

func command(frames [][]byte) (Cmd, error) {
	if len(frames) != 1 {
		return Cmd{}, errors.New("zmq4: invalid length command")
	}
	name, body, err := zmtp.ParseCommand(frames[0])
	if err != nil {
		return Cmd{}, fmt.Errorf("%w: %w", ErrBadCmd, err)
	}
	return Cmd{Name: name, Body: body}, nil
}

// read receives the frames of a message.
func (c *Conn) read() (m Msg, err error) {
	total := 0
	for more := true; more; {
		flags, body, err := c.readFrame()
		if err != nil {
			return m, err
		}
		if flags&zmtp.FlagCommand != 0 {
			m.Type = CmdMsg
		}
		more = flags&zmtp.FlagMore != 0
		m.Frames = append(m.Frames, body)
		if total += len(body) + 64; total > maxMessage || len(m.Frames) > maxFrames {
			return m, errOverflow
		}
	}
	return m, nil
}

func (c *Conn) readFrame() (flags byte, body []byte, err error) {
	var b [zmtp.MaxHeader]byte
	if _, err := io.ReadFull(c.rw, b[:2]); err != nil {
		return 0, nil, c.lost(err)
	}
	flags, size, n := zmtp.ParseHeader(b[:2])
	if n == 0 {
		if _, err := io.ReadFull(c.rw, b[2:]); err != nil {
			return 0, nil, c.lost(err)
		}
		flags, size, _ = zmtp.ParseHeader(b[:])
	}
	if size > maxFrame {
		return 0, nil, errOverflow
	}
	// The buffer grows with what has come, not with what was announced.
	var raw, open bytes.Buffer
	if _, err := io.CopyN(&raw, c.rw, int64(size)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, nil, c.lost(err)
	}
	if _, err := c.sec.Decrypt(&open, raw.Bytes()); err != nil {
		return 0, nil, err
	}
	return flags, append([]byte{}, open.Bytes()...), nil
}

// A Cmd is a command of ZMTP.
type Cmd struct {
	Name string
	Body []byte
}

// Names of commands.
const (
	CmdCancel      = "CANCEL"
	CmdError       = "ERROR"
	CmdHello       = "HELLO"
	CmdInitiate    = "INITIATE"
	CmdPing        = "PING"
	CmdPong        = "PONG"
	CmdReady       = "READY"
	CmdSubscribe   = "SUBSCRIBE"
	CmdUnsubscribe = "UNSUBSCRIBE"
	CmdWelcome     = "WELCOME"
)
