package mech

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/nacl/box"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/zmtp"
)

// CURVE (RFC 26) is HELLO, WELCOME, INITIATE, READY, and then a MESSAGE around
// each frame. Both sides make a short-term key pair for the connection; the
// long-term ones only identify the two sides. In the comments C and S are the public
// keys of client and server, c and s the secret ones, and those with a stroke
// the short-term ones.

// Sizes of the commands and of what is in them.
const (
	keySize     = 32
	shortNonce  = 8
	longNonce   = 16
	cookieSize  = 96
	padding     = 72 // that WELCOME be no longer than HELLO
	helloSize   = 6 + 2 + padding + keySize + shortNonce + 64 + box.Overhead
	welcomeSize = 8 + longNonce + keySize + cookieSize + box.Overhead
	vouchSize   = 2*keySize + box.Overhead
	introSize   = keySize + longNonce + vouchSize // C and its vouch
	initiateMin = 9 + cookieSize + shortNonce + introSize + box.Overhead
	readyMin    = 6 + shortNonce + box.Overhead
	messageHead = 8 + shortNonce
	messageMin  = messageHead + box.Overhead + 1
)

// What precedes the part of a nonce that is sent.
const (
	helloNonce    = "CurveZMQHELLO---"
	welcomeNonce  = "WELCOME-"
	initiateNonce = "CurveZMQINITIATE"
	vouchNonce    = "VOUCH---"
	readyNonce    = "CurveZMQREADY---"
	clientNonce   = "CurveZMQMESSAGEC"
	serverNonce   = "CurveZMQMESSAGES"
)

func newCurve(s *Settings, l Local) (Mechanism, error) {
	if s.Sec.CurveSecretKey == [32]byte{} {
		return nil, fmt.Errorf("CURVE_SECRETKEY is not set: %w", errno.EINVAL)
	}
	if s.Sec.Server {
		return newCurveServer(s, l), nil
	}
	return newCurveClient(s, l)
}

// nonce puts the two parts of a nonce together.
func nonce(prefix string, rest []byte) *[24]byte {
	var n [24]byte
	copy(n[copy(n[:], prefix):], rest)
	return &n
}

// count is the part of a nonce that is counted.
func count(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// randomNonce is the random part of a nonce.
func randomNonce() []byte {
	b := make([]byte, longNonce)
	rand.Read(b) // never fails: see its documentation
	return b
}

func seal(dst, plain []byte, n *[24]byte, shared *[32]byte) []byte {
	return box.SealAfterPrecomputation(dst, plain, n, shared)
}

func open(sealed []byte, n *[24]byte, shared *[32]byte) ([]byte, bool) {
	return box.OpenAfterPrecomputation(nil, sealed, n, shared)
}

// a curveBox is the traffic of one connection.
type curveBox struct {
	out, in curve.Stream
	sent    uint64 // the last nonce
	seen    uint64 // the peer's last
}

// newBox makes the Box from what both short-term keys have in common. sent and
// seen are the nonces that the handshake has used up.
func newBox(shared *[32]byte, out, in string, sent, seen uint64) *curveBox {
	b := &curveBox{sent: sent, seen: seen}
	b.out.Start(shared, (*[16]byte)([]byte(out)))
	b.in.Start(shared, (*[16]byte)([]byte(in)))
	return b
}

// The flags inside a MESSAGE. That of commands is not the one of a frame.
const (
	innerMore    = 1
	innerCommand = 2
)

const messageName = "\x07" + zmtp.CmdMessage

func (b *curveBox) Overhead() int { return messageMin }

func (b *curveBox) Seal(dst []byte, flags byte, body []byte) []byte {
	var inner byte
	if flags&zmtp.FlagMore != 0 {
		inner |= innerMore
	}
	if flags&zmtp.FlagCommand != 0 {
		inner |= innerCommand
	}
	b.sent++
	dst = append(dst, messageName...)
	dst = binary.BigEndian.AppendUint64(dst, b.sent)
	return b.out.Seal(dst, b.sent, inner, body)
}

func (b *curveBox) Open(body []byte) (flags byte, size int, err error) {
	if len(body) < len(messageName) || string(body[:len(messageName)]) != messageName {
		return 0, 0, Failf(UnexpectedCommand, "traffic that is not encrypted")
	}
	if len(body) < messageMin {
		return 0, 0, Failf(MalformedMessage, "MESSAGE of %d bytes; it has %d at least", len(body), messageMin)
	}
	n := binary.BigEndian.Uint64(body[len(messageName):])
	if n <= b.seen {
		return 0, 0, Failf(InvalidSequence, "MESSAGE came again, or out of order: nonce %d after %d", n, b.seen)
	}
	inner, ok := b.in.Open(n, body[messageHead:])
	if !ok {
		return 0, 0, Failf(Cryptographic, "MESSAGE cannot be opened: it was changed on the way, or made with another key")
	}
	b.seen = n
	if inner&innerMore != 0 {
		flags |= zmtp.FlagMore
	}
	if inner&innerCommand != 0 {
		flags |= zmtp.FlagCommand
	}
	return flags, b.in.Left(), nil
}

func (b *curveBox) Read(p []byte) int { return b.in.Read(p) }
