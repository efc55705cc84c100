package zmq_test

import (
	"context"
	"fmt"
	"log"

	zmq "github.com/zeroth-mq/zmq"
)

// A server that is encrypted and knows its clients. Certificates are in files:
// see ReadCurveCert, and auth.Certs.
func ExampleAuthenticate() {
	server, err := zmq.NewCurveCert()
	if err != nil {
		log.Fatal(err)
	}
	alice, err := zmq.NewCurveCert()
	if err != nil {
		log.Fatal(err)
	}
	clients := zmq.AuthFunc(func(_ context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
		if r.PublicKey != alice.Public {
			return zmq.Identity{}, zmq.Refuse("key %v is not known", r.PublicKey)
		}
		return zmq.Identity{UserID: "Alice"}, nil
	})
	rep, addr := bind(zmq.Rep, server.AsServer(), zmq.Authenticate(clients))
	defer rep.Close()
	req := connect(zmq.Req, addr, alice.AsClient(server.Public))
	defer req.Close()

	ctx := context.Background()
	if err := req.Send(ctx, []byte("Who am I?")); err != nil {
		log.Fatal(err)
	}
	question, err := rep.Recv(ctx)
	if err != nil {
		log.Fatal(err)
	}
	peer := question.Peer()
	if err := rep.Send(ctx, fmt.Appendf(nil, "You are %s, over %s.", peer.UserID, peer.Mechanism)); err != nil {
		log.Fatal(err)
	}
	answer, err := req.Recv(ctx)
	fmt.Println(string(answer.Bytes()), err)
	// Output: You are Alice, over CURVE. <nil>
}

func ExampleCurveCert_Save() {
	cert, err := zmq.NewCurveCert()
	if err != nil {
		log.Fatal(err)
	}
	cert.Metadata = map[string]string{"name": "Alice"}
	// For everybody in alice.key, and for this user alone in alice.key_secret.
	if err := cert.Save("alice.key", false); err != nil {
		log.Fatal(err)
	}
}

func ExampleParseCurveKey() {
	key, err := zmq.ParseCurveKey("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID")
	fmt.Println(key, err)
	_, err = zmq.ParseCurveKey("Yne@$w-vo")
	fmt.Println(err != nil)
	// Output:
	// Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID <nil>
	// true
}
