package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/zeroth-mq/zmq"
)

// sink is where messages go: standard output.
type sink struct {
	Format string `enum:"plain,raw,hex,json,quoted" default:"plain" help:"How to print messages: plain (on a terminal, control characters are escaped), raw (as they are, and nothing between two messages or frames), hex, json ({\"frames\":[...]}, or base64 where it is not UTF-8) or quoted (as Go does it)."`
}

// A printer writes messages, buffered: a caller that waits for something calls flush
// before. It is for one goroutine.
type printer struct {
	*text
	out  *bufio.Writer
	cut  []byte
	from bool // the first frame is a routing id
	form string
	safe bool   // for a terminal: what could steer it is escaped
	line []byte // reused
}

// open makes a printer. from says that messages begin with a routing id.
func (s *sink) open(e *env, t *text, from bool) (*printer, error) {
	cut, err := t.delimiter()
	if err != nil {
		return nil, err
	}
	p := &printer{text: t, out: bufio.NewWriterSize(e.stdout, 64<<10), cut: cut, from: from, form: s.Format,
		safe: terminal(e.stdout)}
	if t.Hex {
		p.form = "hex"
	}
	if t.Frames {
		p.cut = []byte{t.end()}
	}
	return p, nil
}

func (p *printer) flush() error { return p.out.Flush() }

// print writes a message.
func (p *printer) print(m zmq.Message) error {
	switch p.form {
	case "raw":
		for _, f := range m.All() {
			if _, err := p.out.Write(f); err != nil {
				return err
			}
		}
		return nil
	case "json":
		return p.json(m)
	}
	if m.Len() == 1 && p.form == "plain" && !p.from && !p.safe {
		p.out.Write(m.Bytes()) // the error stays, for WriteByte
	} else {
		p.line = p.line[:0]
		for i, f := range m.All() {
			if i > 0 {
				p.line = append(p.line, p.cut...)
			}
			p.line = p.append(p.line, i, f)
		}
		p.out.Write(p.line)
	}
	if p.Frames {
		p.out.WriteByte(p.end())
	}
	return p.out.WriteByte(p.end())
}

func (p *printer) append(dst []byte, i int, frame []byte) []byte {
	switch {
	case p.form == "hex":
		return hex.AppendEncode(dst, frame)
	case p.form == "quoted":
		return strconv.AppendQuote(dst, string(frame))
	case i == 0 && p.from:
		return appendID(dst, frame, p.cut)
	}
	if p.safe {
		return appendVisible(dst, frame)
	}
	return append(dst, frame...)
}

func (p *printer) json(m zmq.Message) error {
	var j jsonMessage
	for _, f := range m.All() {
		if !utf8.Valid(f) {
			j = jsonMessage{Base64: m.Frames()}
			break
		}
		j.Frames = append(j.Frames, string(f))
	}
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	if p.safe {
		b = appendVisible(nil, b)
	}
	p.out.Write(b)
	return p.out.WriteByte(p.end())
}
