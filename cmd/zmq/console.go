package main

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// A console is standard error: lines, and under them one line of progress that
// is written over. It may be used by several goroutines at once. Errors of
// writing are ignored: there is no one to tell.
type console struct {
	w io.Writer

	mu       sync.Mutex
	progress bool // there is a line of progress, without a newline
}

// Line writes a line. What a peer has made up cannot steer a terminal.
func (c *console) Line(text string) {
	if terminal(c.w) {
		text = string(appendVisible(nil, []byte(text)))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	io.WriteString(c.w, c.eraseLocked()+text+"\n")
}

// Progress shows text in the line of progress; "" takes the line away.
func (c *console) Progress(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	erase := c.eraseLocked()
	if erase+text != "" {
		io.WriteString(c.w, erase+text)
	}
	c.progress = text != ""
}

func (c *console) eraseLocked() string {
	if !c.progress {
		return ""
	}
	c.progress = false
	return "\r\x1b[K"
}

// terminal reports whether x is one.
func terminal(x any) bool {
	if t, ok := x.(interface{ IsTerminal() bool }); ok {
		return t.IsTerminal()
	}
	f, ok := x.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
