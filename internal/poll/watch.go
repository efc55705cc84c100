// Package poll is how calls wait: at a Bell for something to become possible, within a
// Limit; a loop that is not a call of one socket as one of its Watchers. A Poller waits for
// many sockets at once, and a Signal is a descriptor for loops of others.
package poll

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A Watcher is raised when a socket may have become able to send or receive, or
// has ended. Raise must not block, and calls nothing of the socket.
type Watcher interface{ Raise() }

// Watchers are a socket's. All methods may be called at any time by any goroutine;
// Raise and Any take no lock.
type Watchers struct {
	mu   sync.Mutex
	list atomic.Pointer[[]Watcher]
}

// Raise raises all.
func (w *Watchers) Raise() {
	if list := w.list.Load(); list != nil {
		for _, x := range *list {
			x.Raise()
		}
	}
}

// Add has x raised from now on.
func (w *Watchers) Add(x Watcher) {
	w.change(func(list []Watcher) []Watcher { return append(list, x) })
}

// Remove ends that. x may be raised once more meanwhile.
func (w *Watchers) Remove(x Watcher) {
	w.change(func(list []Watcher) []Watcher {
		if i := slices.Index(list, x); i >= 0 {
			return slices.Delete(list, i, i+1)
		}
		return list
	})
}

// Any reports whether there is one.
func (w *Watchers) Any() bool { return w.list.Load() != nil }

func (w *Watchers) change(f func([]Watcher) []Watcher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Watcher
	if old := w.list.Load(); old != nil {
		list = slices.Clone(*old)
	}
	if list = f(list); len(list) == 0 {
		w.list.Store(nil)
		return
	}
	w.list.Store(&list)
}
