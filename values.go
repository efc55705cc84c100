package zmq

import (
	"fmt"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
)

// The types of settings that are not plain numbers, and how they are kept: the option
// table has integers, as C does.

// StopOn is when a connection is not made again, for ReconnectStop; several are
// or-ed together.
type StopOn int

// The occasions.
const (
	StopOnRefusal    StopOn = 1 // nothing listens at the endpoint
	StopOnHandshake  StopOn = 2 // a handshake has failed
	StopOnDisconnect StopOn = 4 // after Disconnect, although messages wait to be sent
)

// String names the occasions, "refusal|handshake"; "none" for 0.
func (s StopOn) String() string { return bits(int(s), "refusal", "handshake", "disconnect") }

// KeepAlive is whether the system probes silent connections, for TCPKeepAlive.
type KeepAlive int

// The choices.
const (
	KeepAliveSystem KeepAlive = -1 // as the system has it
	KeepAliveOff    KeepAlive = 0
	KeepAliveOn     KeepAlive = 1
)

// String is "system", "off" or "on".
func (k KeepAlive) String() string {
	switch k {
	case KeepAliveSystem:
		return "system"
	case KeepAliveOff:
		return "off"
	case KeepAliveOn:
		return "on"
	}
	return fmt.Sprintf("KeepAlive(%d)", int(k))
}

// A BitRate is a number of bits per second, for MulticastRate:
// 20*zmq.MbitPerSecond.
type BitRate int64

// The units: thousands and millions.
const (
	KbitPerSecond BitRate = 1000
	MbitPerSecond BitRate = 1000 * KbitPerSecond
)

// String is the rate in the largest unit that gives a whole number, "20 Mbit/s".
func (r BitRate) String() string {
	switch {
	case r != 0 && r%MbitPerSecond == 0:
		return fmt.Sprintf("%d Mbit/s", r/MbitPerSecond)
	case r != 0 && r%KbitPerSecond == 0:
		return fmt.Sprintf("%d kbit/s", r/KbitPerSecond)
	}
	return fmt.Sprintf("%d bit/s", int64(r))
}

// bits names the bits of x, from the lowest.
func bits(x int, names ...string) string {
	var set []string
	for i, name := range names {
		if x&(1<<i) != 0 {
			set = append(set, name)
		}
		x &^= 1 << i
	}
	if x != 0 {
		set = append(set, fmt.Sprint(x))
	}
	if set == nil {
		return "none"
	}
	return strings.Join(set, "|")
}

// plain turns the types of this package into what options hold. ErrInvalid: a rate
// that is no whole number of kbit/s.
func plain(x any) (any, error) {
	switch x := x.(type) {
	case CurveKey:
		return [32]byte(x), nil
	case CurveSecret:
		return [32]byte(x), nil
	case Password:
		return string(x), nil
	case StopOn:
		return int(x), nil
	case Notice:
		return int(x), nil
	case KeepAlive:
		return int(x), nil
	case BitRate:
		if x%KbitPerSecond != 0 {
			return nil, fmt.Errorf("cannot be %v: it is a whole number of kbit/s, as in 100*KbitPerSecond: %w", x, ErrInvalid)
		}
		return int64(x / KbitPerSecond), nil
	}
	return x, nil
}

// typed is the opposite for a T.
func typed[T any](row *opt.Row, x any) (v T, ok bool) {
	switch p := any(&v).(type) {
	case *CurveKey:
		return v, fill(p[:], x)
	case *CurveSecret:
		return v, fill(p[:], x)
	case *Password:
		s, ok := x.(string)
		*p = Password(s)
		return v, ok
	case *StopOn:
		return v, number(p, x)
	case *Notice:
		return v, number(p, x)
	case *KeepAlive:
		return v, number(p, x)
	case *BitRate:
		ok := number(p, x)
		*p *= KbitPerSecond
		return v, ok
	case *time.Duration:
		if number(p, x) {
			*p *= row.Step
			return v, row.Step > 0
		}
	}
	v, ok = x.(T)
	return v, ok
}

func fill(dst []byte, x any) bool {
	b, ok := x.([]byte)
	return ok && copy(dst, b) == len(dst)
}

// number sets *p to x if that is an int.
func number[T ~int | ~int64](p *T, x any) bool {
	n, ok := x.(int)
	*p = T(n)
	return ok
}
