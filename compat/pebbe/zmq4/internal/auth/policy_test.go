package auth

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// ask makes a request and returns whether it is let in.
func ask(h *Handler, domain, address, mechanism string, credentials ...string) bool {
	frames := [][]byte{[]byte("1.0"), []byte("1"), []byte(domain), []byte(address), nil, []byte(mechanism)}
	for _, c := range credentials {
		frames = append(frames, []byte(c))
	}
	return string(h.answer(frames)[2]) == "200"
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		what  string
		set   func(*Handler)
		yes   []string // addresses, or domain/address
		no    []string
		plain bool
	}{
		{"no lists", func(*Handler) {}, []string{"10.0.0.1", "::1", "localhost:0:0:1", ""}, nil, false},
		{"allow one", func(h *Handler) { h.Allow("d", []string{"10.0.0.1"}) },
			[]string{"10.0.0.1", "::ffff:10.0.0.1", "other/10.0.0.2"}, []string{"10.0.0.2", "::1", "localhost:0:0:1"}, false},
		{"allow a network", func(h *Handler) { h.Allow("*", []string{"10.0.0.0/8", "fe80::/10"}) },
			[]string{"10.1.2.3", "other/10.1.2.3", "fe80::1%eth0"}, []string{"11.0.0.1", "other/11.0.0.1"}, false},
		{"deny", func(h *Handler) { h.Deny("d", []string{"10.0.0.1", "::1"}) },
			[]string{"10.0.0.2", "other/10.0.0.1", "localhost:0:0:1"}, []string{"10.0.0.1", "::1"}, false},
		{"deny everywhere", func(h *Handler) { h.Deny("*", []string{"10.0.0.1"}) },
			[]string{"10.0.0.2"}, []string{"10.0.0.1", "other/10.0.0.1"}, false},
		{"allow beats deny", func(h *Handler) {
			h.Deny("d", []string{"10.0.0.1"})
			h.Allow("d", []string{"10.0.0.1"})
		}, []string{"10.0.0.1"}, []string{"10.0.0.2"}, false},
		{"a domain that is an address", func(h *Handler) { h.Deny("10.0.0.1", []string{"10.0.0.2"}) },
			[]string{"10.0.0.3"}, []string{"10.0.0.1", "other/10.0.0.2"}, false},
		{"allow a network of IPv4 inside IPv6", func(h *Handler) { h.Allow("d", []string{"::ffff:10.0.0.0/104"}) },
			[]string{"10.1.2.3", "::ffff:10.1.2.3"}, []string{"11.0.0.1", "::1"}, false},
		{"deny a network of IPv4 inside IPv6", func(h *Handler) { h.Deny("d", []string{"::ffff:127.0.0.0/104"}) }, // Fault B15
			[]string{"10.1.2.3", "::1"}, []string{"127.0.0.1", "::ffff:127.0.0.1"}, false},
		{"no address", func(h *Handler) { h.Allow("d", []string{"localhost"}) }, []string{"10.0.0.1"}, nil, false},
		{"no addresses", func(h *Handler) { h.Allow("d", nil) }, []string{"10.0.0.1"}, nil, false},
		{"an allowed address needs a password", func(h *Handler) { h.Allow("*", []string{"10.0.0.1"}) }, nil,
			[]string{"10.0.0.1", "10.0.0.2"}, true},
	} {
		var h Handler
		c.set(&h)
		check := func(list []string, want bool) {
			for _, text := range list {
				domain, address, ok := strings.Cut(text, "/")
				if !ok {
					domain, address = "d", text
				}
				mechanism, credentials := "NULL", []string(nil)
				if c.plain {
					mechanism, credentials = "PLAIN", []string{"name", "password"}
				}
				if ask(&h, domain, address, mechanism, credentials...) != want {
					t.Errorf("%s: %s was treated wrong", c.what, text)
				}
			}
		}
		check(c.yes, true)
		check(c.no, false)
	}
}

func TestUsers(t *testing.T) {
	var h Handler
	h.RemoveUsers("d", []string{"nobody"})
	h.AddUser("d", "eve", "one")
	h.AddUser("*", "bob", "two")
	h.AddUser("d", "none", "")
	for _, c := range []struct {
		domain, name, password string
		want                   bool
	}{
		{"d", "eve", "one", true}, {"d", "eve", "two", false}, {"d", "eve", "", false}, {"other", "eve", "one", false},
		{"d", "bob", "two", true}, {"other", "bob", "two", true}, {"d", "nobody", "", false}, {"d", "", "", false},
		{"d", "none", "", true},
	} {
		if ask(&h, c.domain, "10.0.0.1", "PLAIN", c.name, c.password) != c.want {
			t.Errorf("%q %q %q", c.domain, c.name, c.password)
		}
	}
	h.RemoveUsers("d", []string{"eve"})
	h.RemoveAllUsers("*")
	if ask(&h, "d", "", "PLAIN", "eve", "one") || ask(&h, "d", "", "PLAIN", "bob", "two") {
		t.Error("let in who was removed")
	}
	h.Deny("*", []string{"10.0.0.1"})
	h.AddUser("d", "eve", "one")
	if ask(&h, "d", "10.0.0.1", "PLAIN", "eve", "one") {
		t.Error("a password does not help a denied address")
	}
}

func TestKeys(t *testing.T) {
	const raw = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	text := strings.Repeat("0", 40)
	var h Handler
	if ask(&h, "d", "", "CURVE", raw) {
		t.Error("let in without keys")
	}
	h.AddKeys("d", []string{text})
	if !ask(&h, "d", "", "CURVE", raw) || ask(&h, "other", "", "CURVE", raw) || ask(&h, "d", "", "CURVE", "x"+raw[1:]) {
		t.Error("a key was treated wrong")
	}
	h.RemoveKeys("d", []string{text})
	if ask(&h, "d", "", "CURVE", raw) {
		t.Error("let in with a removed key")
	}
	h.AddKeys("*", []string{Any})
	if !ask(&h, "d", "", "CURVE", raw) {
		t.Error("not any key is let in")
	}
	h.RemoveAllKeys("*")
	if ask(&h, "d", "", "CURVE", raw) {
		t.Error("let in with a removed key")
	}
}

// What is logged says why, and no secret.
func TestLog(t *testing.T) {
	var text bytes.Buffer
	log.SetOutput(&text)
	defer log.SetOutput(os.Stderr)
	var h Handler
	h.AddUser("d", "eve", "secret")
	ask(&h, "d", "", "PLAIN", "eve", "secret")
	if text.Len() > 0 {
		t.Errorf("logged unasked: %s", &text)
	}
	h.SetVerbose(true)
	ask(&h, "d", "10.0.0.1", "PLAIN", "eve", "secret")
	ask(&h, "d", "10.0.0.1", "PLAIN", "eve", "geheim")
	h.Allow("d", []string{"nowhere", "10.0.0.2"})
	ask(&h, "d", "10.0.0.1", "NULL")
	got := text.String()
	for _, want := range []string{"AUTH: ALLOWED", "AUTH: DENIED", `"nowhere" is not an address`, "not among the allowed"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the log:\n%s", want, got)
		}
	}
	if strings.Contains(got, "secret") || strings.Contains(got, "geheim") {
		t.Errorf("a password is in the log:\n%s", got)
	}
}

func TestMetadata(t *testing.T) {
	var h Handler
	h.SetMetadata(func(version, id, domain, address, identity, mechanism string, credentials ...string) map[string]string {
		return map[string]string{"User-Id": "u", "X-args": fmt.Sprint(version, id, domain, address, identity, mechanism, credentials),
			"": "no name", strings.Repeat("n", 256): "too long"}
	})
	reply := h.answer([][]byte{[]byte("1.0"), []byte("7"), []byte("d"), []byte("a"), []byte("i"), []byte("NULL")})
	want := "1.0|7|200|OK|u|\x06X-args\x00\x00\x00\r1.07daiNULL[]"
	if got := string(bytes.Join(reply, []byte("|"))); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	log.SetOutput(&bytes.Buffer{})
	defer log.SetOutput(os.Stderr)
	h.SetMetadata(func(_, _, _, _, _, _ string, _ ...string) map[string]string { panic("no") })
	if ask(&h, "d", "", "NULL") {
		t.Error("let in by a panic")
	}
	h.SetMetadata(nil)
	if !ask(&h, "d", "", "NULL") {
		t.Error("not let in without a handler of metadata")
	}
}
