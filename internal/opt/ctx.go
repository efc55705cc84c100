package opt

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
)

// CtxValues are the settings of a context. Those of threads mean nothing here:
// they are stored and given back.
type CtxValues struct {
	IOThreads         int // 0: nothing but inproc can be bound or connected
	MaxSockets        int
	MaxMsgSize        int
	ThreadPriority    int
	ThreadSchedPolicy int
	ThreadAffinity    []int
	ThreadNamePrefix  string
	ZeroCopyRecv      bool
	IPv6              bool // for sockets made from now on
	Blocky            bool // off: sockets made from now on do not linger
}

// Apply carries to a new socket's settings what its context decides.
func (c *CtxValues) Apply(v *Values) {
	v.Net.IPv6 = c.IPv6
	if !c.Blocky {
		v.Life.Linger = 0
	}
}

// SocketLimit is what SOCKET_LIMIT says. MAX_SOCKETS may be more, as in libzmq.
const SocketLimit = 65535

// A CtxRow is one option of a context. The Row in it describes the value; its
// socket types and its Field are not used.
type CtxRow struct {
	Row
	field func(*CtxValues) any
	put   func(*CtxRow, *CtxValues, any) error // in place of field
	fixed any                                  // what Get gives, in place of field
}

var ctxRows = []CtxRow{
	{Row: Row{ID: 1, Name: "IO_THREADS", Kind: Int, Dir: RW, Max: maxInt, Default: 1,
		Doc: "0: nothing but inproc works. Any other number is as good as 1. What the first socket finds is in force."},
		field: func(v *CtxValues) any { return &v.IOThreads }},
	{Row: Row{ID: 2, Name: "MAX_SOCKETS", Kind: Int, Dir: RW, Min: 1, Max: maxInt, Default: 1023,
		Go:  InGo{Name: "Context.SetMaxSockets", Default: "no limit"},
		Doc: "How many sockets may be open at once. What the first socket finds is in force."},
		field: func(v *CtxValues) any { return &v.MaxSockets }},
	{Row: Row{ID: 3, Name: "SOCKET_LIMIT", Kind: Int, Dir: R, Max: maxInt,
		Doc: "What libzmq gives as the most that MAX_SOCKETS should be."}, fixed: SocketLimit},
	{Row: Row{ID: 3, Name: "THREAD_PRIORITY", Kind: Int, Dir: W, Max: maxInt, Default: -1, Ignored: true,
		Doc: "The system's priority of I/O threads."},
		field: func(v *CtxValues) any { return &v.ThreadPriority }},
	{Row: Row{ID: 4, Name: "THREAD_SCHED_POLICY", Kind: Int, Dir: RW, Max: maxInt, Default: -1, Ignored: true,
		Doc: "The system's scheduling of I/O threads."},
		field: func(v *CtxValues) any { return &v.ThreadSchedPolicy }},
	{Row: Row{ID: 5, Name: "MAX_MSGSZ", Kind: Int, Dir: RW, Max: maxInt, Default: math.MaxInt32, Ignored: true,
		Doc: "Stored; never enforced, in libzmq either. See MAXMSGSIZE."},
		field: func(v *CtxValues) any { return &v.MaxMsgSize }},
	{Row: Row{ID: 6, Name: "MSG_T_SIZE", Kind: Int, Dir: R, Max: maxInt,
		Doc: "The size of zmq_msg_t."}, fixed: 64},
	{Row: Row{ID: 7, Name: "THREAD_AFFINITY_CPU_ADD", Kind: Int, Dir: W, Max: maxInt, Ignored: true,
		Doc: "Adds a processor for I/O threads."}, put: addCPU},
	{Row: Row{ID: 8, Name: "THREAD_AFFINITY_CPU_REMOVE", Kind: Int, Dir: W, Max: maxInt, Ignored: true,
		Doc: "Takes one away; it must have been added."}, put: removeCPU},
	{Row: Row{ID: 9, Name: "THREAD_NAME_PREFIX", Kind: String, Dir: RW, loose: true, Max: 16, Ignored: true,
		Doc: "The beginning of I/O threads' names."},
		field: func(v *CtxValues) any { return &v.ThreadNamePrefix }},
	{Row: Row{ID: 10, Name: "ZERO_COPY_RECV", Kind: Bool, Dir: RW, Max: maxInt, Default: true, Draft: true, Ignored: true,
		Doc: "Whether received messages share one buffer; here they always do."},
		field: func(v *CtxValues) any { return &v.ZeroCopyRecv }},
	{Row: Row{ID: 42, Name: "IPV6", Kind: Bool, Dir: RW, Max: maxInt, Default: false,
		Doc: "The IPV6 option of sockets made from now on."},
		field: func(v *CtxValues) any { return &v.IPv6 }},
	{Row: Row{ID: 70, Name: "BLOCKY", Kind: Bool, Dir: RW, Max: maxInt, Default: true,
		Doc: "Off: sockets made from now on start with LINGER 0."},
		field: func(v *CtxValues) any { return &v.Blocky }},
}

func addCPU(_ *CtxRow, v *CtxValues, x any) error {
	if n := int(x.(int64)); !slices.Contains(v.ThreadAffinity, n) {
		v.ThreadAffinity = append(v.ThreadAffinity, n)
	}
	return nil
}

func removeCPU(r *CtxRow, v *CtxValues, x any) error {
	i := slices.Index(v.ThreadAffinity, int(x.(int64)))
	if i < 0 {
		return r.fail("cannot take away processor %d: it was not added", x)
	}
	v.ThreadAffinity = slices.Delete(v.ThreadAffinity, i, i+1)
	return nil
}

// CtxRows gives every context option in order of its number.
func CtxRows() []*CtxRow {
	out := make([]*CtxRow, len(ctxRows))
	for i := range ctxRows {
		out[i] = &ctxRows[i]
	}
	return out
}

// CtxByID finds a context option by its number, and by what is to be done with
// it, R or W: number 3 is one option to read and another to write. nil: none.
func CtxByID(id int, dir Dir) *CtxRow {
	for i := range ctxRows {
		if r := &ctxRows[i]; r.ID == id && r.Dir&dir != 0 {
			return r
		}
	}
	return nil
}

// CtxByName finds a context option by its name, in any case, with or without
// "ZMQ_" in front; nil: none.
func CtxByName(name string) *CtxRow {
	for i := range ctxRows {
		if r := &ctxRows[i]; r.Name == plain(name) {
			return r
		}
	}
	return nil
}

var ctxBase = sync.OnceValue(func() *CtxValues {
	v := new(CtxValues)
	for i := range ctxRows {
		if r := &ctxRows[i]; r.Default != nil {
			store(r.field(v), internal(r.Default))
		}
	}
	return v
})

// CtxDefaults are the settings of a new context, as libzmq has them.
func CtxDefaults() CtxValues { return *ctxBase() }

// Set checks x and stores it. Every error is EINVAL. A string option also takes
// a number, as zmq_ctx_set gives it, in decimal.
func (r *CtxRow) Set(v *CtxValues, x any) error {
	if r.Dir&W == 0 {
		return r.fail("is read-only")
	}
	if n, ok := integer(x); ok && r.Kind == String {
		x = strconv.FormatInt(n, 10)
	}
	y, err := r.convert(x)
	if err != nil {
		return err
	}
	if r.put != nil {
		return r.put(r, v, y)
	}
	store(r.field(v), y)
	return nil
}

// Get gives the value. The error is EINVAL, for an option that is write-only.
func (r *CtxRow) Get(v *CtxValues) (any, error) {
	switch {
	case r.Dir&R == 0:
		return nil, r.fail("is write-only")
	case r.fixed != nil:
		return r.fixed, nil
	}
	return load(r.field(v)), nil
}

// Int is the value x, in the form that Get gives, as zmq_ctx_get returns it: 0
// or 1 for a bool; of a text the number that it begins with, or 0.
func (r *CtxRow) Int(x any) int {
	if s, ok := x.(string); ok {
		n := 0
		fmt.Sscanf(s, "%d", &n)
		return n
	}
	n, _ := number(x)
	return int(n)
}
