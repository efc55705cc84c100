package opt

import (
	"bytes"
	"testing"
)

// Fault B17: what a value leaves of the buffer becomes zero; a refused buffer stays
// as it was.
func TestEncodeClearsTheRest(t *testing.T) {
	for name, x := range map[string]any{
		"EVENTS": 1, "FD": 3, "LAST_ENDPOINT": "ipc://x", "ROUTING_ID": []byte("me"), "PLAIN_USERNAME": "you",
	} {
		b := bytes.Repeat([]byte{0xa5}, 32)
		n, err := ByName(name).Encode(b, x)
		if err != nil || len(bytes.Trim(b[n:], "\x00")) > 0 {
			t.Errorf("%s: %d, %v, %x", name, n, err, b)
		}
	}
	b := []byte{0xa5, 0xa5, 0xa5}
	if _, err := ByName("EVENTS").Encode(b, 1); err == nil || b[0] != 0xa5 {
		t.Errorf("no room: %v, %x", err, b)
	}
	// Fault C7: this text needs no room for its NUL.
	prefix := CtxByName("THREAD_NAME_PREFIX")
	for size, want := range map[int]int{4: 4, 5: 5, 9: 5} {
		b := bytes.Repeat([]byte{0xa5}, size)
		if n, err := prefix.Encode(b, "four"); n != want || err != nil || !bytes.HasPrefix(b, []byte("four")) {
			t.Errorf("%d bytes: %d, %v, %q", size, n, err, b)
		}
	}
}
