package zmtp

import (
	"encoding/binary"
	"math"
)

// Property is one pair of a handshake's metadata, such as Socket-Type and its
// value. Value may hold any bytes.
type Property struct{ Name, Value string }

// valueHeader is the length that precedes a property's value.
const valueHeader = 4

// AppendProperty appends one property. The name must have 1 to 255 bytes and
// the value fewer than 2^31; what is longer is cut, so check what a user gave.
func AppendProperty(dst []byte, name, value string) []byte {
	name = name[:min(len(name), maxName)]
	value = value[:min(len(value), math.MaxInt32)]
	dst = append(dst, byte(len(name)))
	dst = append(dst, name...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(value)))
	return append(dst, value...)
}

// ParseMetadata reads properties until b is used up, in the order they came.
// A name that occurs twice is returned twice; names are not folded to one case
// and their characters are not checked. An empty name, a value of 2^31 bytes or
// more and a property that ends early are errors that unwrap to ErrMalformed.
// No bytes at all are no properties. The memory used is proportional to b,
// whatever the lengths in it say.
func ParseMetadata(b []byte) ([]Property, error) {
	if len(b) == 0 {
		return nil, nil
	}
	// One string carries every name and value.
	s := string(b)
	properties := make([]Property, 0, 4)
	for at := 0; at < len(s); {
		nameEnd := at + 1 + int(s[at])
		if nameEnd == at+1 {
			return nil, malformed("property without a name")
		}
		valueAt := nameEnd + valueHeader
		if len(s) < valueAt {
			return nil, malformed("property ends before its value")
		}
		size := binary.BigEndian.Uint32(b[nameEnd:valueAt])
		if size > math.MaxInt32 {
			return nil, malformed("property value of 2^31 bytes or more")
		}
		if len(s)-valueAt < int(size) {
			return nil, malformed("property ends within its value")
		}
		end := valueAt + int(size)
		properties = append(properties, Property{Name: s[at+1 : nameEnd], Value: s[valueAt:end]})
		at = end
	}
	return properties, nil
}
