package zmtp

import "encoding/binary"

const (
	GreetingLen  = 64 // a whole ZMTP 3 greeting
	SignatureLen = 10 // what every version since 2.0 opens with

	mechanismAt  = 12
	mechanismEnd = 32
	asServerAt   = 32
)

// Greeting is what a ZMTP 3 peer says about itself before the handshake.
//
// AsServer is informative: the reference library sends it clear even from
// servers and does not look at the peer's.
type Greeting struct {
	Major, Minor byte
	Mechanism    string // at most 20 bytes of A-Z, 0-9, "-", "_", "." and "+"
	AsServer     bool
}

// AppendSignature appends the ten bytes that open a connection. A ZMTP 1.0
// peer reads them as the header of an identity frame with idLen bytes, so
// whoever may go on to speak 1.0 must give the length of its routing id; later
// versions ignore the number. idLen must not be negative.
func AppendSignature(dst []byte, idLen int) []byte {
	dst = append(dst, 0xFF)
	dst = binary.BigEndian.AppendUint64(dst, uint64(idLen)+1)
	return append(dst, 0x7F)
}

// AppendGreetingTail appends the 54 bytes that follow the signature, the
// version first. A mechanism name of more than 20 bytes is cut.
func AppendGreetingTail(dst []byte, g Greeting) []byte {
	var tail [GreetingLen - SignatureLen]byte
	tail[0], tail[1] = g.Major, g.Minor
	copy(tail[mechanismAt-SignatureLen:mechanismEnd-SignatureLen], g.Mechanism)
	if g.AsServer {
		tail[asServerAt-SignatureLen] = 1
	}
	return append(dst, tail[:]...)
}

// AppendGreeting appends a whole greeting, the signature being that of a peer
// without a routing id.
func AppendGreeting(dst []byte, g Greeting) []byte {
	return AppendGreetingTail(AppendSignature(dst, 0), g)
}

// ParseGreeting reads the 64 bytes of a ZMTP 3 greeting; what follows them in b
// is not looked at. It returns ErrShort if there are fewer, and an error that
// unwraps to ErrMalformed if b does not begin with a signature, belongs to a
// ZMTP 1.0 or 2.0 peer (RevisionV1, RevisionV2), or names its mechanism in
// other than 1 to 20 of the permitted characters padded with NULs. Any other
// major version passes and is to be spoken to as 3.1. The filler is ignored,
// and any as-server byte but 0 counts as set.
func ParseGreeting(b []byte) (Greeting, error) {
	if len(b) < GreetingLen {
		return Greeting{}, ErrShort
	}
	if ParseOpening(b) != Signed {
		return Greeting{}, malformed("greeting without a signature")
	}
	major := b[SignatureLen]
	if major == RevisionV1 || major == RevisionV2 {
		return Greeting{}, malformed("greeting of a version before 3.0")
	}
	mechanism, err := parseMechanism(b[mechanismAt:mechanismEnd])
	if err != nil {
		return Greeting{}, err
	}
	return Greeting{
		Major:     major,
		Minor:     b[SignatureLen+1],
		Mechanism: mechanism,
		AsServer:  b[asServerAt] != 0,
	}, nil
}

// parseMechanism reads the 20-byte field. The reference library compares all
// of it, so bytes behind the first NUL are a mismatch there and an error here.
func parseMechanism(field []byte) (string, error) {
	n := 0
	for n < len(field) && field[n] != 0 {
		if !mechanismChar(field[n]) {
			return "", malformed("character not permitted in a mechanism name")
		}
		n++
	}
	if n == 0 {
		return "", malformed("empty mechanism name")
	}
	for _, c := range field[n:] {
		if c != 0 {
			return "", malformed("mechanism name not padded with NULs")
		}
	}
	return string(field[:n]), nil
}

func mechanismChar(c byte) bool {
	return 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '+'
}
