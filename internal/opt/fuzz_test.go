package opt

import (
	"bytes"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// FuzzRaw sets any bytes on any option of any socket: what is refused is EINVAL
// and changes nothing, what is accepted can be read and set again.
func FuzzRaw(f *testing.F) {
	for _, r := range Rows() {
		f.Add(r.ID, anyType(r), []byte("X-a:b"), 5)
		f.Add(r.ID, anyType(r), []byte{1, 0, 0, 0}, 4)
	}
	f.Add(38, 0, []byte("10.0.0.0/8"), 0)
	f.Add(48, 0, []byte("yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3"), 41)
	f.Fuzz(func(t *testing.T, id, typ int, b []byte, size int) {
		r := ByID(id)
		if r == nil || size < 0 || size > 1000 {
			return
		}
		v := Defaults(typ)
		if err := r.SetRaw(&v, typ, b); err != nil {
			if errno.Of(err, 0) != errno.EINVAL {
				t.Errorf("%s: %v", r.Name, err)
			}
			return
		}
		out := make([]byte, size)
		n, err := r.GetRaw(&v, typ, out)
		if err != nil {
			if errno.Of(err, 0) != errno.EINVAL {
				t.Errorf("%s: %v", r.Name, err)
			}
			return
		}
		if r.Kind == String {
			n--
		}
		again := Defaults(typ)
		if n == 0 && r.Min > 0 {
			return // what was cleared
		}
		if err := r.SetRaw(&again, typ, out[:n]); err != nil {
			t.Fatalf("%s refuses %q, which it gave for %q: %v", r.Name, out[:n], b, err)
		}
		more := make([]byte, size)
		if m, err := r.GetRaw(&again, typ, more); err != nil || !bytes.Equal(more[:m], out[:m]) {
			t.Errorf("%s gives %q, %v after %q", r.Name, more[:m], err, out[:n])
		}
	})
}

// FuzzParse reads any text for any option.
func FuzzParse(f *testing.F) {
	for _, r := range Rows() {
		f.Add(r.Name, "1s")
		f.Add(r.Name, "-1")
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		r, x, err := Parse(name, text)
		if err != nil {
			if errno.Of(err, 0) != errno.EINVAL {
				t.Errorf("%v", err)
			}
			return
		}
		for typ := range numTypes {
			v := Defaults(typ)
			if err := r.Set(&v, typ, x); err != nil && errno.Of(err, 0) != errno.EINVAL {
				t.Errorf("%v", err)
			}
		}
	})
}
