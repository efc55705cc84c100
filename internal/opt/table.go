package opt

import (
	"iter"
	"slices"
	"strings"
	"sync"
)

// A Group is options that belong together; each is a file.
type Group struct {
	Title string
	Rows  []Row
}

var groups = []Group{
	{"Queues, waiting and closing.", lifeRows},
	{"Connections, and what is said on them.", linkRows},
	{"What the types of sockets do.", patternRows},
	{"The system's sockets.", netRows},
	{"Multicast.", castRows},
	{"Security. A socket has one mechanism, the one that the last of these options " +
		"belongs to, and refuses peers that have another. On a server's side see also " +
		"Authenticate; for keys in files, CurveCert.", securityRows},
}

// Groups is the table. It is not to be changed.
func Groups() []Group { return groups }

var rows = func() (all []Row) {
	for _, g := range groups {
		all = append(all, g.Rows...)
	}
	return all
}()

var byID, byName = index(rows)

func index(rows []Row) (map[int]*Row, map[string]*Row) {
	ids := make(map[int]*Row, len(rows))
	names := make(map[string]*Row, 2*len(rows))
	for i := range rows {
		r := &rows[i]
		if r.ID > 0 {
			ids[r.ID] = r
		}
		names[r.Name] = r
		for _, a := range r.Alias {
			names[a] = r
		}
	}
	return ids, names
}

// Rows gives every option in order of its number, those of the Go API last.
func Rows() []*Row {
	out := make([]*Row, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	slices.SortStableFunc(out, func(a, b *Row) int {
		key := func(r *Row) int {
			if r.ID == 0 {
				return maxInt
			}
			return r.ID
		}
		return key(a) - key(b)
	})
	return out
}

// ByID finds an option by its number in zmq.h; nil for none.
func ByID(id int) *Row { return byID[id] }

// ByName finds an option by its name or alias, in any case, with or without
// "ZMQ_" in front; nil for none.
func ByName(name string) *Row { return byName[plain(name)] }

func plain(name string) string { return strings.TrimPrefix(strings.ToUpper(name), "ZMQ_") }

var base = sync.OnceValue(func() *Values {
	v := new(Values)
	for i := range rows {
		if r := &rows[i]; r.Default != nil && r.Field != nil {
			store(r.Field(v), internal(r.Default))
		}
	}
	return v
})

// internal brings a Default into the form that store takes.
func internal(x any) any {
	if n, ok := x.(int); ok {
		return int64(n)
	}
	if s, ok := x.(string); ok {
		return []byte(s)
	}
	return x
}

// Defaults are the settings of a new socket of that type in a context with
// libzmq's defaults.
func Defaults(socketType int) Values {
	v := *base()
	if of(TypeSub, TypeXSub, TypeDish).Has(socketType) {
		v.Life.Linger = 0
	}
	return v
}

// A Setting is an option with a value for it.
type Setting struct {
	Row   *Row
	Value any
}

var inGo = sync.OnceValue(func() (list []Setting) {
	for i := range rows {
		if r := &rows[i]; r.Go.Default != nil {
			list = append(list, Setting{r, r.Go.Default})
		}
	}
	return list
})

// GoDefaults are the settings of a new socket of that type in which the Go API
// is safer than libzmq.
func GoDefaults(socketType int) iter.Seq[Setting] {
	return func(yield func(Setting) bool) {
		for _, s := range inGo() {
			if types := s.Row.Go.For; (types == 0 || types.Has(socketType)) && !yield(s) {
				return
			}
		}
	}
}
