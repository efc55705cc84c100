package core

import (
	"slices"
	"sync"
	"sync/atomic"
)

// a watcher is told when a socket may have become able to send or receive, or
// has ended. It must not block, and calls nothing of the socket.
type watcher interface{ notify() }

// watchers are a socket's. tell is on the way of every event and takes no lock.
type watchers struct {
	mu   sync.Mutex
	list atomic.Pointer[[]watcher]
}

func (w *watchers) tell() {
	if list := w.list.Load(); list != nil {
		for _, x := range *list {
			x.notify()
		}
	}
}

func (w *watchers) add(x watcher) {
	w.change(func(list []watcher) []watcher { return append(list, x) })
}

func (w *watchers) remove(x watcher) {
	w.change(func(list []watcher) []watcher {
		if i := slices.Index(list, x); i >= 0 {
			return slices.Delete(list, i, i+1)
		}
		return list
	})
}

func (w *watchers) change(f func([]watcher) []watcher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []watcher
	if old := w.list.Load(); old != nil {
		list = slices.Clone(*old)
	}
	if list = f(list); len(list) == 0 {
		w.list.Store(nil)
		return
	}
	w.list.Store(&list)
}
