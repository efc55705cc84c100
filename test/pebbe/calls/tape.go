package main

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// A tape prints what calls return. Each line is written at once, so that a
// crash leaves all that came before it.
type tape struct {
	seen map[string]int
	hide []string // pairs for strings.NewReplacer: what differs in every run
}

func newTape() *tape { return &tape{seen: make(map[string]int)} }

// is prints a call and its results: t.is("recv")(s.Recv(0)).
func (t *tape) is(call string) func(results ...any) {
	return func(results ...any) {
		said := make([]string, len(results))
		for i, r := range results {
			said[i] = show(r)
		}
		t.say(call, strings.Join(said, ", "))
	}
}

// say prints one line. A call that was there before gets a number.
func (t *tape) say(call, result string) {
	t.seen[call]++
	if n := t.seen[call]; n > 1 {
		call = fmt.Sprintf("%s #%d", call, n)
	}
	result = strings.NewReplacer(t.hide...).Replace(result)
	fmt.Fprintf(os.Stdout, "%s = %s\n", call, pointers.ReplaceAllString(result, "0x?"))
}

var pointers = regexp.MustCompile(`0x[0-9a-f]{5,}`)

// hides has a text, an address for one, replaced in all that is printed.
func (t *tape) hides(text, by string) { t.hide = append(t.hide, text, by) }

// panics prints whether a call panics, and the class of what it panics with.
func (t *tape) panics(call string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			t.say(call, fmt.Sprintf("panics with a %T", r))
			return
		}
		t.say(call, "no panic")
	}()
	f()
}

// soon prints whether a call comes back before a limit; it is left behind
// otherwise. The limit is far from what either answer takes.
func (t *tape) soon(call string, limit time.Duration, f func()) (done chan struct{}) {
	done = make(chan struct{})
	go func() { // ends with the call, or with the process
		defer close(done)
		f()
	}()
	select {
	case <-done:
		t.say(call, "returns")
	case <-time.After(limit):
		t.say(call, "waits")
	}
	return done
}

// show prints a result with its type where that matters.
func show(x any) string {
	switch x := x.(type) {
	case nil:
		return "nil"
	case zmq.Errno:
		return fmt.Sprintf("Errno(%d) %q", uintptr(x), x.Error())
	case syscall.Errno:
		return fmt.Sprintf("syscall.Errno(%d) %q", uintptr(x), x.Error())
	case error:
		return fmt.Sprintf("error %q", x.Error())
	case string, []byte, []string, [][]byte:
		if v := reflect.ValueOf(x); v.Kind() == reflect.Slice && v.IsNil() {
			return "nil slice"
		}
		return fmt.Sprintf("%q", x)
	case map[string]string:
		if x == nil {
			return "nil map"
		}
		return fmt.Sprintf("%q", x)
	case *zmq.Context:
		return fmt.Sprintf("Context nil=%t", x == nil)
	case *zmq.Socket:
		if x == nil {
			return "Socket nil"
		}
		return x.String()
	case []zmq.Polled:
		each := make([]string, len(x))
		for i, p := range x {
			each[i] = fmt.Sprintf("%v:%v", p.Socket, p.Events)
		}
		return fmt.Sprintf("nil=%t %v", x == nil, each)
	case fmt.Stringer:
		return x.String()
	}
	return fmt.Sprint(x)
}

// must ends the process: a scenario cannot go on without what it is given.
func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		fmt.Printf("the scenario stops: %v\n", err)
		os.Exit(1)
	}
}
