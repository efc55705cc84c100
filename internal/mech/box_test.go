package mech

import (
	"bytes"
	"errors"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/zmtp"
)

// The traffic: each message once, in order, unchanged, with its flags.
func TestBox(t *testing.T) {
	client, server, _ := couples[1].run(t, 4)
	for _, way := range [][2]Box{{client.Box(), server.Box()}, {server.Box(), client.Box()}} {
		var sealed [][]byte
		for i, flags := range []byte{0, zmtp.FlagMore, zmtp.FlagCommand, zmtp.FlagMore | zmtp.FlagLong} {
			b := way[0].Seal([]byte("x"), flags, bytes.Repeat([]byte("m"), i*100))
			if len(b) != 1+i*100+way[0].Overhead() || b[0] != 'x' {
				t.Errorf("%d bytes", len(b))
			}
			sealed = append(sealed, b[1:])
			got, body, err := openWhole(way[1], b[1:])
			if err != nil || got != flags&^zmtp.FlagLong || len(body) != i*100 {
				t.Errorf("flags %d, %d bytes, %v", got, len(body), err)
			}
		}
		for _, old := range sealed {
			_, _, err := way[1].Open(old)
			wantError(t, "again", err, InvalidSequence, "again")
		}
		next := way[0].Seal(nil, 0, []byte("next"))
		for n := range next {
			_, _, err := way[1].Open(next[:n])
			if err == nil {
				t.Errorf("opened when cut at %d", n)
			}
			bad := bytes.Clone(next)
			bad[n] ^= 1
			if _, _, err := way[1].Open(bad); err == nil {
				t.Errorf("byte %d may be changed", n)
			}
		}
		_, _, err := way[1].Open([]byte("plain text"))
		wantError(t, "in the clear", err, UnexpectedCommand, "not encrypted")
		_, _, err = way[1].Open(next[:20])
		wantError(t, "short", err, MalformedMessage, "33")
		if _, body, err := openWhole(way[1], next); err != nil || string(body) != "next" {
			t.Errorf("%q, %v", body, err)
		}
		mine := way[0].Seal(nil, 0, nil)
		for range 10 {
			mine = way[0].Seal(nil, 0, nil)
		}
		_, _, err = way[0].Open(mine)
		wantError(t, "reflected", err, Cryptographic, "opened")
	}
}

func FuzzBox(f *testing.F) {
	client, server, _ := couples[1].run(f, 4)
	f.Add(server.Box().Seal(nil, 0, []byte("m")))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, _, err := client.Box().Open(body); err != nil && !errors.Is(err, errno.EPROTO) {
			t.Fatalf("%v is no protocol error", err)
		}
	})
}
