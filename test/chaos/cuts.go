//go:build linux

package chaos

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// cuts are connections cut after a random number of bytes, for all types and
// mechanisms, and with every face on either side.
func cuts() []scenario {
	pairs := [][2]string{{"go", "go"}, {"zmq4", "libzmq"}, {"libzmq", "c"}, {"c", "zmq4"}, {"libzmq", "go"}, {"go", "libzmq"}, {"c", "go"}}
	var all []scenario
	for i, p := range patterns {
		for j, mechanism := range mechanisms {
			sides := [][2]string{pairs[0], pairs[1+(i*len(mechanisms)+j)%(len(pairs)-1)]}
			for _, s := range sides {
				name := fmt.Sprintf("cut/%s/%s/%s-%s", p.name, strings.ToLower(mechanism), s[0], s[1])
				all = append(all, scenario{name, 1, func(r *run) error { return r.cut(p, s, mechanism, false) }})
			}
		}
	}
	all = append(all, scenario{"cut/push-pull/ipc/go-go", 1, func(r *run) error { return r.cut(patterns[0], pairs[0], "NULL", true) }})
	return all
}

// cut lets them talk through a relay that cuts.
func (r *run) cut(p pattern, sides [2]string, mechanism string, ipc bool) error {
	x, err := r.newExchange(p, sides[0], sides[1], mechanism)
	if err != nil {
		return err
	}
	defer x.discard()
	network, at, scheme := "tcp", "127.0.0.1:0", "tcp://"
	if ipc {
		network, at, scheme = "unix", filepath.Join(r.dir, "relay"), "ipc://"
		x.bindAt = "ipc://" + filepath.Join(r.dir, "bound")
	}
	var relay *relay
	err = x.join(func(bound string) (string, error) {
		relay, err = newRelay(network, at, strings.TrimPrefix(bound, scheme), 256<<10, r.rng)
		if err != nil {
			return "", err
		}
		return scheme + relay.addr(), nil
	})
	if relay != nil {
		defer relay.close()
	}
	if err != nil {
		return err
	}
	x.under(func() int {
		relay.set(cutting)
		for end := time.Now().Add(r.took); time.Now().Before(end) || relay.count() == 0 && time.Now().Before(end.Add(patience)); {
			time.Sleep(10 * time.Millisecond)
		}
		relay.set(calm)
		if relay.count() == 0 {
			r.fail("nothing was cut")
		}
		return relay.count()
	})
	w := window{wireWindow, "in flight"}
	if p.aBinds {
		w = window{wireWindow + queueWindow, "in flight, queue"}
	}
	x.finish(w)
	return nil
}
