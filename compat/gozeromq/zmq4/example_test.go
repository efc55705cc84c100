package zmq4_test

import (
	"context"
	"fmt"
	"log"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/auth"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/security/curve"
)

// A server and a client with CURVE, which go-zeromq does not have.
func Example() {
	server, err := zmq.NewCurveCert()
	if err != nil {
		log.Fatal(err)
	}
	me, err := zmq.NewCurveCert()
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	rep := zmq4.NewRep(ctx, zmq4.WithSecurity(curve.Server(server, auth.Keys(me.Public))))
	defer rep.Close()
	if err := rep.Listen("tcp://127.0.0.1:*"); err != nil {
		log.Fatal(err)
	}
	req := zmq4.NewReq(ctx, zmq4.WithSecurity(curve.Client(me, server.Public)))
	defer req.Close()
	if err := req.Dial("tcp://" + rep.Addr().String()); err != nil {
		log.Fatal(err)
	}
	if err := req.Send(zmq4.NewMsgString("hello")); err != nil {
		log.Fatal(err)
	}
	m, err := rep.Recv()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output: Msg{Frames:{"hello"}}
}
