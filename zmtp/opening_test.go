package zmtp

import "testing"

func TestParseOpening(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     Opening
	}{
		{"nothing", "", Unclear},
		{"a length", "01", Unclear},
		{"empty 1.0 identity", "01 00", Unsigned},
		{"short 1.0 identity", "07 00 706565722d31", Unsigned},
		{"a lone mark", "ff", Unclear},
		{"nine bytes", "ff 0000000000000001", Unclear},
		{"long 1.0 identity", "ff 0000000000000101 00", Unsigned},
		{"padding is free", "ff 0123456789abcdef 7f", Signed},
		{"another end of the signature", "ff 0000000000000000 01", Foreign},
		{"a 1.0 frame with MORE", "01 01", Foreign},
		{"a 1.0 frame with a flag that nobody knows", "01 80", Foreign},
		{"no room for flags", "00", Foreign},
	} {
		if got := ParseOpening(unhex(t, c.in)); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// Fault A7: what other protocols say first was taken for a ZMTP 1.0 identity.
// Each is what a real program sends.
func TestForeignOpenings(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request", "an HTTP server"},
		{"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "an HTTP client"},
		{"CONNECT example.org:443 HTTP/1.1\r\n", "an HTTP client"},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "an HTTP/2 client"},
		{"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80", "an HTTP/2 server"},
		{"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "an HTTP/2 server"},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "a TLS client"},
		{"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", "a TLS server"},
		{"\x15\x03\x01\x00\x02\x02\x46", "a TLS server"},
		{"SSH-2.0-OpenSSH_9.6\r\n", "SSH"},
		{"220 mail.example.org ESMTP Postfix\r\n", "a mail or FTP server"},
		{"554-5.7.1 no\r\n", "a mail or FTP server"},
		{"EHLO client.example.org\r\n", "a mail client"},
		{"+OK POP3 ready\r\n", "a POP3 server"},
		{"* OK IMAP4rev1 ready\r\n", "an IMAP server"},
		{"-ERR unknown command\r\n", "a Redis server"},
		{"*1\r\n$4\r\nPING\r\n", "a Redis client"},
		{`INFO {"server_id":"NA"}` + "\r\n", "a NATS server"},
		{`CONNECT {"verbose":false}` + "\r\n", "a NATS client"},
		{"\x00\x00\x00\x1f\x00\x12\x00\x03\x00\x00\x00\x01", "a Kafka client"},
		{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "a PostgreSQL client"},
		{"\x00\x00\x00\x29\x00\x03\x00\x00user\x00", "a PostgreSQL client"},
		{"AMQP\x00\x00\x09\x01", "AMQP"},
		{"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c", "an MQTT client"},
		{"\x20\x02\x00\x01", "an MQTT server"},
		{"RFB 003.008\n", "a VNC server"},
		{"ERROR\r\n", "a memcached server"},
		{"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27", "telnet"},
		{"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n", "a proxy that speaks the PROXY protocol"},
		{"\x05\x01\x00", "a SOCKS client"},
		{"\x9b\x4f\x00\x12\xd7", ""},
	} {
		if got := ParseOpening([]byte(c.in)); got != Foreign {
			t.Errorf("%q: opening %v", c.in, got)
		}
		if got := LooksLike([]byte(c.in)); got != c.want {
			t.Errorf("%q looks like %q, want %q", c.in, got, c.want)
		}
	}
	// These two fit a 1.0 identity as far as its header goes. Their identity
	// begins with a zero byte, which those that peers choose do not.
	for in, want := range map[string]string{
		"\x4a\x00\x00\x00\x0a8.0.36\x00": "a MySQL server",
		"E\x00\x00\x00\x8cSFATAL\x00":    "a PostgreSQL server",
	} {
		if ParseOpening([]byte(in)) != Unsigned || LooksLike([]byte(in)) != want {
			t.Errorf("%q: %v, %q", in, ParseOpening([]byte(in)), LooksLike([]byte(in)))
		}
	}
}
