package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

type demoCmd struct {
	Files string   `default:"." placeholder:"DIR" help:"Where the text files are whose words the pipeline counts. Default: here."`
	Only  []string `placeholder:"ACT" help:"Play these acts only: hello, balance, queue, router, feed, pipeline, multicast, pair."`
}

func (*demoCmd) Help() string {
	return "Every part is a process of its own, most of them commands that you could type; they are shown. " +
		"Ends with exit code 0 only if every message arrived where it must."
}

// An act plays one pattern. It returns an error that says what did not arrive
// as it must.
type act struct {
	name, title string
	play        func(*demoCmd, *stage) error
}

var acts = []act{
	{"hello", "Hello, world: a client asks, a server answers (REQ, REP)", (*demoCmd).hello},
	{"balance", "One client, two servers: each gets every other request (REQ, REP)", (*demoCmd).balance},
	{"queue", "Three clients and two servers that do not know one another, through a queue (ROUTER, DEALER)", (*demoCmd).queue},
	{"router", "Many conversations at once: a router and two dealers (ROUTER, DEALER)", (*demoCmd).router},
	{"feed", "A football feed for fans of different teams, through a forwarder (PUB, SUB)", (*demoCmd).feed},
	{"pipeline", "A ventilator, three workers and a sink count words, through a streamer; one worker is killed (PUSH, PULL)", (*demoCmd).pipeline},
	{"multicast", "The same match, sent once to everyone in a multicast group (PUB, SUB, epgm)", (*demoCmd).multicast},
	{"pair", "Two programs that talk both ways (PAIR)", (*demoCmd).pair},
}

// actTime bounds an act, so that a fault is a FAIL and not a hang.
const actTime = 20 * time.Second

func (c *demoCmd) Run(e *env) error {
	chosen, err := c.acts()
	if err != nil {
		return err
	}
	began := time.Now()
	var failed []string
	for i, a := range chosen {
		fmt.Fprintf(e.stdout, "%d. %s\n", i+1, a.title)
		start := time.Now()
		err := c.perform(e, a)
		if e.ctx.Err() != nil {
			return e.ctx.Err()
		}
		verdict := "PASS  " + a.name
		if err != nil {
			failed = append(failed, a.name)
			verdict = "FAIL  " + a.name + ": " + strings.ReplaceAll(err.Error(), "\n", "\n        ")
		}
		if _, err := fmt.Fprintf(e.stdout, "   %s  (%.1f s)\n\n", verdict, time.Since(start).Seconds()); err != nil {
			return err
		}
	}
	if failed != nil {
		return fmt.Errorf("demo: %d of %d acts failed: %s", len(failed), len(chosen), strings.Join(failed, ", "))
	}
	_, err = fmt.Fprintf(e.stdout, "All %d acts passed, in %.1f s.\n", len(chosen), time.Since(began).Seconds())
	return err
}

// perform plays an act on a stage of its own, and clears that away.
func (c *demoCmd) perform(e *env, a act) error {
	ctx, cancel := context.WithTimeout(e.ctx, actTime)
	defer cancel()
	st, err := newStage(ctx, e.stdout)
	if err != nil {
		return err
	}
	return errors.Join(a.play(c, st), st.clear())
}

func (c *demoCmd) acts() ([]act, error) {
	if len(c.Only) == 0 {
		return acts, nil
	}
	var list []act
	for _, name := range c.Only {
		n := len(list)
		for _, a := range acts {
			if a.name == name {
				list = append(list, a)
			}
		}
		if len(list) == n {
			return nil, usagef("zmq demo --help lists them", fmt.Sprintf("there is no act %q", name))
		}
	}
	return list, nil
}
