package opt

import (
	"encoding/binary"
	"math"
	"strings"
)

// z85 is the alphabet of RFC 32: four bytes are five characters in base 85.
const z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// decodeZ85 reads text of a multiple of five characters.
func decodeZ85(s []byte) ([]byte, bool) {
	if len(s)%5 != 0 {
		return nil, false
	}
	out := make([]byte, 0, len(s)/5*4)
	for ; len(s) > 0; s = s[5:] {
		var n uint64
		for _, c := range s[:5] {
			i := strings.IndexByte(z85, c)
			if i < 0 {
				return nil, false
			}
			n = n*85 + uint64(i)
		}
		if n > math.MaxUint32 {
			return nil, false
		}
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	return out, true
}

// encodeZ85 writes bytes of a multiple of four.
func encodeZ85(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*5)
	for ; len(b) >= 4; b = b[4:] {
		n := binary.BigEndian.Uint32(b)
		for div := uint32(85 * 85 * 85 * 85); div > 0; div /= 85 {
			out = append(out, z85[n/div%85])
		}
	}
	return out
}
