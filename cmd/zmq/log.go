package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/zeroth-mq/zmq"
)

// logTo is the logger of a socket's events: all of them if all is set, and
// otherwise what a person should know.
func logTo(c *console, all bool) *slog.Logger {
	if all {
		return slog.New(slog.NewTextHandler(consoleWriter{c}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(&warnings{c: c, state: &warned{told: map[string]bool{}, failing: map[string]time.Time{}}})
}

// patience is how long an endpoint may not answer before that is told.
const patience = time.Second

// warnings is a slog.Handler that tells each kind of trouble once, however
// often it comes back with every attempt to connect.
type warnings struct {
	c     *console
	state *warned
}

type warned struct {
	mu      sync.Mutex
	told    map[string]bool
	failing map[string]time.Time // endpoint -> since when it does not answer
}

func (h *warnings) Enabled(context.Context, slog.Level) bool { return true }
func (h *warnings) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *warnings) WithGroup(string) slog.Handler            { return h }

func (h *warnings) Handle(_ context.Context, r slog.Record) error {
	var endpoint, cause string
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "endpoint":
			endpoint = a.Value.String()
		case "error":
			cause = a.Value.String()
		}
		return true
	})
	if r.Message == zmq.EventBindFailed.String() {
		return nil // Bind returns it
	}
	text := "warning: " + endpoint + ": " + r.Message
	if r.Level < slog.LevelWarn {
		if r.Message != zmq.EventConnectRetried.String() || !h.state.failed(endpoint) {
			return nil
		}
		text = "still trying to reach " + endpoint
	}
	if cause != "" {
		text += ": " + cause
	}
	if h.state.first(text) {
		h.c.Line(text)
	}
	return nil
}

// failed notes that an endpoint does not answer. It reports whether that has
// lasted for so long that it should be told.
func (w *warned) failed(endpoint string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	since, ok := w.failing[endpoint]
	if !ok {
		w.failing[endpoint] = time.Now()
		return false
	}
	return time.Since(since) >= patience
}

// first reports whether text is new. A peer could make any number of texts, so
// there is an end to remembering, and to telling.
func (w *warned) first(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.told[text] || len(w.told) >= 100 {
		return false
	}
	w.told[text] = true
	return true
}

// consoleWriter takes whole lines, as slog writes them.
type consoleWriter struct{ c *console }

func (w consoleWriter) Write(p []byte) (int, error) {
	n := len(p)
	if n > 0 && p[n-1] == '\n' {
		p = p[:n-1]
	}
	w.c.Line(string(p))
	return n, nil
}
