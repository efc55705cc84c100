//go:build linux

package chaos

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// A scenario is one row of the table.
type scenario struct {
	name   string // kind/what/...
	weight float64
	do     func(*run) error // the error says why it could not be done
}

// scenarios are all of them, in the order of the table.
func scenarios() []scenario {
	var all []scenario
	for _, part := range [][]scenario{cuts(), kills(), stops(), networks(), starving(), hostile(), soaks()} {
		all = append(all, part...)
	}
	return all
}

// A run is one scenario being run. What it finds is in the row.
type run struct {
	*workshop
	row
	rng  *rand.Rand
	took time.Duration // that it should take, beside beginning and ending
}

// A row is what is known after it.
type row struct {
	name    string
	tried   int    // messages, requests, or whatever the scenario counts
	lost    int    // of these
	window  string // what may be lost, as documented; "" where nothing may
	harm    int    // how often something was done
	twice   int
	corrupt int
	order   int // faults of order
	stuck   int // whatever did not come about in time

	memory, descriptors, goroutines int           // growth; see unknown
	p50, p99                        time.Duration // what a legitimate client waits for an answer

	note    string
	bad     []string // bounds that do not hold
	skipped string   // why it was not run
}

// unknown is a figure that nobody has.
const unknown = -1 << 31

func (r *row) fail(format string, args ...any) { r.bad = append(r.bad, fmt.Sprintf(format, args...)) }

// short are those of the short form: each pattern, mechanism, face and harm
// once, and of the strangers those that flood.
func short() []scenario {
	var some []scenario
	for i, part := range [][]scenario{cuts(), kills(), stops(), networks(), starving(), hostile(), soaks()} {
		step := []int{5, 5, 9, 5, 5, 7, 2}[i]
		for n := 0; n < len(part); n += step {
			some = append(some, part[n])
		}
	}
	return some
}

// A Plan says what to run.
type Plan struct {
	Only  string        // scenarios whose name has this
	Sides string        // faces in place of those of each scenario, "libzmq-libzmq" say, to see who is at fault
	Seed  uint64        // of all that is random; each scenario's is made of it and of its name
	For   time.Duration // all of them together, about
	Dir   string        // an empty folder for what is built
	Out   io.Writer     // the table; rows appear as they are known
}

// Run runs the plan and reports whether all bounds hold.
func Run(p Plan) (bool, error) {
	var chosen []scenario
	total := 0.0
	for _, s := range scenarios() {
		if strings.Contains(s.name, p.Only) {
			chosen = append(chosen, s)
			total += s.weight
		}
	}
	if len(chosen) == 0 {
		return false, fmt.Errorf("no scenario's name has %q", p.Only)
	}
	w := newWorkshop(p.Dir)
	w.sides = p.Sides
	t := newTable(p.Out)
	began, good, left := time.Now(), true, total
	for _, s := range chosen {
		// What one takes to begin and to end is taken from the others.
		share := (p.For - time.Since(began)).Seconds() * s.weight / left
		left -= s.weight
		r := w.run(s, p.Seed, time.Duration(max(share-overhead, 0.3)*float64(time.Second)))
		t.add(r)
		good = good && len(r.bad) == 0
	}
	t.end(p.Seed, time.Since(began))
	return good, nil
}

// overhead is what a scenario takes beside its time, in seconds.
const overhead = 1.0

// run runs one scenario.
func (w *workshop) run(s scenario, seed uint64, took time.Duration) *row {
	h := fnv.New64a()
	h.Write([]byte(s.name))
	r := &run{workshop: w, rng: rand.New(rand.NewPCG(seed, h.Sum64())), took: took}
	r.row = row{name: s.name, memory: unknown, descriptors: unknown, goroutines: unknown}
	if err := s.do(r); err != nil {
		r.fail("%v", err)
	}
	return &r.row
}
