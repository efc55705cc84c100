package opt

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/curve"
)

// SetRaw is zmq_setsockopt: b holds the value as C lays it out, nil for a NULL
// pointer. Sizes are checked as libzmq checks them; the error is EINVAL.
func (r *Row) SetRaw(v *Values, t int, b []byte) error {
	x, err := r.Decode(b)
	if err != nil {
		return err
	}
	return r.Set(v, t, x)
}

// GetRaw is zmq_getsockopt: it writes the value into b, whose length is what
// the caller has room for, and returns the length used. The error is EINVAL.
func (r *Row) GetRaw(v *Values, t int, b []byte) (int, error) {
	x, err := r.Get(v, t)
	if err != nil {
		return 0, err
	}
	return r.Encode(b, x)
}

// Decode reads a value in C's layout into a form that Set takes. Text and bytes
// are still the caller's.
func (r *Row) Decode(b []byte) (any, error) {
	switch r.Kind {
	case Int, Bool, Millis:
		if b == nil && r.Clear {
			return nil, nil
		}
		if len(b) != 4 {
			return nil, r.fail("takes 4 bytes, not %d", len(b))
		}
		return int32(binary.NativeEndian.Uint32(b)), nil
	case Int64, Uint64:
		if len(b) != 8 {
			return nil, r.fail("takes 8 bytes, not %d", len(b))
		}
		n := binary.NativeEndian.Uint64(b)
		if r.Kind == Int64 {
			return int64(n), nil
		}
		return n, nil
	}
	return b, nil
}

// Encode writes a value, in the form that Get gives, in C's layout and returns
// its length. Numbers want exactly their size; text wants room for a NUL, which
// counts; keys want 32 bytes, or 41 for Z85. EINVAL: another size. What is left of
// dst becomes zero.
func (r *Row) Encode(dst []byte, x any) (n int, err error) {
	if n, err = r.encode(dst, x); err == nil {
		clear(dst[n:])
	}
	return n, err
}

func (r *Row) encode(dst []byte, x any) (int, error) {
	switch r.Kind {
	case Int, Bool, Millis:
		n, ok := number(x)
		if !ok {
			return 0, r.fail("has a value of type %T", x)
		}
		if len(dst) != 4 && !(r.loose && len(dst) > 4) {
			return 0, r.fail("fills 4 bytes, not %d", len(dst))
		}
		binary.NativeEndian.PutUint32(dst, uint32(int32(min(max(n, minInt), maxInt))))
		return 4, nil
	case Int64, Uint64:
		n, ok := x.(uint64)
		if !ok {
			i, is := number(x)
			n, ok = uint64(i), is
		}
		if !ok || len(dst) != 8 {
			return 0, r.fail("fills 8 bytes, not %d", len(dst))
		}
		binary.NativeEndian.PutUint64(dst, n)
		return 8, nil
	}
	b, ok := text(x)
	if !ok {
		return 0, r.fail("has a value of type %T", x)
	}
	switch r.Kind {
	case String:
		if !r.loose || len(dst) != len(b) {
			b = append(b[:len(b):len(b)], 0)
		}
	case Key:
		if len(dst) == 41 {
			b, _ = curve.EncodeZ85(nil, b) // 32 is a multiple of 4
			b = append(b, 0)
		} else if len(dst) != 32 {
			return 0, r.fail("fills 32 or 41 bytes, not %d", len(dst))
		}
	}
	if len(dst) < len(b) {
		return 0, r.fail("needs %d bytes, not %d", len(b), len(dst))
	}
	return copy(dst, b), nil
}
