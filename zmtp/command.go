package zmtp

import "encoding/binary"

// Names of the commands of ZMTP 3.0 and 3.1 and of their mechanisms.
const (
	CmdReady     = "READY"
	CmdError     = "ERROR"
	CmdSubscribe = "SUBSCRIBE"
	CmdCancel    = "CANCEL"
	CmdPing      = "PING"
	CmdPong      = "PONG"
	CmdHello     = "HELLO"
	CmdWelcome   = "WELCOME"
	CmdInitiate  = "INITIATE"
	CmdMessage   = "MESSAGE"
	CmdJoin      = "JOIN"
	CmdLeave     = "LEAVE"
)

const (
	maxName    = 255 // names of commands and properties, and error reasons: one length byte
	maxContext = 16  // what a PONG echoes of its PING
	ttlLen     = 2
)

// AppendCommand appends a command as a whole frame, its data being all the
// pieces of data one after another. The name must have 1 to 255 bytes; a
// longer one is cut.
func AppendCommand(dst []byte, name string, data ...[]byte) []byte {
	name = name[:min(len(name), maxName)]
	size := 1 + len(name)
	for _, d := range data {
		size += len(d)
	}
	return AppendCommandBody(AppendHeader(dst, FlagCommand, size), name, data...)
}

// AppendCommandBody appends what AppendCommand does, without the frame header:
// what a mechanism seals into a message of its own.
func AppendCommandBody(dst []byte, name string, data ...[]byte) []byte {
	name = name[:min(len(name), maxName)]
	dst = append(dst, byte(len(name)))
	dst = append(dst, name...)
	for _, d := range data {
		dst = append(dst, d...)
	}
	return dst
}

// ParseCommand splits the body of a command frame into its name and its data,
// which is a view into body. A name is 1 to 255 bytes; its characters are not
// checked, since a command nobody knows is ignored anyway. The error unwraps to
// ErrMalformed. Known names are returned without allocating.
func ParseCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 {
		return "", nil, malformed("empty command")
	}
	n := int(body[0])
	if n == 0 {
		return "", nil, malformed("command without a name")
	}
	if len(body) < 1+n {
		return "", nil, malformed("command ends within its name")
	}
	return commandName(body[1 : 1+n]), body[1+n:], nil
}

// commandName converts a name, a known one without allocating: converting a
// byte slice only to switch on it copies nothing.
func commandName(b []byte) string {
	switch string(b) {
	case CmdReady:
		return CmdReady
	case CmdError:
		return CmdError
	case CmdSubscribe:
		return CmdSubscribe
	case CmdCancel:
		return CmdCancel
	case CmdPing:
		return CmdPing
	case CmdPong:
		return CmdPong
	case CmdHello:
		return CmdHello
	case CmdWelcome:
		return CmdWelcome
	case CmdInitiate:
		return CmdInitiate
	case CmdMessage:
		return CmdMessage
	case CmdJoin:
		return CmdJoin
	case CmdLeave:
		return CmdLeave
	}
	return string(b)
}

// AppendSubscribe appends a SUBSCRIBE frame, for peers of 3.1 and later. The
// form of its header follows from name and topic together, which the reference
// library gets wrong for topics of 246 to 255 bytes.
func AppendSubscribe(dst, topic []byte) []byte {
	return AppendCommand(dst, CmdSubscribe, topic)
}

// AppendCancel appends a CANCEL frame, the end of a subscription.
func AppendCancel(dst, topic []byte) []byte {
	return AppendCommand(dst, CmdCancel, topic)
}

// AppendPing appends a PING frame. ttl is in tenths of a second; a context of
// more than 16 bytes is cut, as the peer would cut it.
func AppendPing(dst []byte, ttl uint16, context []byte) []byte {
	var head [ttlLen]byte
	binary.BigEndian.PutUint16(head[:], ttl)
	return AppendCommand(dst, CmdPing, head[:], cutContext(context))
}

// ParsePing reads the data of a PING. The context, a view into data, is what a
// PONG has to echo: at most 16 bytes, what is beyond them is dropped as
// the reference library drops it. The error unwraps to ErrMalformed.
func ParsePing(data []byte) (ttl uint16, context []byte, err error) {
	if len(data) < ttlLen {
		return 0, nil, malformed("PING ends within its TTL")
	}
	return binary.BigEndian.Uint16(data), cutContext(data[ttlLen:]), nil
}

// AppendPong appends a PONG frame with the context of the PING it answers, cut
// to 16 bytes.
func AppendPong(dst, context []byte) []byte {
	return AppendCommand(dst, CmdPong, cutContext(context))
}

// AppendError appends an ERROR frame. A reason of more than 255 bytes is cut.
// The reference library gives the three digits of a ZAP status.
func AppendError(dst []byte, reason string) []byte {
	reason = reason[:min(len(reason), maxName)]
	return AppendCommand(dst, CmdError, []byte{byte(len(reason))}, []byte(reason))
}

// ParseError reads the data of an ERROR. Bytes behind the reason are ignored,
// as the reference library does: the peer has refused us either way. The
// reason is the peer's text, unchecked. The error unwraps to ErrMalformed.
func ParseError(data []byte) (reason string, err error) {
	if len(data) == 0 {
		return "", malformed("ERROR without a reason")
	}
	n := int(data[0])
	if len(data) < 1+n {
		return "", malformed("ERROR ends within its reason")
	}
	return string(data[1 : 1+n]), nil
}

func cutContext(context []byte) []byte {
	return context[:min(len(context), maxContext)]
}
