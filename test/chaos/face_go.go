package chaos

import (
	"context"
	"errors"
	"strconv"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// goFace is a socket of the Go API.
type goFace struct {
	s *zmq.Socket
}

// user and password are those of PLAIN, everywhere.
const user, password = "joe", "secret"

// allow lets everybody in who knows the password, or any key.
type allow struct{}

func (allow) Authenticate(_ context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
	if r.Mechanism == "PLAIN" && (r.Username != user || r.Password != password) {
		return zmq.Identity{}, zmq.Refuse("no")
	}
	return zmq.Identity{UserID: "somebody"}, nil
}

func (f *goFace) open(kind int, options [][2]string, _ bool) error {
	var list []zmq.Option
	var topics []string
	for _, o := range options {
		switch o[0] {
		case "SUBSCRIBE":
			topics = append(topics, o[1])
			continue
		case "PLAIN_SERVER", "CURVE_SERVER":
			list = append(list, zmq.Authenticate(allow{}))
		}
		one, err := zmq.ParseOption(o[0], o[1])
		if err != nil {
			return err
		}
		list = append(list, one)
	}
	s, err := zmq.New(zmq.Type(kind), list...)
	if err != nil {
		return err
	}
	f.s = s
	if len(topics) > 0 {
		return s.Subscribe(topics...)
	}
	return nil
}

func (f *goFace) bind(endpoint string) (string, error) { return f.s.Bind(endpoint) }
func (f *goFace) connect(endpoint string) error        { return f.s.Connect(endpoint) }
func (f *goFace) send(frames [][]byte) error {
	for {
		err := f.s.Send(context.Background(), frames...)
		if !errors.Is(err, zmq.ErrState) {
			return err
		}
		time.Sleep(time.Millisecond) // a REP whose question has not come yet
	}
}

func (f *goFace) recv() (uint64, [][]byte, error) {
	for {
		m, err := f.s.Recv(context.Background())
		if err == nil {
			return m.Peer().Conn, m.Frames(), nil
		}
		if !errors.Is(err, zmq.ErrState) {
			return 0, nil, err
		}
		time.Sleep(time.Millisecond) // a REQ that has not asked yet, a REP that has not answered
	}
}

func (f *goFace) limit(n uint64) error { return limitDescriptors(n) }

func (f *goFace) close() {
	if f.s != nil {
		f.s.Close()
	}
}

// itoa is for options.
func itoa(n int) string { return strconv.Itoa(n) }
