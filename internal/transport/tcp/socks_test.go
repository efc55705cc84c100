package tcp

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// A relay is as much of a SOCKS5 server as the tests need. It sends every
// request on to one address, whatever the name in it.
type relay struct {
	user, password string // empty: no authentication
	refuse         byte   // the reply code; 0: connect
	to             string

	l  net.Listener
	wg sync.WaitGroup

	mu    sync.Mutex
	asked []string // "type host:port", of each request
	fail  error
}

func startProxy(t *testing.T, p *relay) string {
	t.Helper()
	var err error
	if p.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	p.wg.Go(func() { // owner: the cleanup below
		for {
			c, err := p.l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { // owner: as above
				defer c.Close()
				if err := p.serve(c); err != nil {
					p.mu.Lock()
					p.fail = err
					p.mu.Unlock()
				}
			})
		}
	})
	t.Cleanup(func() { p.l.Close(); p.wg.Wait() })
	return p.l.Addr().String()
}

func (p *relay) serve(c net.Conn) error {
	r := bufio.NewReader(c)
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return err
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(r, methods); err != nil {
		return err
	}
	if p.user == "" {
		c.Write([]byte{5, 0})
	} else {
		if !strings.Contains(string(methods), "\x02") {
			c.Write([]byte{5, 0xff})
			return nil
		}
		c.Write([]byte{5, 2})
		if _, err := r.ReadByte(); err != nil {
			return err
		}
		user, err := field(r)
		if err != nil {
			return err
		}
		password, err := field(r)
		if err != nil {
			return err
		}
		if user != p.user || password != p.password {
			c.Write([]byte{1, 1})
			return nil
		}
		c.Write([]byte{1, 0})
	}
	req := make([]byte, 4)
	if _, err := io.ReadFull(r, req); err != nil {
		return err
	}
	var host string
	switch req[3] {
	case 1, 4:
		ip := make([]byte, map[byte]int{1: 4, 4: 16}[req[3]])
		if _, err := io.ReadFull(r, ip); err != nil {
			return err
		}
		host = net.IP(ip).String()
	default:
		var err error
		if host, err = field(r); err != nil {
			return err
		}
	}
	port := make([]byte, 2)
	if _, err := io.ReadFull(r, port); err != nil {
		return err
	}
	p.mu.Lock()
	p.asked = append(p.asked, fmt.Sprintf("%d %s:%d", req[3], host, binary.BigEndian.Uint16(port)))
	p.mu.Unlock()
	c.Write([]byte{5, p.refuse, 0, 1, 0, 0, 0, 0, 0, 0})
	if p.refuse != 0 {
		return nil
	}
	out, err := net.Dial("tcp", p.to)
	if err != nil {
		return err
	}
	defer out.Close()
	p.wg.Go(func() { io.Copy(c, out); c.Close() }) // owner: the proxy's cleanup
	io.Copy(out, r)
	return nil
}

func field(r *bufio.Reader) (string, error) {
	n, err := r.ReadByte()
	if err != nil {
		return "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return string(b), err
}

func TestSocks(t *testing.T) {
	l := listen(t, "127.0.0.1:*", options())
	to := "127.0.0.1:" + port(t, l)
	open := &relay{to: to}
	closed := &relay{to: to, user: "me", password: "secret"}
	via := func(addr, user, password string) *opt.Net {
		return options(func(o *opt.Net) { o.SOCKS.Proxy, o.SOCKS.User, o.SOCKS.Password = addr, user, password })
	}
	openAt, closedAt := startProxy(t, open), startProxy(t, closed)
	c, _ := connect(t, l, "name.only.the.proxy.knows:77", via(openAt, "", ""))
	if _, ok := c.(*net.TCPConn); !ok {
		t.Errorf("the connection is a %T: its descriptor is hidden", c)
	}
	connect(t, l, to, via(openAt, "", ""))
	connect(t, l, "host:1", via(closedAt, "me", "secret"))
	open.mu.Lock()
	defer open.mu.Unlock()
	if len(open.asked) != 2 || open.asked[0] != "3 name.only.the.proxy.knows:77" || open.asked[1] != "1 "+to {
		t.Errorf("the proxy was asked %q", open.asked)
	}
	if open.fail != nil {
		t.Error(open.fail)
	}

	for _, o := range []*opt.Net{via(closedAt, "me", "wrong"), via(closedAt, "", "")} {
		if _, err := (Transport{}).Dial(dialCtx(t), "host:1", o); errno.Of(err, 0) != errno.ECONNREFUSED {
			t.Errorf("user %q: %v", o.SOCKS.User, err)
		}
	}
	refusing := startProxy(t, &relay{refuse: 5})
	if _, err := (Transport{}).Dial(dialCtx(t), "host:1", via(refusing, "", "")); errno.Of(err, 0) != errno.ECONNREFUSED {
		t.Errorf("refused by the proxy: %v", err)
	}
	for _, bad := range []string{"nonsense", ":1", "host:", "host:0", "host:99999"} {
		if _, err := (Transport{}).Dial(dialCtx(t), "host:1", via(bad, "", "")); errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("proxy %q: %v", bad, err)
		}
	}
}

// Fault C3: a source address in SOCKS_PROXY made a host of nonsense of it. It is
// used, before the endpoint's own.
func TestSocksSource(t *testing.T) {
	l := listen(t, "127.0.0.1:*", options())
	to := "127.0.0.1:" + port(t, l)
	at := startProxy(t, &relay{to: to})
	for _, c := range []struct{ via, addr, from string }{
		{"127.0.0.2:0;" + at, to, "127.0.0.2"},
		{"127.0.0.2:0;" + at, "127.0.0.3:0;" + to, "127.0.0.2"},
		{at, "127.0.0.3:0;" + to, "127.0.0.3"},
	} {
		c2, _ := connect(t, l, c.addr, options(func(o *opt.Net) { o.SOCKS.Proxy = c.via }))
		if host, _, _ := net.SplitHostPort(c2.LocalAddr().String()); host != c.from {
			t.Errorf("%s via %s: connected from %s", c.addr, c.via, host)
		}
	}
}

// Fault C3: a proxy that accepts and says nothing was waited for for ever.
func TestSocksSilence(t *testing.T) {
	silent := listen(t, "127.0.0.1:*", options())
	o := options(func(o *opt.Net) {
		o.SOCKS.Proxy = "127.0.0.1:" + port(t, silent)
		o.HandshakeIvl = 20 * time.Millisecond
	})
	_, err := Transport{}.Dial(t.Context(), "host:1", o)
	if errno.Of(err, 0) != errno.ETIMEDOUT || !strings.Contains(err.Error(), "did not answer within HANDSHAKE_IVL") {
		t.Errorf("%v", err)
	}
	// One that answers in time is not cut off later.
	l := listen(t, "127.0.0.1:*", options())
	o.SOCKS.Proxy, o.HandshakeIvl = startProxy(t, &relay{to: "127.0.0.1:" + port(t, l)}), time.Hour
	c, _ := connect(t, l, "host:1", o)
	if _, err := c.Write([]byte("x")); err != nil {
		t.Error(err)
	}
}

func TestSocksCancel(t *testing.T) {
	silent := listen(t, "127.0.0.1:*", options())
	o := options(func(o *opt.Net) { o.SOCKS.Proxy = "127.0.0.1:" + port(t, silent) })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { // owner: this test, through done
		_, err := Transport{}.Dial(ctx, "host:1", o)
		done <- err
	}()
	c, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// FuzzSocksAnswer has a proxy answer anything, and close. Dial ends, with a
// connection or with an error that has a number.
func FuzzSocksAnswer(f *testing.F) {
	f.Add([]byte("\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"), false)
	f.Add([]byte("\x05\x02\x01\x00\x05\x00\x00\x03\x04host\x00\x50ZMTP"), true)
	f.Add([]byte("\x05\x00\x05\x05\x00\x01"), false)
	f.Add([]byte("\x05\xff"), true)
	f.Add([]byte("\x04\x5a\x00\x00"), false)
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), false)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	defer l.Close()
	f.Fuzz(func(t *testing.T, answer []byte, user bool) {
		over := make(chan struct{})
		go func() { // ends with the dialer's connection; the test waits
			defer close(over)
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			c.(*net.TCPConn).SetLinger(0)
			c.Write(answer)
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
		}()
		o := options(func(o *opt.Net) {
			o.SOCKS.Proxy = l.Addr().String()
			if user {
				o.SOCKS.User, o.SOCKS.Password = "user", "password"
			}
		})
		c, err := Transport{}.Dial(dialCtx(t), "peer.example:5555", o)
		if err == nil {
			c.Close()
		} else if errno.Of(err, 0) == 0 {
			t.Errorf("%x: an error without errno: %v", answer, err)
		}
		<-over
	})
}
