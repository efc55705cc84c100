package pgm

import (
	"encoding/binary"
	"net/netip"
)

// sum adds up b as big-endian words of 16 bits, an odd byte at the end being
// the upper half of one; fold makes that the checksum's 16 bits. Sums of pieces
// of even length may be added.
func sum(b []byte) (s uint64) {
	for len(b) >= 32 {
		v, w := binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
		x, y := binary.BigEndian.Uint64(b[16:]), binary.BigEndian.Uint64(b[24:])
		s += v>>32 + v&0xffffffff + w>>32 + w&0xffffffff
		s += x>>32 + x&0xffffffff + y>>32 + y&0xffffffff
		b = b[32:]
	}
	for len(b) >= 4 {
		s += uint64(binary.BigEndian.Uint32(b))
		b = b[4:]
	}
	if len(b) >= 2 {
		s += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}

func fold(s uint64) uint16 {
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return uint16(s)
}

// seal puts the checksum into a packet, given the sum of all of it, but with
// zeros where the checksum goes. A checksum of zero would mean that there is
// none.
func seal(b []byte, s uint64) {
	c := ^fold(s)
	if c == 0 {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(b[6:], c)
}

// A route says from whom and to whom a packet goes: the session, and the endpoint's port.
type route struct {
	session tsi
	port    uint16
}

// appendHeader begins a packet; its checksum is zero as yet.
func (r route) appendHeader(dst []byte, kind, options byte) []byte {
	from, to := r.session.port(), r.port
	if kind == nak || kind == spmr {
		from, to = to, from
	}
	dst = binary.BigEndian.AppendUint16(dst, from)
	dst = binary.BigEndian.AppendUint16(dst, to)
	dst = append(dst, kind, options, 0, 0)
	dst = append(dst, r.session[:6]...)
	return append(dst, 0, 0)
}

func appendNLA(dst []byte, a netip.Addr) []byte {
	family := byte(1)
	if a.Is6() {
		family = 2
	}
	return append(append(dst, 0, family, 0, 0), a.AsSlice()...)
}

// appendSPM builds an SPM; fin says that it is one of the last.
func (r route) appendSPM(dst []byte, sqn, trail, lead uint32, nla netip.Addr, fin bool) []byte {
	at := len(dst)
	options := byte(0)
	if fin {
		options = optPresent
	}
	dst = r.appendHeader(dst, spm, options)
	dst = binary.BigEndian.AppendUint32(dst, sqn)
	dst = binary.BigEndian.AppendUint32(dst, trail)
	dst = binary.BigEndian.AppendUint32(dst, lead)
	dst = appendNLA(dst, nla)
	if fin {
		dst = append(dst, optLength, 4, 0, 8, optFin|optEnd, 4, 0, 0)
	}
	seal(dst[at:], sum(dst[at:]))
	return dst
}

// appendRequest builds a NAK or an NCF for 1 to 1+maxList sequence numbers.
func (r route) appendRequest(dst []byte, kind byte, nla, group netip.Addr, sqns []uint32) []byte {
	at := len(dst)
	options := byte(0)
	if len(sqns) > 1 {
		options = optPresent | optNetwork
	}
	dst = r.appendHeader(dst, kind, options)
	dst = binary.BigEndian.AppendUint32(dst, sqns[0])
	dst = appendNLA(dst, nla)
	dst = appendNLA(dst, group)
	if more := sqns[1:]; len(more) > 0 {
		n := 4 + 4*len(more)
		dst = append(dst, optLength, 4)
		dst = binary.BigEndian.AppendUint16(dst, uint16(4+n))
		dst = append(dst, optNakList|optEnd, byte(n), 0, 0)
		for _, s := range more {
			dst = binary.BigEndian.AppendUint32(dst, s)
		}
	}
	seal(dst[at:], sum(dst[at:]))
	return dst
}

func (r route) appendSPMR(dst []byte) []byte {
	at := len(dst)
	dst = r.appendHeader(dst, spmr, 0)
	seal(dst[at:], sum(dst[at:]))
	return dst
}

// putData writes the header of data in front of a TSDU, over b's first
// dataHeader bytes. tsdu is the sum of what is behind them.
func (r route) putData(b []byte, kind byte, sqn, trail uint32, tsdu uint64) {
	h := r.appendHeader(b[:0], kind, 0)
	binary.BigEndian.PutUint16(h[14:], uint16(len(b)-dataHeader))
	h = binary.BigEndian.AppendUint32(h, sqn)
	h = binary.BigEndian.AppendUint32(h, trail)
	seal(b, sum(h)+tsdu)
}
