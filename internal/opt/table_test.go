package opt

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

func wantEINVAL(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, errno.EINVAL) || errno.Of(err, 0) != errno.EINVAL {
		t.Errorf("%s: %v, want EINVAL", what, err)
	}
}

// anyType is a socket type that the row is for.
func anyType(r *Row) int {
	for i := range numTypes {
		if r.For.Has(i) {
			return i
		}
	}
	return -1
}

// sample is a value that the row accepts and that is not its default.
func sample(r *Row) any {
	switch r.Kind {
	case Int, Int64:
		n := min(r.Max, max(r.Min, 1))
		if d, ok := r.Default.(int); ok && int64(d) == n {
			n--
			if n < r.Min {
				n += 2
			}
		}
		return n
	case Bool:
		d, _ := r.Default.(bool)
		return !d
	case Uint64:
		return uint64(7)
	case Millis:
		return 4200 * time.Millisecond
	case Key:
		return strings.Repeat("k", 32)
	}
	switch r.Name {
	case "METADATA":
		return "X-a:b"
	case "TCP_ACCEPT_FILTER":
		return "10.0.0.0/8"
	}
	return "text"
}

func TestRowsAreSound(t *testing.T) {
	names, ids := map[string]bool{}, map[int]bool{}
	for _, r := range Rows() {
		for _, n := range append([]string{r.Name}, r.Alias...) {
			if names[n] || n != strings.ToUpper(n) {
				t.Errorf("%s: the name %s is there twice or not in capitals", r.Name, n)
			}
			names[n] = true
			if ByName("zmq_"+strings.ToLower(n)) != r {
				t.Errorf("%s is not found by name", n)
			}
		}
		if r.ID > 0 && (ids[r.ID] || ByID(r.ID) != r) {
			t.Errorf("%s: number %d is there twice or not found", r.Name, r.ID)
		}
		ids[r.ID] = true
		if r.Doc == "" || !strings.HasSuffix(r.Doc, ".") || r.For == 0 || r.Dir == 0 {
			t.Errorf("%s: incomplete row", r.Name)
		}
		if (r.Dir == R) != (r.When == Never) {
			t.Errorf("%s: Dir and When disagree", r.Name)
		}
		ways := 0
		for _, has := range []bool{r.Act, r.Field != nil, r.Field == nil && (r.set != nil || r.get != nil), r.Absent} {
			if has {
				ways++
			}
		}
		if ways != 1 {
			t.Errorf("%s: %d ways to keep the value, want 1", r.Name, ways)
		}
		if r.Field != nil && load(r.Field(new(Values))) == nil && r.Kind != Bytes {
			t.Errorf("%s: Field gives a type that is not handled", r.Name)
		}
	}
	// Every number that zmq.h gives an option, and no other.
	free := map[int]bool{10: true, 20: true, 26: true, 29: true, 30: true, 67: true, 70: true, 82: true, 83: true}
	for id := range 200 {
		if want := id >= 4 && id <= 124 && !free[id]; want != (ByID(id) != nil) {
			t.Errorf("number %d: in the table %v, want %v", id, !want, want)
		}
	}
	if ByID(0) != nil || ByID(-1) != nil || ByName("NOSUCH") != nil || ByName("") != nil {
		t.Error("found what is not there")
	}
}

func TestEveryRow(t *testing.T) {
	for _, r := range Rows() {
		t.Run(r.Name, func(t *testing.T) {
			in := anyType(r)
			v := Defaults(in)
			if r.Absent {
				before := v
				_, err := r.Get(&v, in)
				wantEINVAL(t, "read", err)
				wantEINVAL(t, "write", r.Set(&v, in, sample(r)))
				if !reflect.DeepEqual(before, v) {
					t.Error("a refused Set changed something")
				}
				return
			}
			if r.Dir&R != 0 && !r.Act && r.Default != nil {
				got, err := r.Get(&v, TypePair)
				want := r.Default
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("default is %v (%T), %v; want %v (%T)", got, got, err, want, want)
				}
			}
			if r.Dir&R == 0 {
				_, err := r.Get(&v, in)
				wantEINVAL(t, "read of write-only", err)
				_, err = r.GetRaw(&v, in, make([]byte, 64))
				wantEINVAL(t, "raw read of write-only", err)
			}
			if r.Dir&W == 0 {
				wantEINVAL(t, "write of read-only", r.Set(&v, in, sample(r)))
				return
			}
			for typ := -1; typ <= numTypes; typ++ {
				if !r.For.Has(typ) {
					before := v
					wantEINVAL(t, "wrong socket "+TypeName(typ), r.Set(&v, typ, sample(r)))
					if !reflect.DeepEqual(before, v) {
						t.Error("a refused Set changed something")
					}
				}
			}
			wantEINVAL(t, "wrong type", r.Set(&v, in, struct{}{}))
			wantEINVAL(t, "wrong type", r.Set(&v, in, 1.5))
			if !r.Clear {
				wantEINVAL(t, "nil", r.Set(&v, in, nil))
			}
			limits(t, r, &v, in)
			sizes(t, r, &v, in)
			if r.Act {
				wantEINVAL(t, "act", r.Set(&v, in, sample(r)))
				if _, err := r.Check(in, sample(r)); err != nil {
					t.Errorf("Check: %v", err)
				}
				return
			}
			roundTrip(t, r, in)
		})
	}
}

func limits(t *testing.T, r *Row, v *Values, in int) {
	switch r.Kind {
	case Int, Bool, Millis, Int64:
		for _, n := range []int64{r.Min, r.Max} {
			if r.Kind == Bool && n != 0 && n != 1 && n != minInt && n != maxInt {
				continue
			}
			if _, err := r.Check(in, n); err != nil {
				t.Errorf("limit %d: %v", n, err)
			}
		}
		if r.Min > -NoMax-1 {
			wantEINVAL(t, "below", r.Set(v, in, r.Min-1))
		}
		if r.Max < NoMax {
			wantEINVAL(t, "above", r.Set(v, in, r.Max+1))
		}
	case String, Bytes:
		if r.Min > 0 {
			wantEINVAL(t, "empty", r.Set(v, in, []byte{}))
		}
		if r.Max < NoMax {
			wantEINVAL(t, "long", r.Set(v, in, make([]byte, r.Max+1)))
		}
	case Key:
		for _, n := range []int{0, 31, 33, 39, 42} {
			wantEINVAL(t, fmt.Sprint("length ", n), r.Set(v, in, make([]byte, n)))
		}
		wantEINVAL(t, "not Z85", r.Set(v, in, strings.Repeat("~", 40)))
		wantEINVAL(t, "Z85 beyond 32 bits", r.Set(v, in, strings.Repeat("#", 40)))
	}
}

func sizes(t *testing.T, r *Row, v *Values, in int) {
	want := map[Kind]int{Int: 4, Bool: 4, Millis: 4, Int64: 8, Uint64: 8}[r.Kind]
	if want == 0 || r.ID == 0 {
		return
	}
	for n := range 17 {
		b := make([]byte, n)
		if n != want {
			wantEINVAL(t, fmt.Sprint("raw set of ", n), r.SetRaw(v, in, b))
		}
		if _, err := r.GetRaw(v, in, b); r.Dir&R != 0 && !r.Act && (n == want) != (err == nil) {
			t.Errorf("raw get of %d: %v", n, err)
		}
	}
}

func roundTrip(t *testing.T, r *Row, in int) {
	v, w := Defaults(in), Defaults(in)
	if err := r.Set(&v, in, sample(r)); err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(v, w) {
		t.Error("Set changed nothing")
	}
	if r.Dir&R == 0 {
		return
	}
	got, err := r.Get(&v, in)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Set(&w, in, got); err != nil || !reflect.DeepEqual(v, w) {
		t.Errorf("Set of what Get gave: %v, %v and %v", err, v, w)
	}
	if r.ID == 0 {
		return
	}
	w = Defaults(in)
	b := make([]byte, 300)
	for _, size := range []int{4, 8, 32, 300} {
		if n, err := r.GetRaw(&v, in, b[:size]); err == nil {
			if r.Kind == String {
				n-- // the NUL is not part of what is set
			}
			if err := r.SetRaw(&w, in, b[:n]); err != nil || !reflect.DeepEqual(v, w) {
				t.Errorf("SetRaw of what GetRaw gave: %v, %v and %v", err, v, w)
			}
			return
		}
	}
	t.Error("GetRaw took no size")
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       any // what Get gives after; nil: an error
	}{
		{"SNDHWM", "10", 10}, {"zmq_sndhwm", "0x10", 16}, {"SNDHWM", "-1", nil}, {"SNDHWM", "ten", nil}, {"SNDHWM", "", nil},
		{"LINGER", "1s", time.Second}, {"linger", "1500", 1500 * time.Millisecond}, {"LINGER", "forever", -time.Millisecond},
		{"LINGER", "-1", -time.Millisecond}, {"LINGER", "-2", nil}, {"LINGER", "soon", nil}, {"LINGER", "1000000h", nil},
		{"IMMEDIATE", "true", true}, {"IMMEDIATE", "1", true}, {"IMMEDIATE", "off", false}, {"IMMEDIATE", "2", nil}, {"IMMEDIATE", "maybe", nil},
		{"MAXMSGSIZE", "1048576", int64(1 << 20)}, {"AFFINITY", "3", uint64(3)}, {"AFFINITY", "-3", nil},
		{"IDENTITY", "me", []byte("me")}, {"IDENTITY", "", nil}, {"ZAP_DOMAIN", "a b", "a b"},
		{"CURVE_SERVERKEY", strings.Repeat("0", 40), make([]byte, 32)}, {"CURVE_SERVERKEY", "short", nil},
		{"NOSUCH", "1", nil}, {"TYPE", "1", nil},
	} {
		v := Defaults(TypeDealer)
		r, x, err := Parse(c.name, c.text)
		if err == nil {
			err = r.Set(&v, TypeDealer, x)
		}
		if c.want == nil {
			wantEINVAL(t, c.name+"="+c.text, err)
			continue
		}
		if err != nil {
			t.Errorf("%s=%s: %v", c.name, c.text, err)
			continue
		}
		if got, err := r.Get(&v, TypeDealer); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s=%s gave %v, %v; want %v", c.name, c.text, got, err, c.want)
		}
	}
}
