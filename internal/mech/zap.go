package mech

import "github.com/zeroth-mq/zmq/zmtp"

const (
	zapVersion = "1.0"
	zapRequest = "1" // each request has a connection of its own: any id does
	zapFrames  = 7
)

// A ZAPCall is what a ZAP handler is asked.
type ZAPCall struct {
	Domain   string
	Identity []byte // the asking socket's own routing id, as libzmq has it
	Request
}

// Frames are the request as a DEALER sends it to a REP or ROUTER. They share
// memory with c.
func (c *ZAPCall) Frames() [][]byte {
	frames := [][]byte{
		nil, []byte(zapVersion), []byte(zapRequest),
		[]byte(c.Domain), []byte(c.Address), c.Identity, []byte(c.Mechanism),
	}
	return append(frames, c.Credentials...)
}

// ParseZAP reads a handler's reply. Its errors are *ProtocolError.
func ParseZAP(frames [][]byte) (Reply, error) {
	if len(frames) != zapFrames {
		return Reply{}, Failf(ZAPMalformedReply, "the ZAP handler's reply has %d frames; it must have %d", len(frames), zapFrames)
	}
	if len(frames[0]) > 0 {
		return Reply{}, Failf(ZAPUnspecified, "the ZAP handler's reply does not begin with an empty frame")
	}
	if string(frames[1]) != zapVersion {
		return Reply{}, Failf(ZAPBadVersion, "the ZAP handler's reply is of version %.20q; it must be %q", frames[1], zapVersion)
	}
	if string(frames[2]) != zapRequest {
		return Reply{}, Failf(ZAPBadRequestID, "the ZAP handler replied to request %.20q; it was asked %q", frames[2], zapRequest)
	}
	status, ok := zapStatus(frames[3])
	if !ok {
		return Reply{}, Failf(ZAPInvalidStatus, "the ZAP handler's status %.20q is none of 200, 300, 400 and 500", frames[3])
	}
	meta, err := zmtp.ParseMetadata(frames[6])
	if err != nil {
		return Reply{}, Failf(ZAPInvalidMetadata, "the metadata of the ZAP handler's reply: %v", err)
	}
	return Reply{Status: status, Text: string(frames[4]), UserID: string(frames[5]), Metadata: meta}, nil
}

func zapStatus(b []byte) (int, bool) {
	switch string(b) {
	case "200", "300", "400", "500":
		return int(b[0]-'0') * 100, true
	}
	return 0, false
}
