package zmtp

// An Opening is what the first bytes from a peer are.
type Opening byte

const (
	Unclear  Opening = iota // more bytes are needed
	Signed                  // the signature that every version since 2.0 opens with
	Unsigned                // the header of a ZMTP 1.0 peer's identity frame
	Foreign                 // what no ZMTP peer sends: see LooksLike
)

// ParseOpening tells what the first bytes from a peer are, as early as they
// allow; the answer stands whatever follows. A signature is 0xFF, eight bytes
// that do not matter, and 0x7F. A ZMTP 1.0 peer opens with its identity, whose
// frame has room for the flags, and no flag set. The reference library takes
// everything for a ZMTP 1.0 peer that does not begin with 0xFF or has the
// lowest bit of byte 9 clear.
func ParseOpening(b []byte) Opening {
	switch {
	case len(b) == 0:
		return Unclear
	case b[0] == 0:
		return Foreign
	case b[0] != 0xFF:
		return opening(b, shortHeaderV1-1, false)
	}
	return opening(b, SignatureLen-1, true)
}

// opening decides by the byte at which a 1.0 frame header of that length has
// its flags.
func opening(b []byte, at int, long bool) Opening {
	switch {
	case len(b) <= at:
		return Unclear
	case b[at] == 0:
		return Unsigned
	case b[at] == 0x7F && long:
		return Signed
	}
	return Foreign
}
