package zmtp

import "encoding/binary"

// Bits of a frame's flags byte in ZMTP 2.0 and later. FlagCommand has a meaning
// from 3.0 on.
const (
	FlagMore    = 1 // another frame of the same message follows
	FlagLong    = 2 // the length is eight bytes, not one
	FlagCommand = 4 // the body is a command, not a part of a message
)

// MaxHeader is the size of the longest frame header of ZMTP 2.0 and later.
const MaxHeader = 9

const (
	shortHeader = 2   // flags, one length byte
	maxShort    = 255 // longest body of a short frame
)

// AppendHeader appends the header of a frame with a body of size bytes. It
// chooses between the short and the long form and sets or clears FlagLong to
// match, whatever flags holds there. size must not be negative.
func AppendHeader(dst []byte, flags byte, size int) []byte {
	if size <= maxShort {
		return append(dst, flags&^FlagLong, byte(size))
	}
	return appendLongHeader(dst, flags, size)
}

// appendLongHeader is apart so that AppendHeader stays small enough to inline.
func appendLongHeader(dst []byte, flags byte, size int) []byte {
	dst = append(dst, flags|FlagLong)
	return binary.BigEndian.AppendUint64(dst, uint64(size))
}

// AppendFrame appends a whole frame: its header and a copy of body.
func AppendFrame(dst []byte, flags byte, body []byte) []byte {
	return append(AppendHeader(dst, flags, len(body)), body...)
}

// ParseHeader reads the frame header that b begins with. n is the header's
// length, and 0 while b does not hold all of it. flags is the byte on the wire
// with its reserved bits, which mean nothing and are no error; a long form
// that announces a small size is no error either. No header can fail to parse,
// but size may be anything up to 2^64-1: check it before using it as an int
// (ErrSize is there to report it).
func ParseHeader(b []byte) (flags byte, size uint64, n int) {
	if len(b) >= shortHeader && b[0]&FlagLong == 0 {
		return b[0], uint64(b[1]), shortHeader
	}
	return parseLongHeader(b)
}

// parseLongHeader is apart so that ParseHeader's short form inlines. It sees a
// short header only when it is incomplete.
func parseLongHeader(b []byte) (flags byte, size uint64, n int) {
	if len(b) < MaxHeader {
		return 0, 0, 0
	}
	return b[0], binary.BigEndian.Uint64(b[1:MaxHeader]), MaxHeader
}
