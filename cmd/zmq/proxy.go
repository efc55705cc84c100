package main

import (
	"context"
	"errors"
	"time"

	"github.com/zeroth-mq/zmq"
)

type proxyCmd struct {
	Kind         string        `arg:"" enum:"queue,forwarder,streamer" help:"queue: requests of req or dealer in front, to rep or dealer at the back, and the replies. forwarder: publishers in front, subscribers at the back. streamer: pushers in front, pullers at the back."`
	Front        []string      `sep:"none" placeholder:"ENDPOINT" help:"Bind the front here. May be given again."`
	Back         []string      `sep:"none" placeholder:"ENDPOINT" help:"Bind the back here. May be given again."`
	FrontConnect []string      `sep:"none" placeholder:"ENDPOINT" help:"Connect the front to this."`
	BackConnect  []string      `sep:"none" placeholder:"ENDPOINT" help:"Connect the back to this."`
	Capture      []string      `sep:"none" placeholder:"ENDPOINT" help:"Publish a copy of every message here, for zmq sub, secured as the front is."`
	Option       []string      `short:"o" sep:"none" placeholder:"NAME=VALUE" help:"Set a socket option of front and back."`
	WaitPeers    int           `short:"w" placeholder:"N" help:"Pass nothing on before N peers are connected at the back."`
	For          time.Duration `placeholder:"D" help:"End after this time. Default: with Ctrl-C."`
	EndpointFile string        `placeholder:"FILE" help:"Write the endpoints that were bound to a file, a line each: front, back, capture."`
	Stats        bool          `help:"Tell at the end how much went through."`
	Verbose      bool          `short:"v" help:"Tell what happens to connections."`
	Quiet        bool          `short:"q" help:"Say nothing but errors."`

	FrontSecurity security `embed:"" prefix:"front-"`
	BackSecurity  security `embed:"" prefix:"back-"`
}

func (*proxyCmd) Help() string {
	return "For example, so that clients need not know the servers: zmq proxy queue --front tcp://*:5559 --back tcp://*:5560"
}

var proxyTypes = map[string][2]zmq.Type{
	"queue":     {zmq.Router, zmq.Dealer},
	"forwarder": {zmq.XSub, zmq.XPub},
	"streamer":  {zmq.Pull, zmq.Push},
}

// Run passes messages on until Ctrl-C. Then it tries shortly to deliver what it
// has.
func (c *proxyCmd) Run(e *env) (err error) {
	if len(c.Front)+len(c.FrontConnect) == 0 || len(c.Back)+len(c.BackConnect) == 0 {
		return usagef("--front tcp://*:5559 --back tcp://*:5560", "a proxy needs a front and a back")
	}
	zc := zmq.NewContext()
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		closing := zc.Shutdown(ctx)
		if err == nil {
			err = closing
		}
	}()
	var bound []string
	open := func(side string, t zmq.Type, sec *security, bind, connect []string, more ...zmq.Option) (*zmq.Socket, error) {
		secure, err := sec.options(t)
		if err != nil {
			return nil, err
		}
		s, err := c.socket(e, zc, t, append(more, secure...))
		if err != nil {
			return nil, err
		}
		return s, attach(s, bind, connect, func(endpoint string) {
			bound = append(bound, endpoint)
			if !c.Quiet {
				e.stderr.Line(side + " bound " + endpoint)
			}
		})
	}

	types := proxyTypes[c.Kind]
	var more []zmq.Option
	if types[0] == zmq.Router {
		more = append(more, zmq.RouterMandatory.Of(false)) // one client that does not read must not stop the others
	}
	front, err := open("front", types[0], &c.FrontSecurity, c.Front, c.FrontConnect, more...)
	if err != nil {
		return err
	}
	back, err := open("back", types[1], &c.BackSecurity, c.Back, c.BackConnect)
	if err != nil {
		return err
	}
	var capture *zmq.Socket
	if len(c.Capture) > 0 {
		if capture, err = open("capture", zmq.Pub, &c.FrontSecurity, c.Capture, nil); err != nil {
			return err
		}
	}
	if c.EndpointFile != "" {
		if err := writeLines(c.EndpointFile, bound); err != nil {
			return err
		}
	}
	return c.pass(e, front, back, capture)
}

func (c *proxyCmd) socket(e *env, zc *zmq.Context, t zmq.Type, more []zmq.Option) (*zmq.Socket, error) {
	if !c.Quiet || c.Verbose {
		more = append(more, zmq.Logger(logTo(e.stderr, c.Verbose)))
	}
	if t != zmq.Pub {
		given, err := parseOptions(c.Option)
		if err != nil {
			return nil, err
		}
		more = append(more, given...)
	}
	return zc.New(t, more...)
}

func (c *proxyCmd) pass(e *env, front, back, capture *zmq.Socket) error {
	ctx := e.ctx
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	m := &meter{began: time.Now()}
	err := back.WaitConnected(ctx, c.WaitPeers)
	if err == nil {
		err = zmq.Proxy(ctx, front, back, capture)
	}
	if c.Stats {
		in, out := front.Stats(), back.Stats()
		m.received.messages.Store(in.Received + out.Received)
		m.received.bytes.Store(in.ReceivedBytes + out.ReceivedBytes)
		m.sent.messages.Store(in.Sent + out.Sent)
		m.sent.bytes.Store(in.SentBytes + out.SentBytes)
		m.stats(e.stderr, back)
	}
	if errors.Is(err, context.Canceled) || c.For > 0 && errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}
