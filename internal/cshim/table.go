package cshim

import (
	"sync"
	"sync/atomic"
)

// A table gives numbers to things. A number is never 0 and never given twice,
// so that an old one finds nothing. Looking up takes no lock.
type table[T any] struct {
	mu    sync.Mutex
	slots atomic.Pointer[[]atomic.Pointer[entry[T]]] // replaced when it grows
	used  uint32                                     // slots that were ever used
	free  []uint32                                   // and are not any more
	count uint32                                     // numbers given
}

type entry[T any] struct {
	id    uint64
	thing T
}

// put gives a number to a thing: the slot in the low half.
func (t *table[T]) put(thing T) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.roomLocked()
	t.count++
	id := uint64(t.count)<<32 | uint64(at)
	(*t.slots.Load())[at].Store(&entry[T]{id, thing})
	return id
}

func (t *table[T]) roomLocked() uint32 {
	if n := len(t.free); n > 0 {
		at := t.free[n-1]
		t.free = t.free[:n-1]
		return at
	}
	old := t.slots.Load()
	if old == nil || int(t.used) == len(*old) {
		slots := make([]atomic.Pointer[entry[T]], max(64, 2*t.used))
		for i := range t.used {
			slots[i].Store((*old)[i].Load())
		}
		t.slots.Store(&slots)
	}
	t.used++
	return t.used - 1
}

// get finds what has the number.
func (t *table[T]) get(id uint64) (thing T, ok bool) {
	slots := t.slots.Load()
	at := uint32(id)
	if slots == nil || int64(at) >= int64(len(*slots)) {
		return thing, false
	}
	if e := (*slots)[at].Load(); e != nil && e.id == id {
		return e.thing, true
	}
	return thing, false
}

// take is get that takes the number back. Of two calls only one finds it.
func (t *table[T]) take(id uint64) (thing T, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if thing, ok = t.get(id); ok {
		at := uint32(id)
		(*t.slots.Load())[at].Store(nil)
		t.free = append(t.free, at)
	}
	return thing, ok
}

// len is how many have a number.
func (t *table[T]) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int(t.used) - len(t.free)
}
