package zmq4

import (
	"bytes"
	"context"
	"runtime"
	"slices"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// Recv receives one part of a message; GetRcvmore says whether others follow.
// It waits while there is none, at most as SetRcvtimeo says; with DONTWAIT it
// fails instead: EAGAIN.
func (soc *Socket) Recv(flags Flag) (string, error) {
	var p core.Part
	if err := soc.recv(&p, flags); err != nil {
		return "", err
	}
	return takeString(p), nil
}

// RecvBytes is Recv. The bytes are the caller's; a small part keeps the buffer
// that it arrived in, up to 64 KiB, from being freed: clone what is kept long.
func (soc *Socket) RecvBytes(flags Flag) ([]byte, error) {
	var p core.Part
	if err := soc.recv(&p, flags); err != nil {
		return []byte{}, err
	}
	return takeBytes(p), nil
}

// RecvMessage receives all parts of a message. With an error it returns none.
func (soc *Socket) RecvMessage(flags Flag) (msg []string, err error) {
	msg, _, err = message(soc, flags, takeString)
	return msg, err
}

// RecvMessageBytes is RecvMessage; for the parts see RecvBytes.
func (soc *Socket) RecvMessageBytes(flags Flag) (msg [][]byte, err error) {
	msg, _, err = message(soc, flags, takeBytes)
	return msg, err
}

// RecvWithMetadata is Recv, and tells what is known of the peer: those of the
// properties that there are. Names are "Socket-Type", "Identity", "User-Id",
// "Peer-Address", and the peer's own. There are none over inproc.
func (soc *Socket) RecvWithMetadata(flags Flag, properties ...string) (msg string, metadata map[string]string, err error) {
	var p core.Part
	if err := soc.recv(&p, flags); err != nil {
		return "", map[string]string{}, err
	}
	return takeString(p), known(p.Peer, properties), nil
}

// RecvBytesWithMetadata is RecvBytes with metadata, as RecvWithMetadata has it.
func (soc *Socket) RecvBytesWithMetadata(flags Flag, properties ...string) (msg []byte, metadata map[string]string, err error) {
	var p core.Part
	if err := soc.recv(&p, flags); err != nil {
		return []byte{}, map[string]string{}, err
	}
	return takeBytes(p), known(p.Peer, properties), nil
}

// RecvMessageWithMetadata is RecvMessage with metadata, as RecvWithMetadata has
// it.
func (soc *Socket) RecvMessageWithMetadata(flags Flag, properties ...string) (msg []string, metadata map[string]string, err error) {
	msg, peer, err := message(soc, flags, takeString)
	return msg, known(peer, properties), err
}

// RecvMessageBytesWithMetadata is RecvMessageBytes with metadata, as
// RecvWithMetadata has it.
func (soc *Socket) RecvMessageBytesWithMetadata(flags Flag, properties ...string) (msg [][]byte, metadata map[string]string, err error) {
	msg, peer, err := message(soc, flags, takeBytes)
	return msg, known(peer, properties), err
}

// message receives all parts of a message, each taken by take.
func message[T any](soc *Socket, flags Flag, take func(core.Part) T) ([]T, *msg.Peer, error) {
	var few [8]T
	parts := few[:0]
	for {
		var p core.Part
		if err := soc.recv(&p, flags); err != nil {
			return []T{}, nil, err
		}
		parts = append(parts, take(p))
		if !p.More {
			return slices.Clone(parts), p.Peer, nil
		}
	}
}

func (soc *Socket) recv(p *core.Part, flags Flag) error {
	if soc.h == nil {
		return ErrorSocketClosed
	}
	err := soc.h.s.RecvPart(context.Background(), flags&DONTWAIT != 0, p)
	runtime.KeepAlive(soc.h) // see handle
	return fail(err)
}

func takeString(p core.Part) string {
	s := string(p.Data)
	p.Release()
	return s
}

// takeBytes gives a part to the caller for good. Over inproc a large part may
// be the same memory for all who receive it.
func takeBytes(p core.Part) []byte {
	if len(p.Data) >= msg.LargeFrame && (p.Peer == nil || p.Peer.Conn == 0) {
		b := bytes.Clone(p.Data)
		p.Release()
		return b
	}
	return slices.Clip(p.Data)
}

// known picks the properties that a peer has.
func known(peer *msg.Peer, properties []string) map[string]string {
	metadata := make(map[string]string)
	for _, name := range properties {
		if value, ok := peer.Get(name); ok {
			metadata[name] = value
		}
	}
	return metadata
}
