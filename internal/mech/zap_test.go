package mech

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/zeroth-mq/zmq/zmtp"
)

func frames(list ...string) [][]byte {
	var out [][]byte
	for _, f := range list {
		out = append(out, []byte(f))
	}
	return out
}

func TestZAPFrames(t *testing.T) {
	for _, c := range []struct {
		r    Request
		want [][]byte
	}{
		{Request{Mechanism: "NULL"}, frames("", "1.0", "1", "global", "127.0.0.1", "me", "NULL")},
		{Request{Mechanism: "PLAIN", Credentials: frames("user", "")}, frames("", "1.0", "1", "global", "127.0.0.1", "me", "PLAIN", "user", "")},
	} {
		c.r.Address = "127.0.0.1"
		call := ZAPCall{"global", []byte("me"), c.r}
		if got := call.Frames(); !equal(got, c.want) {
			t.Errorf("%q; want %q", got, c.want)
		}
	}
}

func equal(a, b [][]byte) bool {
	return bytes.Equal(bytes.Join(a, []byte{0, 1}), bytes.Join(b, []byte{0, 1})) && len(a) == len(b)
}

func TestParseZAP(t *testing.T) {
	meta := string(zmtp.AppendProperty(nil, "X-role", "boss"))
	good := []string{"", "1.0", "1", "200", "fine", "alice", meta}
	r, err := ParseZAP(frames(good...))
	want := Reply{Status: 200, Text: "fine", UserID: "alice", Metadata: []zmtp.Property{{Name: "X-role", Value: "boss"}}}
	if err != nil || !reflect.DeepEqual(r, want) {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, status := range []int{300, 400, 500} {
		if r, err := ParseZAP(frames("", "1.0", "1", string(rune('0'+status/100))+"00", "", "", "")); err != nil || r.Status != status {
			t.Errorf("%d: %+v, %v", status, r, err)
		}
	}
	bad := func(i int, with string) [][]byte {
		f := frames(good...)
		f[i] = []byte(with)
		return f
	}
	for _, c := range []struct {
		what   string
		frames [][]byte
		code   uint32
	}{
		{"nothing", nil, ZAPMalformedReply},
		{"six frames", frames(good[:6]...), ZAPMalformedReply},
		{"eight frames", frames(append(good, "")...), ZAPMalformedReply},
		{"no delimiter", bad(0, "x"), ZAPUnspecified},
		{"version", bad(1, "2.0"), ZAPBadVersion},
		{"no version", bad(1, ""), ZAPBadVersion},
		{"request id", bad(2, "2"), ZAPBadRequestID},
		{"status 100", bad(3, "100"), ZAPInvalidStatus},
		{"status 201", bad(3, "201"), ZAPInvalidStatus},
		{"status 600", bad(3, "600"), ZAPInvalidStatus},
		{"short status", bad(3, "20"), ZAPInvalidStatus},
		{"long status", bad(3, "2000"), ZAPInvalidStatus},
		{"no status", bad(3, ""), ZAPInvalidStatus},
		{"metadata", bad(6, meta[:len(meta)-1]), ZAPInvalidMetadata},
	} {
		_, err := ParseZAP(c.frames)
		wantError(t, c.what, err, c.code, "ZAP handler")
	}
}

func FuzzZAP(f *testing.F) {
	f.Add([]byte("\x00\x031.0\x011\x03200\x02ok\x05alice\x00"))
	f.Add([]byte("\x00\x031.0\x011\x03400\x00\x00\x07\x01a\x00\x00\x00\x01x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var list [][]byte
		for len(b) > 0 {
			n := min(int(b[0]), len(b)-1)
			list, b = append(list, b[1:1+n]), b[1+n:]
		}
		r, err := ParseZAP(list)
		if pe := (*ProtocolError)(nil); err != nil && !errors.As(err, &pe) {
			t.Fatalf("%v is no protocol error", err)
		}
		switch {
		case err != nil && r.Status != 0:
			t.Fatalf("%+v with %v", r, err)
		case err == nil && (r.Status < 200 || r.Status > 500 || r.Status%100 != 0):
			t.Fatalf("status %d", r.Status)
		}
	})
}
