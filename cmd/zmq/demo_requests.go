package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zeroth-mq/zmq"
)

// hello is the first program of every article: over tcp, over ipc, and over
// inproc inside this process.
func (c *demoCmd) hello(st *stage) error {
	const question, answer = "Are you OK?", "I am OK!"
	for _, endpoint := range []string{st.tcp(), st.ipc("hello")} {
		server, at, err := st.serve(1, "server", patient("rep", "--bind", endpoint, "--reply", answer, "--count", "2")...)
		if err != nil {
			return err
		}
		client, err := st.start("client", patient("req", "--connect", at[0], question, "--count", "2")...)
		if err != nil {
			return err
		}
		if err := st.finish(client, server); err != nil {
			return err
		}
		if err := errors.Join(st.received(server, question, question), st.received(client, answer, answer)); err != nil {
			return err
		}
	}
	return st.inproc(zmq.Rep, zmq.Req, func(server, client *zmq.Socket) error {
		if err := client.Send(st.ctx, []byte(question)); err != nil {
			return err
		}
		asked, err := server.Recv(st.ctx)
		if err != nil {
			return err
		}
		if err := server.Send(st.ctx, []byte(answer)); err != nil {
			return err
		}
		answered, err := client.Recv(st.ctx)
		if err != nil {
			return err
		}
		st.say("inside this process, over inproc: server received %s, client received %s", asked.Bytes(), answered.Bytes())
		if string(asked.Bytes()) != question || string(answered.Bytes()) != answer {
			return fmt.Errorf("over inproc %q and %q arrived", asked.Bytes(), answered.Bytes())
		}
		return nil
	})
}

// inproc joins two sockets inside this process and hands them to f.
func (st *stage) inproc(bind, connect zmq.Type, f func(a, b *zmq.Socket) error) error {
	a, err := zmq.New(bind)
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := zmq.New(connect)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := attach(a, []string{"inproc://demo"}, nil, func(string) {}); err != nil {
		return err
	}
	if err := b.Connect("inproc://demo"); err != nil {
		return err
	}
	return f(a, b)
}

// balance has one client connect to two servers: requests go to each in turn.
func (c *demoCmd) balance(st *stage) error {
	var servers []*part
	args := patient("req", "--wait-peers", "2")
	for i, endpoint := range []string{st.tcp(), st.ipc("balance")} {
		server, at, err := st.serve(1, fmt.Sprint("server ", i+1), patient("rep", "--bind", endpoint, "--echo", "--count", "5")...)
		if err != nil {
			return err
		}
		servers = append(servers, server)
		args = append(args, "--connect", at[0])
	}
	var all []string
	var each [2][]string
	for i := range 10 {
		text := fmt.Sprint("msg ", i)
		all = append(all, text)
		each[i%2] = append(each[i%2], text)
	}
	client, err := st.start("client", append(args, all...)...)
	if err != nil {
		return err
	}
	if err := st.finish(append(servers, client)...); err != nil {
		return err
	}
	return errors.Join(st.received(servers[0], each[0]...), st.received(servers[1], each[1]...), st.received(client, all...))
}

// queue puts a device between clients and servers, which know only it. The
// front is tcp, the back ipc.
func (c *demoCmd) queue(st *stage) error {
	const clients, servers, requests = 3, 2, 4
	device, at, err := st.serve(2, "queue", "proxy", "queue", "--front", st.tcp(), "--back", st.ipc("queue"),
		"--wait-peers", fmt.Sprint(servers), "--for", "20s")
	if err != nil {
		return err
	}
	var asking, serving []*part
	for i := range servers {
		p, err := st.start(fmt.Sprint("server ", i+1), patient("rep", "--connect", at[1], "--echo",
			"--count", fmt.Sprint(clients*requests/servers))...)
		if err != nil {
			return err
		}
		serving = append(serving, p)
	}
	var all []string
	wants := make([][]string, clients)
	for i := range clients {
		for j := range requests {
			wants[i] = append(wants[i], fmt.Sprintf("request %d of client %d", j+1, i+1))
		}
		all = append(all, wants[i]...)
		p, err := st.start(fmt.Sprint("client ", i+1), append(patient("req", "--connect", at[0]), wants[i]...)...)
		if err != nil {
			return err
		}
		asking = append(asking, p)
	}
	if err := st.finish(append(asking, serving...)...); err != nil {
		return err
	}
	var served []string
	for _, p := range serving {
		got := p.stdout.all()
		st.say("%s received  %s", p.name, list(got))
		served = append(served, got...)
	}
	for i, p := range asking {
		if err := st.received(p, wants[i]...); err != nil {
			return err
		}
	}
	slices.Sort(served)
	slices.Sort(all)
	if !slices.Equal(served, all) {
		return fmt.Errorf("the servers received %s, and not each request once", list(served))
	}
	return device.stop()
}

// router answers two dealers, which do not wait for one answer before they
// send more. The demo sits at the router's terminal.
func (c *demoCmd) router(st *stage) error {
	const each = 5
	names := []string{"alice", "bob"}
	router, at, err := st.serve(1, "router", patient("router", "--bind", st.tcp(), "--multipart",
		"--count", fmt.Sprint(each*len(names)))...)
	if err != nil {
		return err
	}
	var dealers []*part
	wants := make([][]string, len(names))
	for i, name := range names {
		args := patient("dealer", "--connect", at[0], "-o", "ROUTING_ID="+name, "--count", fmt.Sprint(each))
		for j := range each {
			text := fmt.Sprintf("%d from %s", j+1, name)
			args = append(args, text)
			wants[i] = append(wants[i], "Hello\t"+text)
		}
		p, err := st.start("dealer "+name, args...)
		if err != nil {
			return err
		}
		dealers = append(dealers, p)
	}
	// A line is ID, tab, text; the answer ID, tab, Hello, tab, text.
	answered := 0
	err = router.stdout.await(st.ctx, func(lines []string) bool {
		for ; answered < len(lines); answered++ {
			id, text, _ := strings.Cut(lines[answered], "\t")
			if router.tell(id+"\tHello\t"+text) != nil {
				return true // it has ended, and says why
			}
		}
		return answered >= each*len(names)
	})
	if err != nil {
		return router.failed(err)
	}
	if err := errors.Join(router.hush(), st.finish(append(dealers, router)...)); err != nil {
		return err
	}
	st.say("router received  %s", list(router.stdout.all()))
	for i, p := range dealers {
		if err := st.received(p, wants[i]...); err != nil {
			return err
		}
	}
	return nil
}
