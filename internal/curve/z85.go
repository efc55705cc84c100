package curve

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// alphabet is that of Z85 (RFC 32): four bytes are five digits in base 85.
const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// digits maps a character to its value plus one; 0: not of the alphabet.
var digits = func() (d [256]byte) {
	for i := range len(alphabet) {
		d[alphabet[i]] = byte(i + 1)
	}
	return d
}()

// EncodeZ85 appends src as Z85 text. EINVAL: its length is not a multiple of
// four. dst and src must not overlap.
func EncodeZ85(dst, src []byte) ([]byte, error) {
	if len(src)%4 != 0 {
		return dst, fmt.Errorf("Z85 encodes a multiple of 4 bytes, not %d: %w", len(src), errno.EINVAL)
	}
	for ; len(src) > 0; src = src[4:] {
		n := binary.BigEndian.Uint32(src)
		for div := uint32(85 * 85 * 85 * 85); div > 0; div /= 85 {
			dst = append(dst, alphabet[n/div%85])
		}
	}
	return dst, nil
}

// DecodeZ85 appends the bytes that the text src stands for. EINVAL: its length
// is not a multiple of five, a character is not of the alphabet, or five of
// them are more than four bytes; dst is returned as it was. The error does not
// repeat the text, which may be a secret key. dst and src must not overlap.
func DecodeZ85(dst, src []byte) ([]byte, error) {
	if len(src)%5 != 0 {
		return dst, fmt.Errorf("Z85 text has a multiple of 5 characters, not %d: %w", len(src), errno.EINVAL)
	}
	out := dst
	for at := 0; at < len(src); at += 5 {
		var n uint64
		for i, c := range src[at : at+5] {
			if digits[c] == 0 {
				return dst, fmt.Errorf("character %d is not of Z85: %w", at+i+1, errno.EINVAL)
			}
			n = n*85 + uint64(digits[c]-1)
		}
		if n > math.MaxUint32 {
			return dst, fmt.Errorf("characters %d to %d are no Z85: %w", at+1, at+5, errno.EINVAL)
		}
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	return out, nil
}
