package main

const description = `ZeroMQ at the command line.

An endpoint is tcp://HOST:PORT, ipc://PATH or inproc://NAME; tcp://*:5555 is every interface, tcp://127.0.0.1:* any free port. Each side may bind or connect, in any order.

  zmq pull --bind tcp://*:5555                   print what comes, a line a message
  zmq push --connect tcp://localhost:5555 hello  send one message, and wait until it is away
  zmq push -c tcp://localhost:5555 < notes.txt   send every line
  zmq rep -b tcp://*:5556 --reply 'I am OK!'     answer
  zmq req -c tcp://localhost:5556 'Are you OK?'  ask
  zmq demo                                       see every pattern at work

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 time ran out (--timeout), 130 interrupted before the end. Ctrl-C is the normal end of a command that has no other.`

// cli is the command line.
type cli struct {
	Send sendCmd `cmd:"" help:"Send messages with a socket of any type (--type)."`
	Recv recvCmd `cmd:"" help:"Receive messages with a socket of any type (--type)."`

	Push pushCmd `cmd:"" help:"Send each message to one of the pullers, round robin."`
	Pull pullCmd `cmd:"" help:"Receive what pushers send."`
	Pub  pubCmd  `cmd:"" help:"Publish messages to all subscribers."`
	Sub  subCmd  `cmd:"" help:"Receive what was subscribed to."`
	Req  reqCmd  `cmd:"" help:"Send requests and print the replies."`
	Rep  repCmd  `cmd:"" help:"Print requests and reply to them."`

	Dealer dealerCmd `cmd:"" help:"Send to and receive from peers, round robin."`
	Router routerCmd `cmd:"" help:"Send to and receive from peers by their ids."`
	Pair   pairCmd   `cmd:"" help:"Talk to one other pair, both ways."`
	Stream streamCmd `cmd:"" help:"Talk to plain TCP peers by their ids."`
	XPub   xpubCmd   `cmd:"" name:"xpub" help:"Publish, and print subscriptions as they come."`
	XSub   xsubCmd   `cmd:"" name:"xsub" help:"Receive, and send subscriptions as messages."`

	Proxy   proxyCmd   `cmd:"" help:"Pass messages on between two sets of endpoints."`
	Keygen  keygenCmd  `cmd:"" help:"Make a pair of CURVE keys, in two files."`
	Demo    demoCmd    `cmd:"" help:"Play every pattern with real processes, and check what arrives."`
	Role    roleCmd    `cmd:"" hidden:"" name:"demo-role" help:"One part of the demo."`
	Version versionCmd `cmd:"" help:"Print the version."`
}
