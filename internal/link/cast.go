package link

import (
	"fmt"
	"sync"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A Cast is one endpoint of a transport.Caster, with one pipe. A publisher has
// one goroutine, which writes; a subscriber two, one that reads and one that
// looks after the pipe.
type Cast struct {
	stop chan struct{}
	done chan struct{}
	once sync.Once
	end  func() error // closes the transport's endpoint
	ses  Session
}

// Publish starts a Cast that sends what the session's pipe holds. Its owner
// calls Stop, or closes the pipe, and waits for Done. It takes pub over, also
// if it fails.
func Publish(pub transport.Publisher, set Settings, ses Session) (*Cast, error) {
	end, h, err := ready(&set, ses, pub.Local(), pub.Group())
	if err != nil {
		pub.Close()
		return nil, err
	}
	c := newCast(pub.Close, ses)
	go func() { // owned by the holder of c: see Done
		defer close(c.done)
		err := engine.WriteCast(end, h, c.stop, pub)
		c.Stop()
		ses.Lost(err)
	}()
	return c, nil
}

// Subscribe starts a Cast that receives for the session's pipe. Otherwise it is
// as Publish.
func Subscribe(sub transport.Subscription, set Settings, ses Session) (*Cast, error) {
	end, h, err := ready(&set, ses, sub.Local(), sub.Group())
	if err != nil {
		sub.Close()
		return nil, err
	}
	c := newCast(sub.Close, ses)
	sink := &castSink{r: engine.NewCastReader(&set.Engine, end), set: &set}
	go func() { // owned by the holder of c: see Done
		defer close(c.done)
		var wg sync.WaitGroup
		wg.Go(func() { sub.Receive(sink) }) // owned here
		engine.DrainCast(end, h, c.stop, sub.Wake)
		c.Stop()
		wg.Wait()
		ses.Lost(engine.ErrClosing)
	}()
	return c, nil
}

// ready asks for the pipe. Behind it are all publishers: of a message's sender only the
// endpoint is known.
func ready(set *Settings, ses Session, local, group string) (*pipe.End, *engine.Handle, error) {
	return ses.Ready(&msg.Peer{Endpoint: set.Engine.Endpoint, Local: local, Remote: group})
}

func newCast(end func() error, ses Session) *Cast {
	return &Cast{stop: make(chan struct{}), done: make(chan struct{}), end: end, ses: ses}
}

// Done is closed when nothing of the Cast runs any more.
func (c *Cast) Done() <-chan struct{} { return c.done }

// Finish closes the pipe: the Cast ends by itself after what is queued was sent.
func (c *Cast) Finish(bool) { c.ses.Retire() }

// Stop ends it.
func (c *Cast) Stop() {
	c.once.Do(func() {
		close(c.stop)
		_ = c.end() // closing is all that is wanted
	})
}

// A castSink is what a Subscription gives its streams to. It tells of losses,
// many of them at once.
type castSink struct {
	r    *engine.CastReader
	set  *Settings
	lost []*castStream // since the last Flush
}

func (s *castSink) Room() bool { return s.r.Room() }

func (s *castSink) Stream(name string) transport.Stream {
	return &castStream{CastStream: s.r.Stream(), sink: s, name: name}
}

func (s *castSink) Flush() {
	s.r.Flush()
	for _, st := range s.lost {
		s.set.emit(Event{Kind: Lost, Remote: st.name, Lost: st.lost,
			Err: fmt.Errorf("%d packets of publisher %s are lost for good", st.lost, st.name)})
		st.lost = 0
	}
	clear(s.lost)
	s.lost = s.lost[:0]
}

type castStream struct {
	*engine.CastStream
	sink *castSink
	name string
	lost int
}

func (s *castStream) Lost(n int) {
	s.Drop()
	if s.lost == 0 {
		s.sink.lost = append(s.sink.lost, s)
	}
	s.lost += n
}

func (s *castStream) End() { s.Drop() }
