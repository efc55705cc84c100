//go:build unix

package cshim

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/testutil/rows"
)

// What a message has beside its parts comes and goes with small parts and with blocks.
func TestProps(t *testing.T) {
	ctx := newContext(t)
	server, client := pair(t, ctx, rows.Server, rows.Client)
	send(t, client, "hello", 0)
	var p core.Part
	var w Wait
	if rc := Recv(server, &p, DontWait, &w); rc != 0 || p.Props == nil {
		t.Fatalf("Recv: %d, with %+v", rc, p.Props)
	}
	props := *p.Props
	if rc := Send(server, []byte("small"), &props, DontWait, &w); rc != 5 {
		t.Fatalf("Send: %d", rc)
	}
	if rc := SendBlock(server, make([]byte, ByReference), func() {}, &props, DontWait, &w); rc != ByReference {
		t.Fatalf("SendBlock: %d", rc)
	}
	for _, size := range []int{5, ByReference} {
		if got, _ := recv(t, client); len(got) != size {
			t.Errorf("received %d bytes, want %d", len(got), size)
		}
	}
	if rc := Send(server, []byte("x"), &msg.Props{RoutingID: 99}, DontWait, &w); rc >= 0 {
		t.Errorf("Send to nobody: %d", rc)
	}
}
