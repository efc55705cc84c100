package zmq4

import (
	"context"
	"net"
	"slices"
	"sync"

	"github.com/zeroth-mq/zmq"
)

// NewReq makes a REQ: it sends each request to one REP or ROUTER, to each in turn,
// and receives what that peer sends. Recv may be called as often as the peer
// sends messages for one request, and a new request may be sent at any time; what
// other peers send is then no longer received. Before the first request Recv is an
// error, as it is when the connection to that peer was lost.
func NewReq(ctx context.Context, opts ...Option) Socket {
	return &reqSocket{socket: open(ctx, Req, none, opts), poller: zmq.NewPoller(), opts: opts, parent: ctx}
}

// A reqSocket has a socket for each endpoint that it has dialled, and one for
// all on which it listens: so it knows which peer has a request. They are DEALERs,
// since a REQ of ZeroMQ receives once for a request. The socket that it embeds holds
// what the options say.
type reqSocket struct {
	*socket
	parent context.Context
	opts   []Option
	poller *zmq.Poller // of peers

	lock  sync.Mutex
	peers []*socket
	bound *socket // the one that listens
	asked *socket // the one that has the request
	hwm   []zmq.Option
}

// add makes a peer's socket.
func (req *reqSocket) add() (*socket, error) {
	req.lock.Lock()
	defer req.lock.Unlock()
	if req.ctx.Err() != nil {
		return nil, req.ctx.Err()
	}
	p := open(req.parent, Req, zmq.Dealer, req.opts)
	_ = p.base.Set(req.hwm...) // they were right for another
	if err := req.poller.Add(p.base, zmq.PollOut); err != nil && p.broken == nil {
		p.Close()
		return nil, err
	}
	req.peers = append(req.peers, p)
	return p, nil
}

func (req *reqSocket) remove(p *socket) {
	req.lock.Lock()
	req.peers = slices.DeleteFunc(req.peers, func(other *socket) bool { return other == p })
	req.lock.Unlock()
	_ = req.poller.Remove(p.base) // it may have been refused
	p.Close()
}

func (req *reqSocket) Dial(ep string) error {
	if _, err := parse(ep); err != nil {
		return err
	}
	p, err := req.add()
	if err != nil {
		return &net.OpError{Op: "dial", Err: err}
	}
	if err = p.Dial(ep); err != nil {
		req.remove(p)
	}
	return err
}

func (req *reqSocket) Listen(ep string) error {
	req.lock.Lock()
	p := req.bound
	req.lock.Unlock()
	if p == nil {
		var err error
		if p, err = req.add(); err != nil {
			return &net.OpError{Op: "listen", Err: err}
		}
		req.lock.Lock()
		req.bound = p
		req.lock.Unlock()
	}
	return p.Listen(ep)
}

func (req *reqSocket) Addr() net.Addr {
	req.lock.Lock()
	defer req.lock.Unlock()
	if req.bound == nil {
		return nil
	}
	return req.bound.Addr()
}

func (req *reqSocket) SetOption(name string, value interface{}) error {
	if name != OptionHWM {
		return req.socket.SetOption(name, value)
	}
	req.mu.Lock()
	req.props[name] = value
	req.mu.Unlock()
	n, ok := value.(int)
	if !ok || n < 0 {
		return ErrBadProperty
	}
	req.lock.Lock()
	defer req.lock.Unlock()
	req.hwm = marks(n)
	for _, p := range req.peers {
		if p.base.Set(req.hwm...) != nil {
			return ErrBadProperty
		}
	}
	return nil
}

func (req *reqSocket) Send(msg Msg) error {
	if len(msg.Frames) == 0 {
		return errNoFrames
	}
	frames := slices.Concat([][]byte{{}}, msg.Frames)
	var limit context.Context // made when it has to wait
	for {
		if err := req.ctx.Err(); err != nil {
			return err
		}
		sent, err := req.offer(frames)
		if sent || err != nil {
			return req.bare(err)
		}
		if limit == nil {
			var cancel context.CancelFunc
			limit, cancel = context.WithTimeout(req.ctx, req.timeout)
			defer cancel()
		}
		if _, err := req.poller.Wait(limit); err != nil && limit.Err() != nil {
			return req.bare(limit.Err())
		}
	}
}

func (req *reqSocket) SendMulti(msg Msg) error { return req.Send(msg) }

// offer sends a request to the first peer that has room, which then is the last
// in turn.
func (req *reqSocket) offer(frames [][]byte) (sent bool, err error) {
	req.lock.Lock()
	defer req.lock.Unlock()
	for i, p := range req.peers {
		p.losses.clear() // of requests that came before
		ok, err := p.base.TrySend(frames...)
		if !ok || err != nil {
			continue
		}
		req.asked = p
		req.peers = append(slices.Delete(req.peers, i, i+1), p)
		return true, nil
	}
	return false, nil
}

func (req *reqSocket) Recv() (Msg, error) {
	req.lock.Lock()
	p := req.asked
	req.lock.Unlock()
	for {
		switch {
		case req.ctx.Err() != nil:
			return Msg{}, req.ctx.Err()
		case p == nil:
			return Msg{}, errNoConn
		}
		m, err := p.Recv()
		switch {
		case err != nil:
			req.lock.Lock()
			if req.asked == p {
				req.asked = nil
			}
			req.lock.Unlock()
			return m, err
		case len(m.Frames) < 2 || len(m.Frames[0]) > 0:
			continue // no reply
		}
		return NewMsgFrom(m.Frames[1:]...), nil
	}
}

func (req *reqSocket) Close() error {
	req.cancel()
	req.lock.Lock()
	peers := slices.Clone(req.peers)
	req.lock.Unlock()
	for _, p := range peers {
		p.Close()
	}
	req.poller.Close()
	return req.socket.Close()
}
