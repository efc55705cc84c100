package pgm

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// batch is how many packets one call to the system takes or gives.
const batch = 32

// largest is the largest packet that is read, whatever MULTICAST_MAXTPDU is
// here: the publisher's counts.
const largest = 64 << 10

// A packet of one socket, on its way in or out. x/net has one type for both
// families.
type packets = []ipv4.Message

// A socket carries PGM packets, for one family and one encapsulation. Reading
// is for one goroutine at a time, writing for another; Close is for anyone.
type socket struct {
	conn net.PacketConn
	v4   *ipv4.PacketConn // or
	v6   *ipv6.PacketConn
	set  *settings
	in   packets
	out  packets
}

// proto is PGM's number as an IP protocol.
const proto = 113

// open makes a socket that is bound to an address, or to a group for what is
// sent to that. Port 0 is the system's choice; pgm has no ports.
func open(set *settings, at place, ip netip.Addr, port uint16) (*socket, error) {
	conn, err := bind(set, netip.AddrPortFrom(ip, port), at.iface)
	if err != nil {
		no := errno.Of(err, errno.EINVAL)
		if set.raw && (no == errno.EPERM || no == errno.EACCES) {
			return nil, &transport.Error{Errno: errno.EPERM, Cause: err,
				Text: "pgm:// needs the privilege to open raw sockets (on Linux CAP_NET_RAW); epgm:// does not"}
		}
		return nil, transport.Wrap(err, errno.EINVAL)
	}
	s := &socket{conn: conn, set: set}
	if set.six {
		s.v6 = ipv6.NewPacketConn(conn)
	} else {
		s.v4 = ipv4.NewPacketConn(conn)
	}
	s.buffers()
	return s, nil
}

// buffers sizes the system's. What it does not grant it does not grant: then
// more is lost and repaired.
func (s *socket) buffers() {
	c, ok := s.conn.(interface {
		SetReadBuffer(int) error
		SetWriteBuffer(int) error
	})
	if !ok {
		return
	}
	n := s.set.rcvBuf
	if n < 0 {
		n = defaultRcvBuf
	}
	_ = c.SetReadBuffer(n)
	if n := s.set.sndBuf; n >= 0 {
		_ = c.SetWriteBuffer(n)
	}
}

// join makes the socket hear a group.
func (s *socket) join(at place, group netip.Addr) error {
	g := &net.UDPAddr{IP: group.AsSlice()}
	var err error
	if s.v6 != nil {
		err = s.v6.JoinGroup(at.iface, g)
		_ = s.v6.SetMulticastLoopback(s.set.loop) // Windows has it here
	} else {
		err = s.v4.JoinGroup(at.iface, g)
		_ = s.v4.SetMulticastLoopback(s.set.loop)
	}
	if err != nil {
		return &transport.Error{Errno: errno.Of(err, errno.ENODEV), Cause: err,
			Text: "cannot join group " + group.String() + " on interface " + at.iface.Name}
	}
	return nil
}

// speak prepares the socket to send to groups.
func (s *socket) speak(at place, hops int) error {
	var err error
	if s.v6 != nil {
		err = cmp.Or(s.v6.SetMulticastInterface(at.iface), s.v6.SetMulticastHopLimit(hops), s.v6.SetMulticastLoopback(s.set.loop))
		_ = s.v6.SetTrafficClass(s.set.tos) // not every system lets everybody
	} else {
		err = cmp.Or(s.v4.SetMulticastInterface(at.iface), s.v4.SetMulticastTTL(hops), s.v4.SetMulticastLoopback(s.set.loop))
		_ = s.v4.SetTOS(s.set.tos)
	}
	if err != nil {
		return &transport.Error{Errno: errno.Of(err, errno.EINVAL), Cause: err,
			Text: "cannot send to groups on interface " + at.iface.Name}
	}
	return nil
}

// to is the address of packets for ip.
func (s *socket) to(ip netip.Addr, port uint16) net.Addr {
	if s.set.raw {
		return &net.IPAddr{IP: ip.AsSlice(), Zone: ip.Zone()}
	}
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, port))
}

// add queues a packet.
func (s *socket) add(b []byte, to net.Addr) {
	n := len(s.out)
	s.out = slices.Grow(s.out, 1)[:n+1]
	if m := &s.out[n]; m.Buffers == nil {
		m.Buffers = make([][]byte, 1)
	}
	s.out[n].Buffers[0], s.out[n].Addr = b, to
}

// send sends what is queued. What the system does not take is lost, as it may
// be anywhere on its way; receivers that miss it ask for it. The first error is
// returned, for callers to which it matters.
func (s *socket) send() (failed error) {
	for todo := s.out; len(todo) > 0; {
		var n int
		var err error
		if s.v6 != nil {
			n, err = s.v6.WriteBatch(todo, 0)
		} else {
			n, err = s.v4.WriteBatch(todo, 0)
		}
		if err != nil || n <= 0 {
			failed = cmp.Or(failed, err)
			n = 1
		}
		todo = todo[n:]
	}
	for i := range s.out {
		s.out[i].Buffers[0], s.out[i].Addr = nil, nil
	}
	s.out = s.out[:0]
	return failed
}

// receive waits for packets until the read deadline and calls f for each, with
// the address that it came from. b is valid until f returns.
func (s *socket) receive(f func(from netip.Addr, b []byte)) error {
	if s.in == nil {
		s.in = make(packets, batch)
		room := make([]byte, batch*largest)
		for i := range s.in {
			s.in[i].Buffers = [][]byte{room[i*largest : (i+1)*largest : (i+1)*largest]}
		}
	}
	var n int
	var err error
	if s.v6 != nil {
		n, err = s.v6.ReadBatch(s.in, 0)
	} else {
		n, err = s.v4.ReadBatch(s.in, 0)
	}
	if err != nil {
		return err
	}
	for i := range s.in[:n] {
		m := &s.in[i]
		if b, ok := s.strip(m.Buffers[0][:m.N]); ok {
			f(addrOf(m.Addr), b)
		}
	}
	return nil
}

// strip takes off the IP header that raw sockets of IPv4 leave on.
func (s *socket) strip(b []byte) ([]byte, bool) {
	if !s.set.raw || s.set.six {
		return b, true
	}
	if len(b) < 20 || b[0]>>4 != 4 {
		return nil, false
	}
	n := int(b[0]&15) * 4
	if n < 20 || n > len(b) {
		return nil, false
	}
	return b[n:], true
}

func addrOf(a net.Addr) netip.Addr {
	switch a := a.(type) {
	case *net.UDPAddr:
		ip, _ := netip.AddrFromSlice(a.IP)
		return ip.Unmap().WithZone(a.Zone)
	case *net.IPAddr:
		ip, _ := netip.AddrFromSlice(a.IP)
		return ip.Unmap().WithZone(a.Zone)
	}
	return netip.Addr{}
}

// until makes receive return at the latest then.
func (s *socket) until(t time.Time) { _ = s.conn.SetReadDeadline(t) }

func (s *socket) Close() error { return s.conn.Close() }
