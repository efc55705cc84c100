package pgm

import (
	"fmt"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"eth0;239.192.1.1:5555":                "{eth0 [239.192.1.1] 239.192.1.1 5555}",
		"127.0.0.1;239.192.1.1:1":              "{127.0.0.1 [239.192.1.1] 239.192.1.1 1}",
		"239.192.1.1:65535":                    "{ [239.192.1.1] 239.192.1.1 65535}",
		";239.192.1.1:5":                       "{ [239.192.1.1] 239.192.1.1 5}",
		"10.0.0.0/8;239.1.1.1,239.1.1.2:5":     "{10.0.0.0/8 [239.1.1.1 239.1.1.2] 239.1.1.1 5}",
		"eth0;239.1.1.1,239.1.1.2;239.1.1.3:5": "{eth0 [239.1.1.1 239.1.1.2] 239.1.1.3 5}",
		"239.1.1.1;239.1.1.3:5":                "{ [239.1.1.1] 239.1.1.3 5}",
		"eth0;[ff08::1]:5":                     "{eth0 [ff08::1] ff08::1 5}",
		"eth0;ff08::1:5":                       "{eth0 [ff08::1] ff08::1 5}",
		"[fd00::1];ff08::1,[ff08::2]:5":        "{[fd00::1] [ff08::1 ff08::2] ff08::1 5}",
		"eth0:5":                               "{eth0 [239.192.0.1] 239.192.0.1 5}",
		"fd00::1:5":                            "{fd00::1 [ff08::1] ff08::1 5}",
		":5":                                   "{ [239.192.0.1] 239.192.0.1 5}",
		"eth0;;239.1.1.1:5":                    "{eth0 [239.192.0.1] 239.1.1.1 5}",
	} {
		a, err := parseAddress(in)
		if got := fmt.Sprintf("{%s %v %v %d}", a.iface, a.groups, a.send, a.port); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "eth0", "eth0;239.1.1.1", "eth0;239.1.1.1:", "eth0;239.1.1.1:0", "eth0;239.1.1.1:65536",
		"eth0;239.1.1.1:x", "eth0;10.0.0.1:5", "eth0;name:5", "a;239.1.1.1;239.1.1.2;x:5", "eth0,eth1;239.1.1.1:5",
		"239.1.1.1;239.1.1.2;239.1.1.3:5", "eth0;239.1.1.1,ff08::1:5", "10.0.0.1;ff08::1:5", "eth0;239.1.1.1;10.0.0.1:5", "eth0;239.1.1.1,:5"} {
		if a, err := parseAddress(in); errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("%s: %v, %v", in, a, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("eth0;239.192.1.1,239.192.1.2;239.192.1.3:5555")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := parseAddress(s)
		if err == nil && (len(a.groups) == 0 || !a.send.IsMulticast() || a.port == 0) {
			t.Errorf("%q: %v", s, a)
		}
	})
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		raw, six                bool
		tpdu, tsdu, rate, recov int
		window                  int
	}{
		{false, false, 1500, 1428, 100, 10_000, 80},
		{true, false, 1500, 1436, 40_000, 10_000, 33333},
		{false, true, 1500, 1408, 1_000_000, 1000, 83333},
		{true, true, 1500, 1416, 100, 0, 0},
		{false, false, 9000, 8928, 1<<31 - 1, 1<<31 - 1, maxWindow},
		{false, false, 65535, 65463, 1 << 20, 1, 2},
	} {
		s, err := settle(&opt.Net{Multicast: opt.Multicast{Rate: c.rate, RecoveryIvl: time.Duration(c.recov) * ms, MaxTPDU: c.tpdu, Hops: 1}}, c.raw, c.six)
		if err != nil || s.maxTSDU != c.tsdu || s.window != c.window || s.tos != expedited {
			t.Errorf("%+v: %+v, %v", c, s, err)
		}
		if s.overhead+s.maxTSDU != c.tpdu-20 {
			t.Errorf("%+v: packets of %d bytes", c, s.overhead+s.maxTSDU)
		}
	}
	for name, f := range map[string]func(*opt.Net){
		"RATE":  func(o *opt.Net) { o.Multicast.Rate = 11 },
		"HOPS":  func(o *opt.Net) { o.Multicast.Hops = 256 },
		"small": func(o *opt.Net) { o.Multicast.MaxTPDU = 89 },
		"large": func(o *opt.Net) { o.Multicast.MaxTPDU = 65536 },
	} {
		o := simOptions()
		f(o)
		if _, err := settle(o, false, false); errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("%s: %v", name, err)
		}
		if err := (Transport{}).CheckBind("127.0.0.1;239.1.1.1:5", o); errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("%s: %v", name, err)
		}
	}
}
