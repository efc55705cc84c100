package main

import (
	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

// Keys of the benchmarks alone: they protect nothing.
const (
	serverPublic = `)S$o6:t$}rxvb:%6D2)6S+HcF>}t]+KN$6-[*:FY`
	serverSecret = `2XOU@>L(7BVCRdG{wJ.}9u2.$-M*mz@Dme4yOVJQ`
	clientPublic = `a}Pj{E<3^fF6uEuFMPjhi@)Kcad:pgek3{gXJHJ!`
	clientSecret = `w7u(CI?jtMl#YFqdpeXZW9:eqA:3AQZaTG44RjB%`
)

// serverOptions adds what a server of CURVE needs, if it is one.
func serverOptions(a peer.Args, options []zmq.Option) []zmq.Option {
	if a.Curve {
		options = append(options, cert(serverPublic, serverSecret).AsServer())
	}
	return options
}

func clientOptions(a peer.Args) []zmq.Option {
	if !a.Curve {
		return nil
	}
	return []zmq.Option{cert(clientPublic, clientSecret).AsClient(cert(serverPublic, serverSecret).Public)}
}

// cert panics if the constants above are no keys.
func cert(public, secret string) *zmq.CurveCert {
	p, err := zmq.ParseCurveKey(public)
	if err != nil {
		panic(err)
	}
	s, err := zmq.ParseCurveSecret(secret)
	if err != nil {
		panic(err)
	}
	return &zmq.CurveCert{Public: p, Secret: s}
}
