package pgm

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"
)

// recorded gives the packets of testdata by name.
func recorded(t testing.TB) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/recorded.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]byte)
	for part := range strings.SplitSeq(string(text), "\n\n") {
		name, digits, ok := strings.Cut(strings.TrimSpace(part), "\n")
		if !ok {
			continue
		}
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = b
	}
	if len(all) != 22 {
		t.Fatalf("%d packets in testdata", len(all))
	}
	return all
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

// What libzmq sent is understood, and built again to the byte.
func TestRecorded(t *testing.T) {
	for name, b := range recorded(t) {
		p, err := parse(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := route{p.session, p.dport}
		if p.upstream() {
			r.port = p.sport
		}
		var again []byte
		switch p.kind {
		case spm:
			again = r.appendSPM(nil, p.sqn, p.trail, p.lead, p.nla, p.fin)
		case spmr:
			again = r.appendSPMR(nil)
		case nak, ncf:
			var list []uint32
			for i := range p.asked() {
				list = append(list, p.at(i))
			}
			again = r.appendRequest(nil, p.kind, p.nla, p.group, list)
		case odata, rdata:
			again = append(make([]byte, dataHeader), p.data...)
			r.putData(again, p.kind, p.sqn, p.trail, sum(p.data))
		}
		if name == "NCF_list_of_3" {
			continue // OpenPGM leaves garbage in a reserved byte
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%s: built as\n%x, recorded as\n%x", name, again, b)
		}
	}
}

func TestRecordedFields(t *testing.T) {
	all := recorded(t)
	for _, c := range []struct {
		name       string
		kind       byte
		sqn        uint32
		session    string
		nla, group string
		list       []uint32
		fin        bool
	}{
		{"SPM_start_lead_minus1", spm, 0, "b7c6d1bc038a769a", "10.77.0.1", "", nil, false},
		{"SPM_OPT_FIN", spm, 8, "b7c6d1bc038a769a", "10.77.0.1", "", nil, true},
		{"SPMR", spmr, 0, "b7c6d1bc038a4881", "", "", nil, false},
		{"NAK_list_of_3", nak, 23, "b7c6d1bc038aeedf", "10.77.0.1", "239.192.1.1", []uint32{23, 44, 89}, false},
		{"NCF_list_of_3", ncf, 23, "b7c6d1bc038aeedf", "10.77.0.1", "239.192.1.1", []uint32{23, 44, 89}, false},
		{"IPv6_SPM", spm, 0, "b7c6d1bc038a41ae", "fd77::1", "", nil, false},
		{"IPv6_NAK", nak, 15, "b7c6d1bc038a41ae", "fd77::1", "ff08::1", []uint32{15}, false},
		{"RDATA", rdata, 23, "b7c6d1bc038aeedf", "", "", nil, false},
	} {
		p, err := parse(all[c.name])
		if err != nil {
			t.Fatal(err)
		}
		ok := p.kind == c.kind && p.sqn == c.sqn && hex.EncodeToString(p.session[:]) == c.session && p.fin == c.fin
		ok = ok && (c.nla == "" || p.nla == ip(c.nla)) && (c.group == "" || p.group == ip(c.group))
		for i, s := range c.list {
			ok = ok && p.asked() == len(c.list) && p.at(i) == s
		}
		if !ok {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	p, _ := parse(all["SPM_start_lead_minus1"])
	if p.lead != 0xffffffff || p.trail != 0 {
		t.Errorf("%+v", p)
	}
}

// reseal gives a packet a good checksum.
func reseal(b []byte) []byte {
	if len(b) >= headerLen {
		b[6], b[7] = 0, 0
		seal(b, sum(b))
	}
	return b
}

// A packet that is cut anywhere is refused, whether or not its checksum tells.
func TestCut(t *testing.T) {
	for name, b := range recorded(t) {
		for n := range len(b) {
			if _, err := parse(b[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes are accepted", name, n, len(b))
			}
			if _, err := parse(reseal(bytes.Clone(b[:n]))); err == nil {
				t.Errorf("%s: %d of %d bytes are accepted, the checksum being right", name, n, len(b))
			}
		}
		for i := range b {
			if i == 6 || i == 7 {
				continue
			}
			flipped := bytes.Clone(b)
			flipped[i] ^= 0x10
			if _, err := parse(flipped); !errors.Is(err, errChecksum) {
				t.Errorf("%s: byte %d changed: %v", name, i, err)
			}
		}
	}
}

// What libzmq would not survive, or nobody sends, is refused.
func TestRefused(t *testing.T) {
	all := recorded(t)
	change := func(name string, f func([]byte) []byte) []byte { return reseal(f(bytes.Clone(all[name]))) }
	options := func(list ...byte) []byte {
		return change("ODATA_one_small_message", func(b []byte) []byte {
			b[5] = optPresent
			return append(append(bytes.Clone(b[:dataHeader]), list...), b[dataHeader:]...)
		})
	}
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"parity":          {change("ODATA_one_small_message", func(b []byte) []byte { b[5] = optParity; return b }), errKind},
		"parity NAK":      {change("NAK_single", func(b []byte) []byte { b[5] = optParity; return b }), errKind},
		"POLL":            {change("SPMR", func(b []byte) []byte { b[4] = 1; return b }), errKind},
		"NNAK":            {change("NAK_single", func(b []byte) []byte { b[4] = 9; return b }), errKind},
		"bytes behind":    {change("ODATA_one_small_message", func(b []byte) []byte { return append(b, 0) }), errLength},
		"TSDU of 1 byte":  {change("ODATA_one_small_message", func(b []byte) []byte { b[15] = 1; return b[:dataHeader+1] }), errLength},
		"TSDU of none":    {change("ODATA_one_small_message", func(b []byte) []byte { b[15] = 0; return b[:dataHeader] }), errLength},
		"trail ahead":     {change("ODATA_one_small_message", func(b []byte) []byte { b[23] = 1; return b }), errWindow},
		"trail over lead": {change("SPM_heartbeat", func(b []byte) []byte { b[23] = 9; return b }), errWindow},
		"family 3":        {change("SPM_heartbeat", func(b []byte) []byte { b[29] = 3; return b }), errNLA},
		"family 2, short": {change("SPM_heartbeat", func(b []byte) []byte { b[29] = 2; return b }), errShort},
		"fragment":        {options(0, 4, 0, 20, 0x81, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), errFragment},
		"no length":       {options(0x8e, 4, 0, 0), errOptions},
		"length of 5":     {options(0x80, 5, 0, 5, 0), errOptions},
		"total of 3":      {options(0x80, 4, 0, 3), errOptions},
		"total too long":  {options(0, 4, 1, 0, 0x8e, 4, 0, 0), errOptions},
		"option of 0":     {options(0, 4, 0, 8, 0x8e, 0, 0, 0), errOptions},
		"option of 2":     {options(0, 4, 0, 8, 0x0e, 2, 0x8e, 2), errOptions},
		"option beyond":   {options(0, 4, 0, 8, 0x8e, 5, 0, 0), errOptions},
		"no end":          {options(0, 4, 0, 8, 0x0e, 4, 0, 0), errOptions},
		"end too soon":    {options(0, 4, 0, 12, 0x8e, 4, 0, 0, 0x8e, 4, 0, 0), errOptions},
		"too many":        {options(append([]byte{0, 4, 0, 4 + 3*18}, bytes.Repeat([]byte{0x20, 3, 0}, 18)...)...), errOptions},
		"list of 3 bytes": {options(0, 4, 0, 7, 0x82, 3, 0), errOptions},
		"list of 5 bytes": {options(0, 4, 0, 9, 0x82, 5, 0, 0, 0), errOptions},
		"list of 63":      {options(append([]byte{0, 4, 1, 4, 0x82, 0}, make([]byte, 254)...)...), errOptions},
	} {
		if _, err := parse(c.b); err != c.want {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
	}
	// And what may seem odd is not.
	for name, b := range map[string][]byte{
		"unknown option": options(0, 4, 0, 8, 0xa0, 4, 0, 0),
		"no options":     options(0x80, 4, 0, 4),
		"no checksum":    func() []byte { b := bytes.Clone(all["SPMR"]); b[6], b[7] = 0, 0; return b }(),
		"TSDU of 2":      change("ODATA_one_small_message", func(b []byte) []byte { b[15] = 2; return b[:dataHeader+2] }),
	} {
		if _, err := parse(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := bytes.Clone(all["ODATA_one_small_message"])
	b[6], b[7] = 0, 0
	if _, err := parse(b); err != errChecksum {
		t.Errorf("data without checksum: %v", err)
	}
}

// slowSum is the checksum as RFC 3208 defines it.
func slowSum(b []byte) uint16 {
	var s uint32
	for i := 0; i < len(b); i += 2 {
		w := uint32(b[i]) << 8
		if i+1 < len(b) {
			w |= uint32(b[i+1])
		}
		if s += w; s > 0xffff {
			s -= 0xffff
		}
	}
	return uint16(s)
}

func TestSum(t *testing.T) {
	b := make([]byte, 300)
	for i := range b {
		b[i] = byte(i*i + 7)
	}
	for n := range b {
		if got, want := fold(sum(b[:n])), slowSum(b[:n]); got != want {
			t.Errorf("%d bytes: %#x, want %#x", n, got, want)
		}
		cut := n &^ 1
		if got, want := fold(sum(b[:cut])+sum(b[cut:])), slowSum(b); got != want {
			t.Errorf("%d and the rest: %#x, want %#x", cut, got, want)
		}
	}
	if got := fold(sum(bytes.Repeat([]byte{0xff}, 100_000))); got != 0xffff {
		t.Errorf("%#x", got)
	}
	// A sum of ffff makes a checksum of zero, which means none.
	p := route{tsi{}, 0}.appendHeader(nil, spmr, 0)
	binary.BigEndian.PutUint16(p, 0xffff-0x0c00)
	seal(p, sum(p))
	if p[6] != 0xff || p[7] != 0xff {
		t.Errorf("% x", p)
	}
	if _, err := parse(p); err != nil {
		t.Error(err)
	}
}

func TestSerial(t *testing.T) {
	for _, c := range []struct {
		a, b uint32
		want bool
	}{{0, 1, true}, {1, 0, false}, {5, 5, false}, {0xffffffff, 0, true}, {0, 0xffffffff, false}, {0, 1<<31 - 1, true}} {
		if before(c.a, c.b) != c.want {
			t.Errorf("%d before %d: %v", c.a, c.b, !c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range recorded(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse(reseal(bytes.Clone(b)))
		if err != nil {
			return
		}
		if p.asked() > 1+maxList || len(p.data) > len(b)-dataHeader && p.data != nil {
			t.Errorf("%+v", p)
		}
		for i := range p.asked() {
			p.at(i)
		}
		if (p.kind == odata || p.kind == rdata) && len(p.data) < offsetLen {
			t.Errorf("%d bytes of data", len(p.data))
		}
	})
}
