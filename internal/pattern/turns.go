package pattern

import "github.com/zeroth-mq/zmq/internal/pipe"

// turns goes round Ends, one after the other. ends[:active] may be able to move,
// the rest wait to be told that they can. Each End knows its place, counted from
// 1, in a slot of its own for each direction.
type turns struct {
	sending bool // which slot
	ends    []*pipe.End
	active  int
	current int // whose turn it is, among the active
}

func (t *turns) slot(e *pipe.End) *int {
	if t.sending {
		return &e.SendSlot
	}
	return &e.RecvSlot
}

func (t *turns) swap(i, j int) {
	t.ends[i], t.ends[j] = t.ends[j], t.ends[i]
	*t.slot(t.ends[i]), *t.slot(t.ends[j]) = i+1, j+1
}

func (t *turns) add(e *pipe.End) {
	t.ends = append(t.ends, e)
	*t.slot(e) = len(t.ends)
	t.wake(e)
}

// wake makes e one of the active.
func (t *turns) wake(e *pipe.End) {
	i := *t.slot(e) - 1
	if i < t.active {
		return // active already, or not held (-1)
	}
	t.swap(i, t.active)
	t.active++
}

// next passes the turn on.
func (t *turns) next() {
	t.current++
	if t.current >= t.active {
		t.current = 0
	}
}

// park takes ends[i] out of the active; the turn stays in its place, which is
// another's now.
func (t *turns) park(i int) {
	t.active--
	t.swap(i, t.active)
	if t.current >= t.active {
		t.current = 0
	}
}

// remove forgets e.
func (t *turns) remove(e *pipe.End) {
	i := *t.slot(e) - 1
	if i < 0 {
		return
	}
	if i < t.active {
		t.park(i)
		i = *t.slot(e) - 1
	}
	last := len(t.ends) - 1
	t.swap(i, last)
	t.ends[last] = nil
	t.ends = t.ends[:last]
	*t.slot(e) = 0
}
