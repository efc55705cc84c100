package pgm

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// The types of packet that matter here. Others are dropped.
const (
	spm   = 0x00 // source path message: where the source is, and what it still has
	odata = 0x04 // data
	rdata = 0x05 // data again
	nak   = 0x08 // what a receiver misses
	ncf   = 0x0a // the source has heard of it
	spmr  = 0x0c // asks for an SPM
)

// Sizes in bytes.
const (
	headerLen  = 16
	dataHeader = headerLen + 8
	offsetLen  = 2 // of libzmq's own header of data
	nla4       = 8
	nla6       = 20
)

// Bits of the header's options byte.
const (
	optPresent = 0x01
	optNetwork = 0x02
	optParity  = 0x80
)

// Option types, and what bounds them.
const (
	optLength   = 0x00
	optFragment = 0x01
	optNakList  = 0x02
	optFin      = 0x0e
	optEnd      = 0x80 // bit of the last one

	maxOptions = 16
	maxList    = 62 // sequence numbers in a list, beside the one in the packet
)

// noStart is the offset of a TSDU in which no message begins.
const noStart = 0xffff

// window limits the distance between a packet and the trail that it announces.
const farthest = 1<<31 - 2

// A tsi names one session of one source: six bytes that it chose, and a port.
type tsi [8]byte

func (t tsi) port() uint16 { return binary.BigEndian.Uint16(t[6:]) }

// A packet is what parse understood. Its slices are part of what was parsed.
type packet struct {
	kind         byte
	sport, dport uint16
	session      tsi    // of the data source, also if another host sent the packet
	sqn          uint32 // of data or SPM, or asked for
	trail, lead  uint32
	nla, group   netip.Addr
	list         []byte // further sequence numbers of NAK and NCF
	data         []byte // TSDU
	fin          bool
}

// asked is the number of sequence numbers of a NAK or NCF, and at the i-th.
func (p *packet) asked() int { return 1 + len(p.list)/4 }

func (p *packet) at(i int) uint32 {
	if i == 0 {
		return p.sqn
	}
	return binary.BigEndian.Uint32(p.list[4*(i-1):])
}

// upstream packets go from receivers to the source.
func (p *packet) upstream() bool { return p.kind == nak || p.kind == spmr }

// Why a packet is dropped.
var (
	errShort    = errors.New("pgm: the packet is cut short")
	errChecksum = errors.New("pgm: the checksum is wrong")
	errKind     = errors.New("pgm: not a packet type that libzmq uses")
	errOptions  = errors.New("pgm: malformed options")
	errFragment = errors.New("pgm: fragments are not used by libzmq")
	errNLA      = errors.New("pgm: malformed address")
	errLength   = errors.New("pgm: the length is not that of the data")
	errWindow   = errors.New("pgm: the sequence numbers make no window")
)

// parse reads a packet that begins with its PGM header and must end where b
// does. It accepts what OpenPGM accepts, but for what libzmq neither sends nor
// survives. It allocates nothing.
func parse(b []byte) (p packet, err error) {
	if len(b) < headerLen {
		return p, errShort
	}
	p.kind = b[4]
	p.sport = binary.BigEndian.Uint16(b)
	p.dport = binary.BigEndian.Uint16(b[2:])
	copy(p.session[:6], b[8:14])
	port := p.sport
	if p.upstream() {
		port = p.dport
	}
	binary.BigEndian.PutUint16(p.session[6:], port)
	isData := p.kind == odata || p.kind == rdata
	// A checksum of zero is none, which will not do for data.
	if b[6]|b[7] != 0 || isData {
		if fold(sum(b)) != 0xffff {
			return p, errChecksum
		}
	}
	rest, err := p.body(b[headerLen:])
	if err != nil {
		return p, err
	}
	if b[5]&optPresent != 0 {
		if rest, err = p.options(rest); err != nil {
			return p, err
		}
	}
	if isData {
		if b[5]&optParity != 0 {
			return p, errKind
		}
		if len(rest) != int(binary.BigEndian.Uint16(b[14:])) || len(rest) < offsetLen {
			return p, errLength
		}
		p.data = rest
	} else if b[5]&optParity != 0 {
		return p, errKind
	}
	return p, nil
}

// body reads the fixed part behind the header and returns what follows.
func (p *packet) body(b []byte) ([]byte, error) {
	u32 := func(at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
	var err error
	switch p.kind {
	case spmr:
		return b, nil
	case odata, rdata:
		if len(b) < 8 {
			return nil, errShort
		}
		p.sqn, p.trail = u32(0), u32(4)
		if p.sqn-p.trail >= farthest {
			return nil, errWindow
		}
		return b[8:], nil
	case spm:
		if len(b) < 12 {
			return nil, errShort
		}
		p.sqn, p.trail, p.lead = u32(0), u32(4), u32(8)
		if p.lead+1-p.trail >= farthest {
			return nil, errWindow
		}
		p.nla, b, err = parseNLA(b[12:])
		return b, err
	case nak, ncf:
		if len(b) < 4 {
			return nil, errShort
		}
		p.sqn = u32(0)
		if p.nla, b, err = parseNLA(b[4:]); err != nil {
			return nil, err
		}
		p.group, b, err = parseNLA(b)
		return b, err
	}
	return nil, errKind
}

// parseNLA reads an address with its family in front.
func parseNLA(b []byte) (netip.Addr, []byte, error) {
	if len(b) < nla4 {
		return netip.Addr{}, nil, errShort
	}
	switch binary.BigEndian.Uint16(b) {
	case 1:
		return netip.AddrFrom4([4]byte(b[4:8])), b[nla4:], nil
	case 2:
		if len(b) < nla6 {
			return netip.Addr{}, nil, errShort
		}
		return netip.AddrFrom16([16]byte(b[4:20])), b[nla6:], nil
	}
	return netip.Addr{}, nil, errNLA
}

// options reads the options and returns what follows them. Unknown ones are
// skipped.
func (p *packet) options(b []byte) ([]byte, error) {
	if len(b) < 4 || b[0]&^optEnd != optLength || b[1] != 4 {
		return nil, errOptions
	}
	total := int(binary.BigEndian.Uint16(b[2:]))
	if total < 4 || total > len(b) {
		return nil, errOptions
	}
	list, rest := b[4:total], b[total:]
	last := b[0]&optEnd != 0
	for n := 0; !last; n++ {
		if n == maxOptions || len(list) < 3 || int(list[1]) < 3 || int(list[1]) > len(list) {
			return nil, errOptions
		}
		o := list[:list[1]]
		list = list[len(o):]
		last = o[0]&optEnd != 0
		switch o[0] &^ optEnd {
		case optFragment:
			return nil, errFragment
		case optFin:
			p.fin = true
		case optNakList:
			if len(o) < 4 || len(o)%4 != 0 || len(o) > 4+4*maxList {
				return nil, errOptions
			}
			p.list = o[4:]
		}
	}
	if len(list) != 0 {
		return nil, errOptions
	}
	return rest, nil
}

// before reports whether a comes before b in serial arithmetic.
func before(a, b uint32) bool { return int32(a-b) < 0 }
