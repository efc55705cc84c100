package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// multicast publishes a match once, to everyone in a group. No one connects to
// anybody; each takes what it wants, and a listener whose buffer is far too
// small for the rate asks for what it has missed.
func (c *demoCmd) multicast(st *stage) error {
	group, err := st.group()
	if err != nil {
		return err
	}
	events := match(200)
	listeners := []struct {
		name    string
		teams   []string
		options []string
	}{
		{"fan 1 (portugal)", []string{"portugal"}, nil},
		{"fan 2 (brazil, germany)", []string{"brazil", "germany"}, nil},
		{"archive, with a small buffer", []string{""}, []string{"-o", "RCVBUF=3000"}},
	}
	var parts []*part
	wants := make([][]string, len(listeners))
	for i, l := range listeners {
		wants[i] = wanted(events, l.teams)
		args := patient("sub", "--bind", group, "-o", "RATE=100000", "--count", fmt.Sprint(len(wants[i])))
		for _, team := range l.teams {
			args = append(args, "--topic", team)
		}
		p, _, err := st.serve(1, l.name, append(args, l.options...)...)
		if err != nil {
			return err
		}
		parts = append(parts, p)
	}
	publisher, err := st.start("publisher", patient("pub", "--bind", group, "-o", "RATE=100000", "-o", "MULTICAST_LOOP=1")...)
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
	for i, p := range parts {
		got := p.stdout.all()
		st.say("%s received %d of %d events", p.name, len(got), len(events))
		if list(got) != list(wants[i]) {
			return fmt.Errorf("%s received %s, and not %s", p.name, list(got), list(wants[i]))
		}
	}
	return nil
}

// wanted is the events that begin with one of some topics.
func wanted(events, topics []string) (list []string) {
	for _, ev := range events {
		for _, topic := range topics {
			if strings.HasPrefix(ev, topic) {
				list = append(list, ev)
				break
			}
		}
	}
	return list
}

// group is a multicast endpoint that stays on this machine, on a free port.
func (st *stage) group() (string, error) {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer c.Close()
	return fmt.Sprintf("epgm://127.0.0.1;239.192.1.1:%d", c.LocalAddr().(*net.UDPAddr).Port), nil
}
