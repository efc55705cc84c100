package core

import (
	"context"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// WaitConnected waits until the socket has at least n peers that have shaken
// hands (over inproc: that have bound).
func (s *Socket) WaitConnected(ctx context.Context, n int) error {
	for {
		s.liveMu.Lock()
		live, changed := s.live, s.changed
		s.liveMu.Unlock()
		if live >= n {
			return nil
		}
		if err := s.err(); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-s.end:
		case <-ctx.Done():
			return ctxErr(ctx)
		}
	}
}

// WaitSubscribers waits until at least n peers would be sent a message that
// begins with topic. ENOTSUP: the socket is not PUB or XPUB.
func (s *Socket) WaitSubscribers(ctx context.Context, topic []byte, n int) error {
	if s.counter == nil {
		return errno.ENOTSUP
	}
	for {
		s.liveMu.Lock()
		changed := s.changed
		s.liveMu.Unlock()
		s.lock()
		s.drainRecvLocked()
		have := s.counter.Subscribers(topic)
		s.unlock()
		if have >= n {
			return nil
		}
		if err := s.err(); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-s.end:
		case <-ctx.Done():
			return ctxErr(ctx)
		}
	}
}

// deadline is a channel that is ready when d has passed; negative: never.
func deadline(d time.Duration) (<-chan time.Time, func()) {
	if d < 0 {
		return nil, func() {}
	}
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
