package pgm

import (
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Limits of ours.
const (
	// minData is the least payload that a packet must have room for.
	minData = 16
	// maxWindow bounds what is kept for one stream, in packets.
	maxWindow = 1 << 20
	// The least windows. libzmq's formula gives 80 packets for the defaults,
	// and one where a product is small.
	minSendWindow = 64
	minRecvWindow = 4096
	// defaultRcvBuf is asked of the system where RCVBUF does not say: a packet
	// that finds no room in it has to be sent again.
	defaultRcvBuf = 4 << 20
	// expedited is the type of service of all packets.
	expedited = 0xb8
)

// settings are the options in PGM's terms.
type settings struct {
	raw, six bool
	maxTSDU  int // bytes, libzmq's offset included
	overhead int // bytes in front of a TSDU, IP header included
	window   int // packets
	rate     float64
	hops     int
	loop     bool
	tos      int
	sndBuf   int
	rcvBuf   int
	device   string
}

// settle works the options out. EINVAL: libzmq would abort.
func settle(o *opt.Net, raw, six bool) (settings, error) {
	s := settings{raw: raw, six: six, hops: o.Multicast.Hops, loop: o.Multicast.Loop, tos: o.TOS,
		sndBuf: o.SndBuf, rcvBuf: o.RcvBuf, device: o.BindToDevice}
	ip := 20
	if six {
		ip = 40
	}
	udp := 8
	if raw {
		udp = 0
	}
	s.overhead = ip + udp + dataHeader
	// libzmq leaves 20 bytes for an option that it never sends.
	s.maxTSDU = o.Multicast.MaxTPDU - ip - udp - dataHeader - 20
	s.rate = float64(o.Multicast.Rate) * 1000 / 8
	if s.tos == 0 {
		s.tos = expedited
	}
	switch {
	case o.Multicast.MaxTPDU > 65535:
		return s, transport.Errorf(errno.EINVAL, "MULTICAST_MAXTPDU is %d; a packet has 65535 bytes at most", o.Multicast.MaxTPDU)
	case s.maxTSDU < offsetLen+minData:
		return s, transport.Errorf(errno.EINVAL, "MULTICAST_MAXTPDU is %d; headers and a little data need %d",
			o.Multicast.MaxTPDU, o.Multicast.MaxTPDU-s.maxTSDU+offsetLen+minData)
	case s.rate < float64(o.Multicast.MaxTPDU):
		return s, transport.Errorf(errno.EINVAL, "RATE is %d kbit/s, less than one packet of %d bytes a second; raise it to %d",
			o.Multicast.Rate, o.Multicast.MaxTPDU, (o.Multicast.MaxTPDU*8+999)/1000)
	case o.Multicast.Hops > 255:
		return s, transport.Errorf(errno.EINVAL, "MULTICAST_HOPS is %d; 255 is the most", o.Multicast.Hops)
	}
	// Neither product passes 2^59.
	packets := int64(o.Multicast.RecoveryIvl/time.Millisecond) * int64(o.Multicast.Rate/8) / int64(o.Multicast.MaxTPDU)
	s.window = int(min(packets, maxWindow))
	return s, nil
}

func (s *settings) sendWindow() int { return max(s.window, minSendWindow) }
func (s *settings) recvWindow() int { return max(s.window, minRecvWindow) }
