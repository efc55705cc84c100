package auth

import (
	"context"
	"errors"
	"log"
	"maps"
	"slices"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/zmtp"
)

// Endpoint is where ZAP asks.
const Endpoint = "inproc://zeromq.zap.01"

//lint:file-ignore ST1005 programs may compare the text with that of pebbe/zmq4

// ErrRunning is what Start says the second time.
var ErrRunning = errors.New("Auth is already running")

// a service is a Handler that was started.
type service struct {
	stop context.CancelFunc
	done chan struct{}
}

// Start makes the Handler answer for all sockets of ctx, until Stop or until ctx
// is terminated. Errors: ErrRunning; EADDRINUSE if somebody else answers; ETERM.
func (h *Handler) Start(ctx *core.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running != nil {
		return ErrRunning
	}
	s, err := core.NewSocket(ctx, opt.TypeRep)
	if err != nil {
		return err
	}
	if _, err := s.Bind(Endpoint); err != nil {
		s.StartClose()
		<-s.Finished()
		return err
	}
	until, stop := context.WithCancel(context.Background())
	run := &service{stop, make(chan struct{})}
	h.running = run
	// Owned by the Handler; Stop waits for it.
	go func() {
		defer close(run.done)
		h.serve(until, s)
		s.StartClose()
		<-s.Finished()
	}()
	h.logLocked("started")
	return nil
}

// Stop ends what Start began, and waits until it has ended. It must not be
// called by the Handler's MetadataFunc.
func (h *Handler) Stop() {
	h.mu.Lock()
	run := h.running
	h.running = nil
	h.mu.Unlock()
	if run == nil {
		h.log("not running, cannot stop")
		return
	}
	run.stop()
	<-run.done
	h.log("stopped")
}

// serve answers until the socket fails or ctx ends.
func (h *Handler) serve(ctx context.Context, s *core.Socket) {
	for ctx.Err() == nil {
		in, err := s.Recv(ctx, false)
		if err != nil {
			h.log("quitting: %v", err)
			return
		}
		reply := h.answer(in.Frames())
		if err := s.Send(ctx, reply, false); err != nil {
			h.log("quitting: %v", err)
			return
		}
	}
	h.log("quitting: %v", ctx.Err())
}

// a request is a question of ZAP.
type request struct {
	version, id, domain, address, identity, mechanism string

	credentials []string
	key         string // CURVE: the client's, in Z85
}

// parse reads the frames behind the empty one.
func parse(frames [][]byte) (*request, bool) {
	text := make([]string, max(6, len(frames)))
	for i, f := range frames {
		text[i] = string(f)
	}
	r := &request{text[0], text[1], text[2], text[3], text[4], text[5], text[6:], ""}
	if len(frames) < 6 || r.version != "1.0" {
		return r, false
	}
	switch r.mechanism {
	case "PLAIN":
		return r, len(r.credentials) == 2
	case "CURVE":
		if len(r.credentials) != 1 || len(r.credentials[0]) != 32 {
			return r, false
		}
		key, err := curve.EncodeZ85(nil, []byte(r.credentials[0]))
		r.key = string(key)
		return r, err == nil
	}
	return r, true
}

// answer is the reply to a request, without the empty frame.
func (h *Handler) answer(frames [][]byte) [][]byte {
	r, ok := parse(frames)
	if !ok {
		h.log("a request that is not one of ZAP 1.0")
		return reply(r, "500", "BAD REQUEST", "", nil)
	}
	if !h.permits(r) {
		return reply(r, "400", "NO ACCESS", "", nil)
	}
	user, blob, ok := h.describe(r)
	if !ok {
		return reply(r, "500", "METADATA HANDLER FAILED", "", nil)
	}
	return reply(r, "200", "OK", user, blob)
}

func reply(r *request, status, text, user string, blob []byte) [][]byte {
	return [][]byte{[]byte("1.0"), []byte(r.id), []byte(status), []byte(text), []byte(user), blob}
}

// describe asks the MetadataFunc about a peer. A panic there lets nobody in.
func (h *Handler) describe(r *request) (user string, blob []byte, ok bool) {
	h.mu.Lock()
	f := h.metadata
	h.mu.Unlock()
	if f == nil {
		return "", nil, true
	}
	defer func() {
		if x := recover(); x != nil {
			log.Printf("AUTH: the metadata handler panicked: %v", x)
			user, blob, ok = "", nil, false
		}
	}()
	properties := f(r.version, r.id, r.domain, r.address, r.identity, r.mechanism, r.credentials...)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		switch {
		case name == "User-Id":
			user = properties[name]
		case name == "" || len(name) > 255:
			h.log("a property's name of %d bytes is left out", len(name))
		default:
			blob = zmtp.AppendProperty(blob, name, properties[name])
		}
	}
	return user, blob, true
}
