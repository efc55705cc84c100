package zmq_test

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"io/fs"
	"reflect"
	"slices"
	"testing"

	"github.com/zeroth-mq/zmq"
)

// zeros has the zero value of each exported type, and nil where that is how a
// program most often comes by none.
var zeros = map[string][]any{
	"AuthFunc": {zmq.AuthFunc(nil)}, "AuthRequest": {new(zmq.AuthRequest)}, "BitRate": {new(zmq.BitRate)}, "Context": {new(zmq.Context), (*zmq.Context)(nil)},
	"Counts": {new(zmq.Counts)}, "CurveCert": {new(zmq.CurveCert), (*zmq.CurveCert)(nil)}, "CurveKey": {new(zmq.CurveKey)},
	"CurveSecret": {new(zmq.CurveSecret)}, "Device": {new(zmq.Device)}, "EndpointError": {new(zmq.EndpointError)}, "Error": {new(zmq.Error)},
	"Event": {new(zmq.Event)}, "EventKind": {new(zmq.EventKind)}, "Identity": {new(zmq.Identity)}, "Incoming": {new(zmq.Incoming)},
	"KeepAlive": {new(zmq.KeepAlive)}, "Message": {new(zmq.Message)}, "Monitor": {new(zmq.Monitor), (*zmq.Monitor)(nil)}, "Notice": {new(zmq.Notice)}, "Opt": {new(zmq.Opt[int]), new(zmq.Opt[[]byte])}, "Password": {new(zmq.Password)}, "Peer": {new(zmq.Peer)},
	"PeerInfo": {new(zmq.PeerInfo)}, "ProxyStats": {new(zmq.ProxyStats)}, "Polled": {new(zmq.Polled)}, "Poller": {new(zmq.Poller), (*zmq.Poller)(nil)},
	"Refusal": {new(zmq.Refusal)}, "Socket": {new(zmq.Socket), (*zmq.Socket)(nil)}, "SteerableProxy": {new(zmq.SteerableProxy), (*zmq.SteerableProxy)(nil)}, "State": {new(zmq.State)}, "StopOn": {new(zmq.StopOn)}, "Stats": {new(zmq.Stats)},
	"Type": {new(zmq.Type)}, "UndeliveredError": {new(zmq.UndeliveredError)},
}

// functions has each exported function of the package that takes an argument.
var functions = map[string]any{
	"Authenticate": zmq.Authenticate, "DecodeZ85": zmq.DecodeZ85, "EncodeZ85": zmq.EncodeZ85, "Get": zmq.Get[int], "Logger": zmq.Logger,
	"New": zmq.New, "ParseCurveCert": zmq.ParseCurveCert, "ParseCurveKey": zmq.ParseCurveKey, "ParseCurveSecret": zmq.ParseCurveSecret,
	"ParseOption": zmq.ParseOption, "ParseType": zmq.ParseType, "Types": zmq.Types, "Proxy": zmq.Proxy, "ReadCurveCert": zmq.ReadCurveCert,
	"Receive": zmq.Receive, "Refuse": zmq.Refuse, "ReleaseAll": zmq.ReleaseAll,
	"NewContext": zmq.NewContext, "NewCurveCert": zmq.NewCurveCert, "NewCurveKeypair": zmq.NewCurveKeypair, "NewPoller": zmq.NewPoller,
}

// Fault C12: whatever is called on a zero or nil value, with zero arguments, nil
// ctx and nil options, fails, if it does, with ErrClosed or ErrInvalid; it never
// panics. The list of types and functions is the package's own.
func TestZeroValues(t *testing.T) {
	pkg, err := exported()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		switch obj.(type) {
		case *types.TypeName:
			if _, abstract := obj.Type().Underlying().(*types.Interface); obj.Exported() && !abstract && zeros[name] == nil {
				t.Errorf("zeros has no %s", name)
			}
		case *types.Func:
			if obj.Exported() && functions[name] == nil {
				t.Errorf("functions has no %s", name)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, values := range zeros {
		for i, x := range values {
			v := reflect.ValueOf(x)
			for k := range v.NumMethod() {
				m := v.Type().Method(k)
				if name == "Message" && m.Name == "Frame" || name == "Incoming" && m.Name == "Frame" {
					continue // says that it panics, as an index does
				}
				if name == "Incoming" && m.Name == "Release" {
					continue
				}
				for _, ctx := range []context.Context{nil, ctx} {
					what := fmt.Sprintf("%s.%s of value %d, ctx %v", name, m.Name, i, ctx)
					callZero(t, what, v.Method(k), ctx)
				}
			}
		}
	}
	for name, f := range functions {
		for _, ctx := range []context.Context{nil, ctx} {
			callZero(t, name, reflect.ValueOf(f), ctx)
		}
	}
	if _, err := zmq.New(zmq.Push, nil, zmq.Linger.Of(0)); !errors.Is(err, zmq.ErrInvalid) {
		t.Errorf("a nil Option: %v", err)
	}
	var cert *zmq.CurveCert
	if _, err := zmq.New(zmq.Push, cert.AsServer()); !errors.Is(err, zmq.ErrInvalid) {
		t.Errorf("a nil CurveCert: %v", err)
	}
	if err := new(zmq.Socket).Set(zmq.Logger(nil)); !errors.Is(err, zmq.ErrClosed) {
		t.Errorf("set on a zero Socket: %v", err)
	}
}

// callZero calls f with zero arguments and ctx, and runs what it returns to run.
func callZero(t *testing.T, what string, f reflect.Value, ctx context.Context) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v", what, r)
		}
	}()
	typ := f.Type()
	var in []reflect.Value
	for i := range typ.NumIn() {
		if typ.IsVariadic() && i == typ.NumIn()-1 {
			break
		}
		arg := reflect.Zero(typ.In(i))
		switch {
		case typ.In(i) == reflect.TypeFor[context.Context]() && ctx != nil:
			arg = reflect.ValueOf(ctx)
		case typ.In(i) == reflect.TypeFor[fmt.State]():
			return // fmt has one
		}
		in = append(in, arg)
	}
	for _, args := range [][]reflect.Value{in, slices.Concat(in, variadic(typ))} {
		for _, out := range f.Call(args) {
			switch out.Kind() {
			case reflect.Func: // an iterator
				for range out.Type().NumIn() {
					yield := reflect.MakeFunc(out.Type().In(0), func(got []reflect.Value) []reflect.Value {
						for _, g := range got {
							checkZero(t, what, g)
						}
						return []reflect.Value{reflect.ValueOf(true)}
					})
					out.Call([]reflect.Value{yield})
				}
			default:
				checkZero(t, what, out)
			}
		}
	}
}

// variadic is one zero value more for the last parameter, if there may be several.
func variadic(typ reflect.Type) []reflect.Value {
	if !typ.IsVariadic() {
		return nil
	}
	return []reflect.Value{reflect.Zero(typ.In(typ.NumIn() - 1).Elem())}
}

// checkZero looks at a result.
func checkZero(t *testing.T, what string, out reflect.Value) {
	t.Helper()
	if out.Type() == reflect.TypeFor[*zmq.Socket]() && !out.IsNil() {
		out.Interface().(*zmq.Socket).Close()
	}
	err, ok := out.Interface().(error)
	if !ok || err == nil {
		return
	}
	for _, is := range []error{zmq.ErrClosed, zmq.ErrInvalid, context.Canceled, fs.ErrNotExist} {
		if errors.Is(err, is) {
			if err.Error() == "" {
				t.Errorf("%s: no text", what)
			}
			return
		}
	}
	if r := (*zmq.Refusal)(nil); !errors.As(err, &r) {
		t.Errorf("%s: %v", what, err)
	}
}

// Fault C12: what is not there is named.
func TestNilIsNamed(t *testing.T) {
	var s *zmq.Socket
	if err := s.Send(t.Context(), nil); !errors.Is(err, zmq.ErrClosed) {
		t.Error(err)
	}
	if _, err := new(zmq.Socket).Recv(t.Context()); !errors.Is(err, zmq.ErrClosed) {
		t.Error(err)
	}
	if _, err := new(zmq.Context).New(zmq.Push); !errors.Is(err, zmq.ErrInvalid) {
		t.Error(err)
	}
	push := open(zmq.Push)
	defer push.Close()
	var none context.Context
	for what, err := range map[string]error{
		"Send": push.Send(none, nil), "Proxy": zmq.Proxy(none, push, push, nil), "Proxy of nil": zmq.Proxy(t.Context(), push, nil, nil),
		"Poller.Add": zmq.NewPoller().Add(nil, zmq.PollIn), "Shutdown": push.Shutdown(none), "WaitConnected": push.WaitConnected(none, 1),
		"Run": zmq.Queue.Run(none, "inproc://a", "inproc://b"),
	} {
		if !errors.Is(err, zmq.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, err := range zmq.Receive(t.Context(), push, nil) {
		if !errors.Is(err, zmq.ErrInvalid) {
			t.Error(err)
		}
	}
	var p zmq.Poller
	defer p.Close()
	if err := p.Add(push, zmq.PollIn); err != nil {
		t.Error("the zero Poller:", err)
	}
}
