package engine

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// foreigners are what may stand at a port in place of a peer, or come to one.
var foreigners = []struct{ says, what string }{
	{"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request", "an HTTP server"},
	{"GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a long one, to be longer than a frame of that size\r\n\r\n", "an HTTP client"},
	{"220 mail.example.org ESMTP Postfix\r\n", "a mail or FTP server"},
	{"-ERR wrong number of arguments for 'get' command\r\n", "a Redis server"},
	{"SSH-2.0-OpenSSH_9.6\r\n", "SSH"},
	{"\x15\x03\x01\x00\x02\x02\x46", "a TLS server"},
	{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "a TLS client"},
	{"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80", "an HTTP/2 server"},
	{"INFO {\"server_id\":\"NA\"}\r\n", "a NATS server"},
	{"\x00\x00\x00\x1f\x00\x12\x00\x03\x00\x00\x00\x01", "a Kafka client"},
	{"\x4a\x00\x00\x00\x0a8.0.36\x00\x08\x00\x00\x00", "a MySQL server"},
	{"E\x00\x00\x00\x8cSFATAL\x00VFATAL\x00C0A000\x00", "a PostgreSQL server"},
	{"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27", "telnet"},
	{"\x83\x9b\x4f\x12\xd7 random", ""},
}

// Fault A7: a peer that speaks another protocol was taken for one of ZMTP 1.0,
// and given messages. It is refused and named, on both sides, at every pace,
// also where peers must shake hands.
func TestForeignPeersAreRefused(t *testing.T) {
	for _, f := range foreigners {
		for _, incoming := range []bool{false, true} {
			for _, mechanism := range []int{opt.MechNull, opt.MechPlain} {
				whole := newScript([]byte(f.says))
				slow := newScript()
				for _, b := range []byte(f.says) {
					slow.in = append(slow.in, []byte{b})
				}
				for _, c := range []*script{whole, slow} {
					cfg := config()
					cfg.Incoming, cfg.Security.Mechanism = incoming, mechanism
					s := newSock(t, pipe.Marks{})
					s.send("precious")
					err := Run(c, cfg, s.ready)
					var pe *mech.ProtocolError
					if !errors.As(err, &pe) || !pe.Foreign || !errors.Is(err, errno.EPROTO) {
						t.Errorf("%q: %v", f.says, err)
						continue
					}
					if s.peer != nil || bytes.Contains(c.out, []byte("precious")) || fmt.Sprint(s.queued()) != "[precious]" {
						t.Errorf("%q was taken for a peer", f.says)
					}
					if c == whole && f.what != "" && !strings.Contains(err.Error(), "looks like "+f.what+";") {
						t.Errorf("%q is called %q", f.says, err)
					}
				}
			}
		}
	}
}
