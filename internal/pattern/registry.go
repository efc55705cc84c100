package pattern

// rows is every socket type once.
var rows = []Row{
	{Type: 0, Name: "PAIR", Peers: []string{"PAIR"}, New: newPair, Prefetch: true, Monitors: true},
	{Type: 1, Name: "PUB", Peers: []string{"SUB", "XSUB"}, New: newPub,
		NoRecv: true, Lockstep: true, Eager: true, Publishes: true, Conflates: true, SkipSame: true, Monitors: true},
	{Type: 2, Name: "SUB", Peers: []string{"PUB", "XPUB"}, New: newSub,
		NoSend: true, Subscribes: true, Conflates: true, SkipSame: true, Prefetch: true},
	{Type: 3, Name: "REQ", Peers: []string{"REP", "ROUTER"}, New: newReq,
		Lockstep: true, Alternates: true, Announce: true, SkipSame: true},
	{Type: 4, Name: "REP", Peers: []string{"REQ", "DEALER"}, New: newRep,
		Lockstep: true, Alternates: true, Hello: true, AnswersZAP: true},
	{Type: 5, Name: "DEALER", Peers: []string{"REP", "DEALER", "ROUTER"}, New: newDealer,
		Announce: true, Conflates: true, SkipSame: true, Hello: true, Hiccup: true, Prefetch: true},
	{Type: 6, Name: "ROUTER", Peers: []string{"REQ", "DEALER", "ROUTER"}, New: newRouter,
		Names: true, NeedsPeer: true, Announce: true, Hello: true, Disconnect: true, Prefetch: true, AnswersZAP: true},
	{Type: 7, Name: "PULL", Peers: []string{"PUSH"}, New: newPull, NoSend: true, Conflates: true, Prefetch: true},
	{Type: 8, Name: "PUSH", Peers: []string{"PULL"}, New: newPush, NoRecv: true, Eager: true, Conflates: true, Monitors: true},
	{Type: 9, Name: "XPUB", Peers: []string{"SUB", "XSUB"}, New: newXPub,
		Lockstep: true, Eager: true, Publishes: true},
	{Type: 10, Name: "XSUB", Peers: []string{"PUB", "XPUB"}, New: newXSub, Subscribes: true, Prefetch: true},
	{Type: 11, Name: "STREAM", New: newStream, Lockstep: true, Names: true, Raw: true},
}
