package crowd

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/auth"
)

// The mechanisms, as TestCost numbers them.
const (
	null = iota
	plain
	curve
)

// server is the subject of TestCost: a socket of the mechanism n. addr is a socket
// type and what it binds, "PULL tcp://127.0.0.1:*". Its options are the defaults, but
// for those that would bound what is measured. It does what a line says: see do.
func server(n int, addr string) error {
	kind, addr, _ := strings.Cut(addr, " ")
	types := map[string]zmq.Type{"PULL": zmq.Pull, "PUB": zmq.Pub, "XPUB": zmq.XPub}
	options := []zmq.Option{
		zmq.Linger.Of(0), zmq.Backlog.Of(1000), zmq.HandshakeInterval.Of(0), zmq.MaxHandshakes.Of(0), zmq.HeartbeatInterval.Of(0),
		zmq.MaxFrames.Of(0), zmq.MaxSubscriptions.Of(0), zmq.MaxSubscriptionBytes.Of(0),
	}
	if kind == "PULL" {
		options = append(options, zmq.RecvHWM.Of(0), zmq.RecvHWMBytes.Of(0))
	}
	key := ""
	switch n {
	case plain:
		options = append(options, zmq.PlainServer.Of(true), zmq.Authenticate(auth.AllowAny()))
	case curve:
		cert, err := zmq.NewCurveCert()
		if err != nil {
			return err
		}
		key = hex.EncodeToString(cert.Public[:])
		options = append(options, cert.AsServer(), zmq.Authenticate(auth.AllowAny()))
	}
	s, err := zmq.New(types[kind], options...)
	if err != nil {
		return err
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	accepted := counter(ctx, s, zmq.EventAccepted)
	at, err := s.Bind(addr)
	if err != nil {
		return err
	}
	fmt.Println("at", at, key)
	for said.Scan() {
		if err := do(ctx, s, accepted, said.Text()); err != nil {
			return err
		}
	}
	return nil
}

// do is one line: "mem" tells how much memory is in use; the others tell when so many
// connections are accepted or up, messages received, or topics there.
func do(ctx context.Context, s *zmq.Socket, accepted func(int), line string) error {
	var what string
	var n int
	fmt.Sscan(line, &what, &n)
	switch what {
	case "mem":
		fmt.Println("mem", used())
		return nil
	case "accepted":
		accepted(n)
	case "connected":
		if err := s.WaitConnected(ctx, n); err != nil {
			return err
		}
	case "received":
		for range n {
			m, err := s.Recv(ctx)
			if err != nil {
				return err
			}
			m.Release()
		}
	case "queued", "topics":
		for {
			k := s.Stats().RecvQueue
			if what == "topics" {
				var err error
				if k, err = zmq.Get(s, zmq.TopicsCount); err != nil {
					return err
				}
			}
			if k == n {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	fmt.Println("done")
	return nil
}

// counter counts events from now on. What it returns waits until there were so many.
func counter(ctx context.Context, s *zmq.Socket, kind zmq.EventKind) (wait func(n int)) {
	var mu sync.Mutex
	have, more := 0, sync.NewCond(&mu)
	events := s.Monitor().Events(ctx)
	go func() { // ends with ctx
		for ev := range events {
			if ev.Kind == kind || ev.Kind == zmq.EventsDropped {
				mu.Lock()
				have += max(1, ev.Dropped)
				more.Broadcast()
				mu.Unlock()
			}
		}
	}()
	return func(n int) {
		mu.Lock()
		defer mu.Unlock()
		for have < n {
			more.Wait()
		}
	}
}

// used is how much memory is in use when all garbage is gone: heap and stacks.
func used() int {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}

// clients connects n times, to what addr says: a mechanism, an address and the
// server's key. It tells when all are up. With a line, a number, it sends as many
// messages of one byte.
func clients(n int, addr string) error {
	var mechanism int
	var key string
	fmt.Sscan(addr, &mechanism, &addr, &key)
	options := []zmq.Option{zmq.Linger.Of(-1), zmq.HeartbeatInterval.Of(0)}
	switch mechanism {
	case plain:
		options = append(options, zmq.PlainUsername.Of("user"), zmq.PlainPassword.Of("password"))
	case curve:
		cert, err := zmq.NewCurveCert()
		if err != nil {
			return err
		}
		var public zmq.CurveKey
		if _, err := hex.Decode(public[:], []byte(key)); err != nil {
			return err
		}
		options = append(options, cert.AsClient(public))
	}
	s, err := zmq.New(zmq.Push, options...)
	if err != nil {
		return err
	}
	defer s.Close()
	for range n {
		if err := s.Connect(addr); err != nil {
			return err
		}
	}
	if err := s.WaitConnected(context.Background(), n); err != nil {
		return err
	}
	fmt.Println("done")
	for said.Scan() {
		var k int
		fmt.Sscan(said.Text(), &k)
		for range k {
			if err := s.Send(context.Background(), []byte("x")); err != nil {
				return err
			}
		}
		fmt.Println("done")
	}
	os.Exit(0) // closing as many connections one by one is not what is measured
	return nil
}
