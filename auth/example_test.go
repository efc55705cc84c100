package auth_test

import (
	"log"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/auth"
)

// Clients from two networks, with certificates that are in a folder.
func Example() {
	certs, err := auth.Certs("/etc/feed/clients")
	if err != nil {
		log.Fatal(err)
	}
	near, err := auth.AllowFrom("10.0.0.0/8", "192.0.2.0/24")
	if err != nil {
		log.Fatal(err)
	}
	me, err := zmq.ReadCurveCert("/etc/feed/server.key")
	if err != nil {
		log.Fatal(err)
	}
	pub, err := zmq.New(zmq.Pub, me.AsServer(), zmq.Authenticate(auth.All(near, certs)))
	if err != nil {
		log.Fatal(err)
	}
	defer pub.Close()
}

// Users with passwords, in a file that htpasswd -B makes.
func ExamplePasswords() {
	users, err := auth.Passwords("/etc/feed/users")
	if err != nil {
		log.Fatal(err)
	}
	rep, err := zmq.New(zmq.Rep, zmq.PlainServer.Of(true), zmq.Authenticate(users))
	if err != nil {
		log.Fatal(err)
	}
	defer rep.Close()
}
