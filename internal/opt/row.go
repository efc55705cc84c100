package opt

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A Kind is the form of an option's value.
type Kind int

// What Set takes and Get gives. Wherever an int fits, every integer type of Go
// does; text goes for Bytes and the other way round.
const (
	Int    Kind = iota // int; 4 bytes in C
	Bool               // bool; 4 bytes in C, any number from Min to Max, not 0 is true
	Int64              // int64; 8 bytes in C
	Uint64             // uint64; 8 bytes in C
	Millis             // time.Duration, or an int in ms; 4 bytes of ms in C; negative: without end
	String             // string; NUL-terminated in C when read
	Bytes              // []byte
	Key                // 32 bytes, or 40 characters of Z85
)

var kindNames = [...]string{"int", "bool", "int64", "uint64", "duration", "string", "bytes", "key"}

func (k Kind) String() string { return kindNames[k] }

// Dir says whether an option can be read, written, or both.
type Dir int

// The directions.
const (
	R Dir = 1 << iota
	W
	RW = R | W
)

// When says what a Set reaches.
type When int

// The moments.
const (
	Now      When = iota // acts at once
	NextLink             // the next connect; for accepted connections the next bind
	NextBind             // the next bind only
	Once                 // the next connect, which uses it up
	NewLink              // every connection made from now on
	Never                // not settable
)

var whenNames = [...]string{"at once", "next connect or bind", "next bind", "next connect only", "next connection", "read-only"}

func (w When) String() string { return whenNames[w] }

// A Row is one option. The table's rows never change; they may be read from
// everywhere at once. Set and Get work on Values that the caller locks.
type Row struct {
	ID      int // as in zmq.h; 0: of the Go API only
	Name    string
	Alias   []string
	Kind    Kind
	Dir     Dir
	Act     bool          // performed by the socket: Set and Get here refuse
	Min     int64         // of the number, of the ms, or of the length
	Max     int64         // likewise; NoMax: none
	Clear   bool          // String, Bytes and lists: nil clears
	Default any           // in the form that Get gives; nil: zero or none
	For     Types         // sockets that accept the option
	Reads   Types         // sockets that answer it, where others than For; 0: For
	Unit    string        // for the documentation
	Step    time.Duration // the unit of a duration; 0: a millisecond. Of an Int: it is a duration in the Go API
	When    When
	Draft   bool // a draft in libzmq
	Ignored bool // accepted and without effect
	Absent  bool // of a transport that is not built in: neither set nor read
	Go      InGo

	// Doc says what the option is or does, for documents and comments: it begins
	// with a word like "How" or "The" for what it is, or a verb for what it does.
	Doc string

	// Field is where the value lives. after runs once it was set, for options
	// that move others. set and get take Field's place where a value is not
	// kept as it is given; set's x is in the form of Kind, or nil to clear.
	Field func(*Values) any
	after func(*Values)
	set   func(*Values, any) error
	get   func(*Values, int) any
	loose bool // in C, a number is read into a longer buffer too, text into one without room for the NUL
}

// InGo is what the Go API makes of an option. Without a Name it has none, and
// ParseOption reaches it.
type InGo struct {
	Name    string // of the constant, or of the method that takes its place
	Type    string // of the value; "": that of Kind, or time.Duration with Step
	Span    *Span  // what it takes, where libzmq takes more than makes sense
	Zero    bool   // bytes that begin with a zero are refused
	Default any    // where it is another than libzmq's
	For     Types  // the socket types that Default is for; 0: all
	Doc     string // the constant's comment behind its name, in place of the row's Doc
	More    string // sentences behind the row's Doc
}

// A Span is a range of numbers, of milliseconds or of lengths, both ends included.
type Span struct{ Min, Max int64 }

// NoMax is Max without a limit of its own.
const NoMax = math.MaxInt64

const (
	maxInt = math.MaxInt32
	minInt = math.MinInt32
)

// fail is EINVAL with a reason.
func (r *Row) fail(format string, args ...any) error {
	return fmt.Errorf("option %s %s: %w", r.Name, fmt.Sprintf(format, args...), errno.EINVAL)
}

// Check is the first half of Set: x in the form of the row's Kind (int64 for
// both sizes of integer, []byte for text, bytes and keys, nil to clear), or the
// error that Set would give. A []byte in x is not copied.
func (r *Row) Check(t int, x any) (any, error) {
	switch {
	case r.Absent:
		return nil, r.fail("is of a transport that is not built in")
	case r.Dir&W == 0:
		return nil, r.fail("is read-only")
	case !r.For.Has(t):
		return nil, r.fail("is not one of %s sockets: %s", typeText(t), r.For.has())
	}
	return r.convert(x)
}

// Set checks x and stores it for a socket of type t; slices are copied. Every
// error is EINVAL, as in libzmq: wrong type, out of range, read-only, of no
// meaning to this socket type or to this build.
func (r *Row) Set(v *Values, t int, x any) error {
	y, err := r.Check(t, x)
	switch {
	case err != nil:
		return err
	case r.Act:
		return r.fail("is performed by the socket, not stored")
	case r.set != nil:
		return r.set(v, y)
	}
	store(r.Field(v), y)
	if r.after != nil {
		r.after(v)
	}
	return nil
}

// Get gives the value for a socket of type t; slices are copies. Every error
// is EINVAL: write-only, of no meaning to this socket type, or kept by the
// socket (Act).
func (r *Row) Get(v *Values, t int) (any, error) {
	if err := r.CanRead(t); err != nil {
		return nil, err
	}
	if r.get != nil {
		return r.get(v, t), nil
	}
	if r.Act {
		return nil, r.fail("is known to the socket only")
	}
	return load(r.Field(v)), nil
}

// CanRead is the first half of Get: the error that it would give whatever the value
// is; nil for what the socket keeps (Act).
func (r *Row) CanRead(t int) error {
	types := r.Reads
	if types == 0 {
		types = r.For
	}
	switch {
	case r.Absent:
		return r.fail("is of a transport that is not built in")
	case r.Dir&R == 0:
		return r.fail("is write-only")
	case !types.Has(t):
		return r.fail("is not one of %s sockets: %s", typeText(t), types.has())
	}
	return nil
}

func typeText(t int) string {
	if name := TypeName(t); name != "" {
		return name
	}
	return fmt.Sprintf("type-%d", t)
}

// store puts a converted value into its field. A nil clears.
func store(field, x any) {
	switch p := field.(type) {
	case *int:
		*p = int(x.(int64))
	case *int64:
		*p = x.(int64)
	case *bool:
		*p = x.(bool)
	case *uint64:
		*p = x.(uint64)
	case *time.Duration:
		*p = x.(time.Duration)
	case *string:
		b, _ := x.([]byte)
		*p = string(b)
	case *[]byte:
		b, _ := x.([]byte)
		*p = slices.Clone(b)
	case *[32]byte:
		*p = [32]byte(x.([]byte))
	}
}

func load(field any) any {
	switch p := field.(type) {
	case *int:
		return *p
	case *int64:
		return *p
	case *bool:
		return *p
	case *uint64:
		return *p
	case *time.Duration:
		return *p
	case *string:
		return *p
	case *[]byte:
		return slices.Clone(*p)
	case *[32]byte:
		return slices.Clone(p[:])
	}
	return nil
}
