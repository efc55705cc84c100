package interop

import (
	"fmt"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

func TestDbgR(t *testing.T) {
	for k := range 150 {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			restarts(t, func(t *testing.T, stays side, dies starter) {
				lib, ok := stays.(*proc)
				for _, types := range [][2]zmq.Type{{zmq.Push, zmq.Pull}, {zmq.Dealer, zmq.Dealer}, {zmq.Pair, zmq.Pair}} {
					ep := freePort(t)
					from := stays.socket(t, types[0])
					from.num("RECONNECT_IVL", 10)
					lost := lossWatch(t, from)
					must(t, from.connect(ep))
					at := 0
					for r := range 3 {
						p := dies.start(t)
						to := p.socket(t, types[1])
						must(t, to.bind(ep))
						numbers(t, to, at-at%100, at) // queued while there was nobody
						if n := from.number(at, 50, longMs); n != 50 {
							t.Fatal(n)
						}
						if ok {
							for i := at; i < at+50; i++ {
								m, f := to.recv(3000)
								if f == "" {
									if m[0] != fmt.Sprint(i) {
										t.Fatal(m)
									}
									continue
								}
								t.Log(types, r, i, ep, f, to.endpoint())
								for {
									text, fault := lib.call("event", from.(*procSock).id, "10")
									if fault != "" {
										break
									}
									var n, v int
									fmt.Sscan(text, &n, &v)
									t.Logf("%#x %d", n, v)
								}
								_, f = to.recv(3000)
								t.Log(f)
								t.FailNow()
							}
						} else {
							numbers(t, to, at, at+50)
						}
						p.kill()
						lost()
						at = at - at%100 + 100
						if n := from.number(at, 50, longMs); n != 50 {
							t.Fatal(n)
						}
						at += 50
					}
					from.num("LINGER", 0)
					from.close()
				}
			})
		})
	}
}
