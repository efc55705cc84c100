package chaos

import (
	"math/rand/v2"
	"net"
	"time"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// The attacks of a peer that has shaken hands.
var floods = []attack{
	{"endless frame", "", func(a *assault) {
		a.hello()
		a.send(endless(byte(a.rng.IntN(2)), 1<<62), noise(a.rng, 200_000))
	}},
	{"large frame that never comes", "", func(a *assault) {
		a.hello()
		a.send(endless(byte(a.rng.IntN(2)), 200<<20), noise(a.rng, 10_000))
		a.hold()
	}},
	{"frame of all ones", "", func(a *assault) { a.hello(); a.send(endless(0xff, 1<<64-1), noise(a.rng, 1000)) }},
	{"endless command", "", func(a *assault) {
		a.hello()
		a.send(endless(testutil.Command, 1<<40), noise(a.rng, 100_000))
	}},
	{"noise for traffic", "", func(a *assault) { a.hello(); a.send(noise(a.rng, a.rng.IntN(20_000))) }},
	{"commands", "", func(a *assault) {
		a.hello()
		for _, name := range []string{"PING", "PONG", "SUBSCRIBE", "CANCEL", "ERROR", "READY", "JOIN", "", "X"} {
			a.send(command(name, noise(a.rng, a.rng.IntN(40))))
		}
	}},
	{"unknown commands without end", "", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return many(16<<10, func() []byte { return command("WHATEVER", noise(a.rng, 20)) }) })
	}},
	{"half a message", "", func(a *assault) { a.hello(); a.send(testutil.Frame(testutil.More, []byte("x"))) }},
	{"half a message, and a reset", "", func(a *assault) {
		a.hello()
		a.send(testutil.Frame(testutil.More, []byte("x")), endless(0, 10_000), noise(a.rng, 5000))
		a.Conn.(*net.TCPConn).SetLinger(0)
	}},
	{"half closes", "", func(a *assault) {
		a.hello()
		a.send(testutil.Frame(0, []byte("x")))
		a.Conn.(*net.TCPConn).CloseWrite()
		a.hold()
	}},
	{"empty frames without end", "", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return many(64<<10, func() []byte { return []byte{testutil.More, 0} }) })
	}},
	{"a message of 100,000 frames", "", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte {
			b := many(200_000, func() []byte { return []byte{testutil.More, 0} })
			return append(b, 0, 0)
		})
	}},
	{"empty messages without end", "", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return many(64<<10, func() []byte { return []byte{0, 0} }) })
	}},
	{"messages of 1 MiB without end", "", func(a *assault) {
		a.hello()
		big := testutil.Frame(0, make([]byte, 1<<20))
		a.flood(true, func() []byte { return big })
	}},
	{"asks, and never reads", "", func(a *assault) {
		a.hello()
		question := testutil.Frame(0, noise(a.rng, 10_000))
		a.flood(false, func() []byte { return question })
		a.hold()
	}},
	{"asks, and reads a byte a second", "", func(a *assault) {
		a.hello()
		question := testutil.Frame(0, noise(a.rng, 10_000))
		for next := time.Now(); a.going(); {
			a.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
			if _, err := a.Write(question); err == nil && time.Now().Before(next) {
				continue
			}
			next = time.Now().Add(time.Second)
			a.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			if n, _ := a.Read(make([]byte, 1)); n == 0 {
				return
			}
		}
	}},
	{"pings, and never reads", "", func(a *assault) {
		a.hello()
		pings := many(30_000, func() []byte { return command("PING", []byte("\x00\x00sixteen bytes ...")[:18]) })
		a.flood(false, func() []byte { return pings })
	}},
	{"pings, and reads", "", func(a *assault) {
		a.hello()
		pings := many(30_000, func() []byte { return command("PING", []byte{0, 0}) })
		a.flood(true, func() []byte { return pings })
	}},
	{"pings with a giant context", "", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return command("PING", noise(a.rng, 60_000)) })
	}},
	{"a request without an envelope", "rep", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return many(4<<10, func() []byte { return testutil.Frame(0, []byte("no delimiter")) }) })
	}},
	{"an envelope of 10,000 frames", "rep", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte {
			b := many(30_000, func() []byte { return []byte{testutil.More, 1, 'x'} })
			return append(b, testutil.More, 0, 0, 1, 'x')
		})
	}},
	{"subscribes without end", "xpub", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return many(16<<10, func() []byte { return command("SUBSCRIBE", noise(a.rng, 8)) }) })
	}},
	{"subscribes by messages without end", "xpub", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte {
			return many(16<<10, func() []byte { return testutil.Frame(0, append([]byte{1}, noise(a.rng, 8)...)) })
		})
	}},
	{"subscribes and cancels without end", "xpub", func(a *assault) {
		a.hello()
		both := many(16<<10, func() []byte { return append(command("SUBSCRIBE", []byte("x")), command("CANCEL", []byte("x"))...) })
		a.flood(true, func() []byte { return both })
	}},
	{"subscribes where nobody receives", "xpub-deaf", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return many(16<<10, func() []byte { return command("SUBSCRIBE", noise(a.rng, 8)) }) })
	}},
	{"cancels what it never subscribed", "xpub", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return many(16<<10, func() []byte { return command("CANCEL", noise(a.rng, 8)) }) })
	}},
	{"a topic of 1 MB", "xpub", func(a *assault) {
		a.hello()
		a.flood(true, func() []byte { return command("SUBSCRIBE", noise(rand.New(rand.NewPCG(a.rng.Uint64(), 1)), 1_000_000)) })
	}},
	{"subscribes, and never reads", "xpub", func(a *assault) {
		a.hello()
		a.send(command("SUBSCRIBE", nil))
		time.Sleep(time.Until(a.end))
	}},
	{"messages for a PUSH", "pull", func(a *assault) {
		a.hello()
		small := many(64<<10, func() []byte { return testutil.Frame(0, []byte("work")) })
		a.flood(true, func() []byte { return small })
	}},
}
