//go:build linux

package chaos

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A bridge is a process that holds a socket for the harness, so that it can be
// killed, stopped and measured: what it is told on its standard input it does,
// and what it receives it says on its standard output.

// A face is a socket as some API has it. recv is called by one goroutine, the
// others by another.
type face interface {
	open(kind int, options [][2]string, deaf bool) error
	bind(endpoint string) (string, error)
	connect(endpoint string) error
	send(frames [][]byte) error // waits until there is room
	recv() (conn uint64, frames [][]byte, err error)
	limit(n uint64) error // descriptors
	close()
}

// faces are those that this program has itself.
var faces = map[string]func() face{
	"go":   func() face { return &goFace{} },
	"zmq4": func() face { return newPebble() },
}

// Child is a process of the suite in a role; it does not return. Without a
// role, which is most often so, it does.
func Child() {
	role, arg, _ := strings.Cut(os.Getenv(roleEnv), " ")
	switch {
	case role == "":
		return
	case role == "attack":
		os.Exit(attackRole(arg))
	case faces[role] == nil:
		fmt.Fprintln(os.Stderr, "no such role:", role)
		os.Exit(2)
	}
	b := &bridge{face: faces[role](), in: bufio.NewReaderSize(os.Stdin, 64<<10), out: bufio.NewWriterSize(os.Stdout, 64<<10)}
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, role+":", err)
		os.Exit(1)
	}
	os.Exit(0)
}

type bridge struct {
	face
	in  *bufio.Reader
	mu  sync.Mutex
	out *bufio.Writer

	sends   chan [][]byte // to the sender
	stop    context.CancelFunc
	workers sync.WaitGroup // of the socket that is open
}

// run obeys until there are no commands any more.
func (b *bridge) run() error {
	defer b.shut()
	for {
		kind, body, err := readRecord(b.in)
		if err != nil {
			return nil // the harness has gone, or wants us to
		}
		if kind == cmdSend {
			frames, err := parseFrames(body)
			if err != nil {
				return err
			}
			b.sends <- frames
			continue
		}
		text, err := b.do(kind, string(body))
		if err != nil {
			text = "!" + err.Error()
		}
		b.say(saidReply, []byte(text))
	}
}

func (b *bridge) do(kind byte, text string) (string, error) {
	switch kind {
	case cmdNew:
		return "", b.begin(text)
	case cmdBind:
		return b.bind(text)
	case cmdConnect:
		return "", b.connect(text)
	case cmdCount:
		debug.FreeOSMemory()
		return strconv.Itoa(runtime.NumGoroutine()), nil
	case cmdLimit:
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return "", err
		}
		return "", b.limit(n)
	}
	return "", nil
}

// begin opens another socket; both of its goroutines end with it.
func (b *bridge) begin(text string) error {
	b.shut()
	if text == "" {
		return nil
	}
	kind, options, err := parseNew(text)
	if err != nil {
		return err
	}
	echo, deaf := false, false
	options = slices.DeleteFunc(options, func(o [2]string) bool {
		echo, deaf = echo || o[0] == ownEcho, deaf || o[0] == ownDeaf
		return o[0] == ownEcho || o[0] == ownDeaf
	})
	if err := b.open(kind, options, deaf); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	b.sends, b.stop = make(chan [][]byte, 64), stop
	b.workers.Add(1)
	go b.sender(ctx, b.sends) // owned by b, see shut
	if !deaf {
		b.workers.Add(1)
		go b.receiver(echo) // owned by b, see shut
	}
	return nil
}

func (b *bridge) shut() {
	if b.stop == nil {
		return
	}
	b.stop()
	b.close()
	b.workers.Wait()
	b.stop = nil
}

func (b *bridge) sender(ctx context.Context, sends <-chan [][]byte) {
	defer b.workers.Done()
	for {
		select {
		case <-ctx.Done():
			return
		case frames := <-sends:
			if err := b.send(frames); err != nil && ctx.Err() == nil {
				b.say(saidRefused, []byte(err.Error()))
			}
		}
	}
}

func (b *bridge) receiver(echo bool) {
	defer b.workers.Done()
	for {
		conn, frames, err := b.recv()
		switch {
		case err != nil:
			return
		case echo:
			b.send(frames) // who asked may be gone
		default:
			b.say(saidMessage, binary.BigEndian.AppendUint64(nil, conn), appendFrames(nil, frames))
		}
	}
}

func (b *bridge) say(kind byte, parts ...[]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	writeRecord(b.out, kind, parts...)
}

// parseNew reads what cmdNew carries.
func parseNew(text string) (kind int, options [][2]string, err error) {
	first, rest, _ := strings.Cut(text, "\n")
	kind, err = strconv.Atoi(first)
	for line := range strings.Lines(rest) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		options = append(options, [2]string{name, value})
	}
	return kind, options, err
}
