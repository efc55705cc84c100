package zmtp

import "strings"

// texts are how protocols of text begin. The first that fits counts.
var texts = []struct{ prefix, what string }{
	{"HTTP/", "an HTTP server"},
	{"<!DOCTYPE", "an HTTP server"},
	{"<html", "an HTTP server"},
	{"PRI * HTTP/2", "an HTTP/2 client"},
	{"CONNECT {", "a NATS client"},
	{"INFO {", "a NATS server"},
	{"GET ", "an HTTP client"}, {"HEAD ", "an HTTP client"}, {"POST ", "an HTTP client"},
	{"PUT ", "an HTTP client"}, {"DELETE ", "an HTTP client"}, {"OPTIONS ", "an HTTP client"},
	{"PATCH ", "an HTTP client"}, {"CONNECT ", "an HTTP client"}, {"TRACE ", "an HTTP client"},
	{"SSH-", "SSH"},
	{"AMQP", "AMQP"},
	{"RFB ", "a VNC server"},
	{"@RSYNCD:", "an rsync server"},
	{"* OK", "an IMAP server"},
	{"+OK", "a POP3 server"},
	{"HELO ", "a mail client"}, {"EHLO ", "a mail client"},
	{"ERROR\r\n", "a memcached server"},
	{"PROXY ", "a proxy that speaks the PROXY protocol"},
	{"\r\n\r\n\x00\r\nQUIT\n", "a proxy that speaks the PROXY protocol"},
	{"-", "a Redis server"}, // an error
	{"*1\r\n", "a Redis client"}, {"*2\r\n", "a Redis client"}, {"*3\r\n", "a Redis client"},
}

// binaries are how other protocols begin. In a form a dot is any byte, and the
// others are themselves, in hex.
var binaries = []struct{ form, what string }{
	{"15 03 . 00 02", "a TLS server"}, // an alert
	{"16 03 . . . 01", "a TLS client"},
	{"16 03 . . . 02", "a TLS server"},
	{"16 03", "TLS"},
	{"00 00 00 08 04 d2 16 2f", "a PostgreSQL client"}, // asks for TLS
	{"00 00 . . 00 03 00 00", "a PostgreSQL client"},
	{"45 00 00", "a PostgreSQL server"},
	{"00 . . 04 . 00 00 00 00", "an HTTP/2 server"}, // SETTINGS
	{"00 . . 07 . 00 00 00 00", "an HTTP/2 server"}, // GOAWAY
	{"00 00 . . 00 12 00", "a Kafka client"},        // ApiVersions
	{"00 00 . . 00 03 00", "a Kafka client"},        // Metadata
	{". . 00 00 0a", "a MySQL server"},
	{". . 00 00 ff", "a MySQL server"}, // an error
	{"10 . 00 04 4d 51 54 54", "an MQTT client"},
	{"20 02 . .", "an MQTT server"},
	{"ff fb", "telnet"}, {"ff fc", "telnet"}, {"ff fd", "telnet"}, {"ff fe", "telnet"},
	{"03 00 00", "RDP"},
	{"05 01 00", "a SOCKS client"}, {"05 02", "a SOCKS client"},
	{"05 ff", "a SOCKS server"},
}

// LooksLike names the protocol that b, the first bytes from a peer that is
// Foreign, seems to be of, "an HTTP server"; empty: none that is known.
func LooksLike(b []byte) string {
	for _, t := range texts {
		if strings.HasPrefix(string(b), t.prefix) {
			return t.what
		}
	}
	for _, p := range binaries {
		if fits(b, p.form) {
			return p.what
		}
	}
	if len(b) >= 4 && digits(b[:3]) && (b[3] == ' ' || b[3] == '-') {
		return "a mail or FTP server"
	}
	return ""
}

// fits reports whether b begins with a form of binaries.
func fits(b []byte, form string) bool {
	n := 0
	for f := range strings.FieldsSeq(form) {
		if n == len(b) || f != "." && (hexDigit(f[0])<<4|hexDigit(f[1])) != b[n] {
			return false
		}
		n++
	}
	return true
}

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
