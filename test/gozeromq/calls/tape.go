package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A tape prints what calls return. Each line is written at once, so that a
// crash leaves all that came before it.
type tape struct {
	seen map[string]int
	hide []string // pairs for strings.NewReplacer: what differs in every run
}

// is prints a call and its results: t.is("recv")(s.Recv()).
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
	fmt.Fprintf(os.Stdout, "%s = %s\n", call, ports.ReplaceAllString(result, ":port"))
}

var ports = regexp.MustCompile(`:\d{4,5}\b`)

func (t *tape) hides(text, by string) { t.hide = append(t.hide, text, by) }

// runs prints what a call returns, that it panics, or that it is still waiting after a
// time which is far from what either answer takes.
func (t *tape) runs(call string, f func() []any) {
	done := make(chan string, 1)
	go func() { // ends with the call, or with the process
		defer func() {
			if r := recover(); r != nil {
				done <- "panics"
			}
		}()
		var said []string
		for _, r := range f() {
			said = append(said, show(r))
		}
		done <- strings.Join(said, ", ")
	}()
	select {
	case s := <-done:
		t.say(call, s)
	case <-time.After(1500 * time.Millisecond):
		t.say(call, "waits")
	}
}

// show prints a result with its type where that matters.
func show(x any) string {
	switch x := x.(type) {
	case nil:
		return "nil"
	case error:
		switch x {
		case context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, zmq4.ErrBadCmd, zmq4.ErrBadProperty, zmq4.ErrBadFrame, zmq4.ErrClosedConn:
			return fmt.Sprintf("error == %q", x.Error())
		}
		var op *net.OpError
		return fmt.Sprintf("error %q, net.OpError %t", x.Error(), errors.As(x, &op))
	case zmq4.Msg:
		frames := make([]string, len(x.Frames))
		for i, f := range x.Frames {
			if frames[i] = fmt.Sprintf("%q", f); f == nil {
				frames[i] = "nil"
			}
		}
		return fmt.Sprintf("Msg %v type %d err %v frames nil %t", frames, x.Type, x.Err(), x.Frames == nil)
	case string, []byte, []string:
		if v := reflect.ValueOf(x); v.Kind() == reflect.Slice && v.IsNil() {
			return "nil slice"
		}
		return fmt.Sprintf("%q", x)
	case net.Addr:
		return fmt.Sprintf("%T %s %s", x, x.Network(), x)
	}
	return fmt.Sprintf("%#v", x)
}

// must ends the process: a scenario cannot go on without what it is given.
func must(err error) {
	if err != nil {
		fmt.Printf("the scenario stops: %v\n", err)
		os.Exit(1)
	}
}
