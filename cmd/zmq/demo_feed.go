package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/zeroth-mq/zmq"
)

// feed publishes a match to two fans, through a forwarder. The publisher waits
// until both fans' subscriptions have come through, so nothing is missed.
func (c *demoCmd) feed(st *stage) error {
	fans := [][]string{{"portugal"}, {"netherlands", "germany"}}
	events := match(30)

	forwarder, at, err := st.serve(2, "forwarder", "proxy", "forwarder", "--front", st.tcp(), "--back", st.ipc("feed"), "--for", "20s")
	if err != nil {
		return err
	}
	wants := make([][]string, len(fans))
	var parts []*part
	args := patient("pub", "--connect", at[0], "--wait-peers", "1")
	for i, teams := range fans {
		sub := patient("sub", "--connect", at[1])
		for _, team := range teams {
			sub = append(sub, "--topic", team)
			args = append(args, "--wait-topic", team)
		}
		wants[i] = wanted(events, teams)
		p, err := st.start(fmt.Sprintf("fan %d (%s)", i+1, strings.Join(teams, ", ")), append(sub, "--count", fmt.Sprint(len(wants[i])))...)
		if err != nil {
			return err
		}
		parts = append(parts, p)
	}
	publisher, err := st.start("publisher", args...)
	if err != nil {
		return err
	}
	for _, ev := range events {
		if err := publisher.tell(ev); err != nil {
			break // it has ended, and says why
		}
	}
	if err := errors.Join(publisher.hush(), st.finish(append(parts, publisher)...)); err != nil {
		return err
	}
	st.say("publisher sent  %s", list(events))
	for i, p := range parts {
		if err := st.received(p, wants[i]...); err != nil {
			return err
		}
	}
	return forwarder.stop()
}

// match is n events of a match, the same with every run.
func match(n int) []string {
	teams := []string{"portugal", "netherlands", "germany", "brazil"}
	kinds := []string{"goal", "corner", "foul", "yellow card", "red card"}
	r := rand.New(rand.NewPCG(2011, 7))
	var out []string
	for range n {
		out = append(out, teams[r.IntN(len(teams))]+" "+kinds[r.IntN(len(kinds))])
	}
	return out
}

// pair has two talk both ways at once: as processes, and inside this one.
func (c *demoCmd) pair(st *stage) error {
	here := []string{"1 of the server", "2 of the server", "3 of the server"}
	there := []string{"1 of the client", "2 of the client", "3 of the client"}
	for _, endpoint := range []string{st.tcp(), st.ipc("pair")} {
		server, at, err := st.serve(1, "server", append(patient("pair", "--bind", endpoint, "--count", "3"), here...)...)
		if err != nil {
			return err
		}
		client, err := st.start("client", append(patient("pair", "--connect", at[0], "--count", "3"), there...)...)
		if err != nil {
			return err
		}
		if err := st.finish(server, client); err != nil {
			return err
		}
		if err := errors.Join(st.received(server, there...), st.received(client, here...)); err != nil {
			return err
		}
	}
	return st.inproc(zmq.Pair, zmq.Pair, func(a, b *zmq.Socket) error {
		for _, way := range []struct {
			name     string
			from, to *zmq.Socket
			texts    []string
		}{{"client", a, b, here}, {"server", b, a, there}} {
			var got []string
			for _, text := range way.texts {
				if err := way.from.Send(st.ctx, []byte(text)); err != nil {
					return err
				}
				m, err := way.to.Recv(st.ctx)
				if err != nil {
					return err
				}
				got = append(got, string(m.Bytes()))
			}
			st.say("inside this process, over inproc: %s received  %s", way.name, list(got))
			if list(got) != list(way.texts) {
				return fmt.Errorf("%s received %s over inproc", way.name, list(got))
			}
		}
		return nil
	})
}
