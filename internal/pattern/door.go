package pattern

import (
	"slices"

	"github.com/zeroth-mq/zmq/internal/pipe"
)

// A door is where peers wait for a place that another peer has. PAIR has one
// place, ROUTER and STREAM have one for each routing id.
//
//	           Attach, and the place is free
//	offered ----------------------------------> in its place
//	   |                                          ^      |
//	   | Attach, and another                      |      | ROUTER_HANDOVER: a newer
//	   | peer has the place      the place is free|      | peer takes the place
//	   |                                          |      v
//	   +--------------------------------------> waiting (End.AtDoor)
//
// and Detach ends either. A peer that waits is connected as any other is. What it
// sends is kept in its pipe, up to the high-water marks, and received once it is
// in; nothing is sent to it. One that had the place comes before those that never
// had it; else the one that came first is next. A door is written under both
// locks.
type door struct {
	waiting map[string][]*pipe.End // by place, the next one first
	moved   []*pipe.End
}

// wait has e wait for a place; first: before all others.
func (d *door) wait(place string, e *pipe.End, first bool) {
	if d.waiting == nil {
		d.waiting = make(map[string][]*pipe.End)
	}
	at := len(d.waiting[place])
	if first {
		at = 0
	}
	d.waiting[place] = slices.Insert(d.waiting[place], at, e)
	e.AtDoor = true
	d.moved = append(d.moved, e)
}

// leave says that e waits no more.
func (d *door) leave(place string, e *pipe.End) {
	list := d.waiting[place]
	i := slices.Index(list, e)
	if i < 0 {
		return
	}
	e.AtDoor = false
	if d.waiting[place] = slices.Delete(list, i, i+1); len(list) == 1 {
		delete(d.waiting, place)
	}
	d.moved = slices.DeleteFunc(d.moved, func(x *pipe.End) bool { return x == e })
}

// admit is the one that has a place that is free now, and waits no more; nil:
// none does.
func (d *door) admit(place string) *pipe.End {
	list := d.waiting[place]
	if len(list) == 0 {
		return nil
	}
	e := list[0]
	d.leave(place, e)
	d.moved = append(d.moved, e)
	return e
}

// Moved implements Doorkeeper.
func (d *door) Moved() []*pipe.End {
	list := d.moved
	d.moved = nil
	return list
}
