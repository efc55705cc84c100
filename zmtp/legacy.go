package zmtp

import (
	"encoding/binary"
	"math"
)

// The byte behind the signature: which version a peer offers at best. Any
// other value stands for a greeting of 64 bytes and is answered as 3.1.
const (
	RevisionV1 = 0 // a socket-type byte, then ZMTP 1.0 framing
	RevisionV2 = 1 // a socket-type byte, then ZMTP 2.0 framing
	RevisionV3 = 3 // a ZMTP 3 greeting; its next byte is the minor version
)

// LegacyGreetingLen is the size of a greeting with RevisionV1 or RevisionV2:
// signature, revision, socket type. The first frame each way is then the
// identity, possibly empty.
const LegacyGreetingLen = SignatureLen + 2

// The first byte of a subscription message before 3.1; the topic follows. It
// is an ordinary frame, not a command.
const (
	LegacyCancel    = 0
	LegacySubscribe = 1
)

// MaxHeaderV1 is the size of the longest frame header of ZMTP 1.0.
const MaxHeaderV1 = 10

const (
	shortHeaderV1 = 2    // length, flags
	longMarkV1    = 0xFF // a length of eight bytes follows
)

// AppendHeaderV1 appends the ZMTP 1.0 header of a frame with a body of size
// bytes, which must not be negative.
func AppendHeaderV1(dst []byte, more bool, size int) []byte {
	var flags byte
	if more {
		flags = FlagMore
	}
	length := uint64(size) + 1 // the flags byte counts
	if length < longMarkV1 {
		return append(dst, byte(length), flags)
	}
	dst = append(dst, longMarkV1)
	dst = binary.BigEndian.AppendUint64(dst, length)
	return append(dst, flags)
}

// ParseHeaderV1 reads the ZMTP 1.0 frame header that b begins with. n is the
// header's length, and 0 while b does not hold all of it; size is the body
// that follows the header, at most 2^63-1. The errors are a length of zero,
// which leaves no room for the flags, and ErrSize; both unwrap to ErrMalformed
// and are reported as soon as the length is known. Flags other than MORE are
// ignored. The long form may announce a small size: the signature of a later
// version, read as the header of an identity frame, does, and its last byte
// then reads as MORE, which on an identity has to be overlooked.
func ParseHeaderV1(b []byte) (more bool, size uint64, n int, err error) {
	if len(b) == 0 {
		return false, 0, 0, nil
	}
	length, flagsAt := uint64(b[0]), shortHeaderV1-1
	if b[0] == longMarkV1 {
		flagsAt = MaxHeaderV1 - 1
		if len(b) < flagsAt {
			return false, 0, 0, nil
		}
		length = binary.BigEndian.Uint64(b[1:flagsAt])
	}
	if length == 0 {
		return false, 0, 0, malformed("frame of length zero")
	}
	if length-1 > math.MaxInt64 {
		return false, 0, 0, ErrSize
	}
	if len(b) <= flagsAt {
		return false, 0, 0, nil
	}
	return b[flagsAt]&FlagMore != 0, length - 1, flagsAt + 1, nil
}
