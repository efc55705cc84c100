package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// text is how messages are written, in and out.
type text struct {
	Null      bool   `short:"0" help:"A NUL byte ends each message, in and out, and not a newline."`
	Hex       bool   `short:"x" help:"Short for --input hex --format hex."`
	Delimiter string `short:"d" default:"\\t" placeholder:"TEXT" help:"What is between the frames of one message; \\t, \\n, \\x1f and the like are understood. Default: a tab."`
	Frames    bool   `help:"A frame a line, and an empty line after each message, in and out. (Write frames that may be empty with --input and --format quoted.)"`
}

// delimiter is --delimiter, unescaped.
func (t *text) delimiter() ([]byte, error) {
	d, err := strconv.Unquote(`"` + strings.ReplaceAll(t.Delimiter, `"`, `\"`) + `"`)
	if err != nil || d == "" {
		return nil, usagef("for example -d , or -d '\\x1f'", fmt.Sprintf("%q is no delimiter", t.Delimiter))
	}
	return []byte(d), nil
}

// end is what ends a line.
func (t *text) end() byte {
	if t.Null {
		return 0
	}
	return '\n'
}

// decode turns the written form of a frame into its bytes; they may be b's.
func decode(form string, b []byte) ([]byte, error) {
	switch form {
	case "hex":
		out := make([]byte, hex.DecodedLen(len(b)))
		n, err := hex.Decode(out, b)
		if err != nil {
			return nil, usagef("two digits a byte, and nothing else; frames are cut with -m", fmt.Sprintf("%.40q is not hex", b))
		}
		return out[:n], nil
	case "quoted":
		s, err := strconv.Unquote(string(b))
		if err != nil {
			return nil, usagef(`a frame looks like "a\tb\x00"`, fmt.Sprintf("%.40q is not quoted as Go does it", b))
		}
		return []byte(s), nil
	}
	return b, nil
}

// appendID writes a routing id so that it can be read, and given back to
// parseID: as it is if it can be printed, and else in hex after 0x.
func appendID(dst, id, delimiter []byte) []byte {
	if printable(id) && !bytes.HasPrefix(id, []byte("0x")) && !bytes.Contains(id, delimiter) {
		return append(dst, id...)
	}
	return hex.AppendEncode(append(dst, "0x"...), id)
}

// parseID reads what appendID wrote.
func parseID(b []byte) []byte {
	if digits, ok := bytes.CutPrefix(b, []byte("0x")); ok {
		id := make([]byte, hex.DecodedLen(len(digits)))
		if n, err := hex.Decode(id, digits); err == nil {
			return id[:n]
		}
	}
	return b
}

// appendVisible appends text as a terminal may be given it: what could move the
// cursor, change colours or the order of letters, or pass for something else, is
// written as \u001b, and what is not UTF-8 as \xff. Tabs and newlines stay. Inside
// of JSON it means the same as before.
func appendVisible(dst, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1:
			dst = fmt.Appendf(dst, `\x%02x`, text[0])
		case r == '\t' || r == '\n' || r == '\u200d' || unicode.IsGraphic(r): // 200d joins emoji
			dst = append(dst, text[:n]...)
		case r > 0xffff: // as JSON does it
			hi, lo := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, hi, lo)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		text = text[n:]
	}
	return dst
}

func printable(b []byte) bool {
	return len(b) > 0 && utf8.Valid(b) && bytes.IndexFunc(b, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
