package zmq4

import (
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeroth-mq/zmq/zmtp"
)

const (
	keyType = "Socket-Type"
	keyID   = "Identity"
)

var (
	errEmptyKey = errors.New("zmq4: empty application metadata key")
	errDupKey   = errors.New("zmq4: duplicate application metadata key")
)

// Metadata is what a peer announces of itself in the handshake.
type Metadata map[string]string

// MarshalZMTP writes the properties in the order of their names. Names other
// than Socket-Type and Identity are written as X-Name. Errors: an empty name, two
// that differ in case alone, and one that is too long.
func (md Metadata) MarshalZMTP() ([]byte, error) {
	var out []byte
	seen := make(map[string]bool)
	for _, k := range slices.Sorted(maps.Keys(md)) {
		low := strings.ToLower(k)
		switch {
		case k == "":
			return nil, errEmptyKey
		case seen[low]:
			return nil, errDupKey
		}
		seen[low] = true
		name := k
		if k != keyType && k != keyID {
			name = "X-" + low
		}
		p := Property{K: name, V: md[k]}
		b := make([]byte, p.size())
		if _, err := p.Read(b); err != io.EOF {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

// UnmarshalZMTP adds the properties in p; a nil Metadata is made. Error:
// io.ErrUnexpectedEOF, for all that is malformed.
func (md *Metadata) UnmarshalZMTP(p []byte) error {
	all, err := zmtp.ParseMetadata(p)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	if *md == nil {
		*md = Metadata{}
	}
	for _, prop := range all {
		(*md)[title(prop.Name)] = prop.Value
	}
	return nil
}

// A Property is one entry of Metadata.
type Property struct {
	K string
	V string
}

func (prop Property) size() int { return 1 + len(prop.K) + 4 + len(prop.V) }

// Read writes the property to data in the form of ZMTP, and returns io.EOF, since
// there is no more. Errors: io.ErrShortBuffer, and a name of more than 255 bytes
// or a value of 2^31 bytes or more.
func (prop Property) Read(data []byte) (n int, err error) {
	switch {
	case len(prop.K) > math.MaxUint8 || len(prop.V) > math.MaxInt32:
		return 0, errOverflow
	case len(data) < prop.size():
		return 0, io.ErrShortBuffer
	}
	b := append(data[:0], byte(len(prop.K)))
	b = append(b, title(prop.K)...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(prop.V)))
	b = append(b, prop.V...)
	return len(b), io.EOF
}

// Write reads a property from the start of data, and returns how long it is.
// Error: io.ErrUnexpectedEOF.
func (prop *Property) Write(data []byte) (n int, err error) {
	if len(data) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	k, rest := int(data[0]), data[1:]
	if len(rest) < k+4 {
		return 1, io.ErrUnexpectedEOF
	}
	v, value := binary.BigEndian.Uint32(rest[k:]), rest[k+4:]
	switch {
	case v > math.MaxInt32:
		return 1 + k + 4, errOverflow
	case int(v) > len(value):
		return 1 + k + 4, io.ErrUnexpectedEOF
	}
	prop.K, prop.V = title(string(rest[:k])), string(value[:v])
	return prop.size(), nil
}

// title puts the first letter of each word into upper case: Socket-Type. Letters
// whose other case has another length stay.
func title(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	inside := false
	return strings.Map(func(r rune) rune {
		word := unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'
		if first := word && !inside; first {
			if up := unicode.ToTitle(r); len(string(up)) == len(string(r)) {
				r = up
			}
		}
		inside = word
		return r
	}, s)
}
