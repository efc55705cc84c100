// Package zmq is ZeroMQ in pure Go: sockets that carry whole messages between
// any number of peers, in patterns, over inproc, ipc, tcp and multicast, and speak
// ZMTP 3.1 with every libzmq and everything that is built on it.
//
// # Sockets
//
// A socket has a type, which says to whom a message goes and from whom the next
// one comes: see Type. It binds endpoints, connects to endpoints, or both, any
// number of them, in any order and before or after its peers do. Connections
// are made, and made again, in the background.
//
//	push, err := zmq.New(zmq.Push, zmq.SendHWM.Of(110))
//	addr, err := push.Bind("tcp://127.0.0.1:*")
//	err = push.Send(ctx, []byte("job"), []byte("payload"))
//
//	pull, err := zmq.New(zmq.Pull)
//	err = pull.Connect(addr)
//	for msg, err := range pull.Messages(ctx) { ... }
//
// A message is one frame or more, and always whole: there is no way to send or
// receive half of one. All methods of a Socket may be called by any number of
// goroutines at once.
//
// # Endpoints
//
//	tcp://127.0.0.1:5555      a numeric address; [::1] in brackets
//	tcp://*:5555              bind: all interfaces
//	tcp://eth0:5555           bind: the address of an interface
//	tcp://127.0.0.1:*         bind: a port that the system chooses
//	tcp://host:5555           resolved at every attempt to connect
//	tcp://10.0.0.7:0;host:5555   connect from a given source address
//	ipc:///run/feed.sock      a path
//	ipc://*                   bind: a path that is made up
//	ipc://@feed               an abstract name (Linux)
//	inproc://anything         within one Context
//	epgm://eth0;239.192.1.1:5555   multicast, for Pub, XPub, Sub and XSub
//	pgm://eth0;239.192.1.1:5555    the same without UDP: for the privileged
//
// # Waiting, and not waiting
//
// Messages wait in one queue for each peer, bounded by SendHWM and RecvHWM. When
// a queue is full, Send waits or the message is dropped, as the socket's type
// has it; what is dropped is counted, see Socket.Stats. Send and Recv take a
// context, which ends the waiting, and SendTimeout and RecvTimeout do as well.
// TrySend and TryRecv never wait; SendMany and RecvMany carry many small messages
// with one call, and SendOwned does not copy large ones. Receive takes messages from many sockets in
// one loop, and a Poller waits until one of many can send or receive.
//
// Connect returns before there is a connection, and what is sent then is queued.
// Publishers queue nothing for subscribers that they do not know yet, so a
// program that must not miss the first message waits: Socket.WaitConnected,
// Socket.WaitSubscribers.
//
// Close waits until what was sent has left, for as long as Linger allows, and
// says how much has not.
//
// # Security
//
// A socket trusts every peer that can reach it, unless it is told otherwise. With
// CURVE both sides have keys, the traffic is encrypted, and an Authenticator
// decides whose keys are good:
//
//	cert, err := zmq.ReadCurveCert("server.key")
//	clients, err := auth.Certs("clients")
//	rep, err := zmq.New(zmq.Rep, cert.AsServer(), zmq.Authenticate(clients))
//
//	me, err := zmq.ReadCurveCert("me.key")
//	req, err := zmq.New(zmq.Req, me.AsClient(server))
//
// Message.Peer then says who sent a message. docs/security.md tells what is
// protected against whom, and what is not.
//
// # Errors
//
// Failing calls return an *Error that says which call and which endpoint; test
// with errors.Is for the variables of this package, for the context's errors,
// or for a syscall.Errno. Bad input never panics. What goes wrong on a
// connection is no call's error: it is an Event, and a line for a Logger. A call
// that has waited for a peer in vain has it as its Cause, though: that the
// server does not know our key, or that nothing listens there.
//
// # Where it differs from libzmq
//
// On the wire it does not. These defaults are safer:
//
//	option              here       libzmq
//	HEARTBEAT_IVL       15 s       off
//	HEARTBEAT_TIMEOUT   45 s       as the interval
//	MAXMSGSIZE          256 MiB    no limit, of a frame
//	MAXMESSAGE          1 GiB      (none), of all frames of a message
//	MAX_FRAMES          65536      (none), of one message
//	MAX_CONNECTIONS     65536      (none), of a bound endpoint
//	MAX_SUBSCRIPTIONS   262144     (none), topics of one peer, of 16 MiB together
//	SNDHWM_BYTES        64 MiB     (none), beside 1000 messages
//	RCVHWM_BYTES        64 MiB     (none), beside 1000 messages
//	LINGER              5 s        no limit (here Close waits)
//	ROUTER_MANDATORY    true       false
//	SNDTIMEO            0          no limit, of Router and Stream: see Send
//	IPV6                true       false, with IPv4 beside it
//	REFUSED_IVL_MAX     30 s       (none), between attempts that are refused
//	MAX_SOCKETS         no limit   1023, of a context
//
// and a connection on which the peer broke the protocol is made again as any
// other, where libzmq gives the endpoint up. docs/compat.md lists every other
// difference.
package zmq
