package zmq_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq"
)

// String shows all frames, in quotes, and cuts what is long.
func TestMessageString(t *testing.T) {
	c := zmq.NewContext()
	defer c.Shutdown(t.Context())
	pull, push := two(t, c, "text")
	var many [][]byte
	for range 20 {
		many = append(many, nil)
	}
	for _, x := range []struct {
		frames [][]byte
		text   string
	}{
		{[][]byte{[]byte("hello")}, `["hello"]`},
		{[][]byte{[]byte("topic"), []byte("two words"), nil}, `["topic" "two words" ""]`},
		{[][]byte{{0, 0x80, 'k'}, []byte("a\"\n")}, `["\x00\x80k" "a\"\n"]`},
		{[][]byte{bytes.Repeat([]byte("x"), 65), []byte("y")}, `["` + strings.Repeat("x", 64) + `"... (65 bytes) "y"]`},
		{many, "[" + strings.Repeat(`"" `, 16) + "and 4 more frames]"},
	} {
		if err := push.Send(t.Context(), x.frames...); err != nil {
			t.Fatal(err)
		}
		m, err := pull.Recv(t.Context())
		if err != nil || m.String() != x.text || fmt.Sprint(m) != x.text {
			t.Errorf("%v, want %s: %v", m, x.text, err)
		}
	}
	if text := fmt.Sprint(zmq.Message{}); text != "[]" {
		t.Errorf("no message is %q", text)
	}
}
