package opt

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// Fault B15: a network of IPv4 inside IPv6 contained nobody. Every list of
// networks, TCP_ACCEPT_FILTER, zmq4's and those of package auth, reads them here.
func TestParseNetwork(t *testing.T) {
	for _, c := range []struct{ text, want, in, out string }{
		{"10.0.0.0/8", "10.0.0.0/8", "10.1.2.3", "11.0.0.1"},
		{"10.1.2.3/8", "10.0.0.0/8", "::ffff:10.9.9.9", "::ffff:11.0.0.1"},
		{"10.0.0.1", "10.0.0.1/32", "10.0.0.1", "10.0.0.2"},
		{"::ffff:127.0.0.0/104", "127.0.0.0/8", "127.0.0.1", "128.0.0.1"},
		{"::ffff:7f00:0/104", "127.0.0.0/8", "::ffff:127.0.0.1", "::1"},
		{"::ffff:0.0.0.0/96", "0.0.0.0/0", "1.2.3.4", "::1"},
		{"::ffff:10.0.0.1", "10.0.0.1/32", "10.0.0.1", "::10.0.0.1"},
		{"0.0.0.0/0", "0.0.0.0/0", "::ffff:1.2.3.4", "2001:db8::1"},
		{"::/0", "::/0", "fe80::1%eth0", "127.0.0.1"},
		{"fe80::/10", "fe80::/10", "fe80::1%eth0", "fec0::1"},
		{"2001:DB8::1", "2001:db8::1/128", "2001:db8:0:0::1", "2001:db8::2"},
	} {
		p, err := ParseNetwork(c.text)
		if err != nil || p.String() != c.want {
			t.Errorf("%q: %v, %v; want %s", c.text, p, err, c.want)
			continue
		}
		list := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), p}
		if !InNetworks(list, netip.MustParseAddr(c.in)) {
			t.Errorf("%q does not contain %s", c.text, c.in)
		}
		if InNetworks(list, netip.MustParseAddr(c.out)) {
			t.Errorf("%q contains %s", c.text, c.out)
		}
	}
	for _, text := range []string{"", "/8", "10", "10.1", "10.1/16", "0/0", "010.0.0.1", "10.0.0.01/32", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/08", "10.0.0.0/255.0.0.0", "10.0.0.256", "0x0a.0.0.1", "167772161", "::ffff:0:0/90", "::ffff:127.0.0.1/95", "::/129",
		"fe80::1%eth0", "fe80::%eth0/10", "[::1]", "localhost", " 10.0.0.1", "10.0.0.1 ", "10.0.0.1\x00", "1.2.3.4.5", ":::1"} {
		if p, err := ParseNetwork(text); !errors.Is(err, errno.EINVAL) {
			t.Errorf("%q: %v, %v; want EINVAL", text, p, err)
		}
	}
}

func FuzzParseNetwork(f *testing.F) {
	for _, text := range []string{"10.0.0.0/8", "::ffff:127.0.0.0/104", "fe80::1%eth0", "::1", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseNetwork(text)
		if err != nil {
			if !errors.Is(err, errno.EINVAL) {
				t.Fatal(err)
			}
			return
		}
		again, err := ParseNetwork(p.String())
		if err != nil || again != p || !InNetworks([]netip.Prefix{p}, p.Addr()) {
			t.Fatalf("%q is %v, which is %v, %v", text, p, again, err)
		}
	})
}
