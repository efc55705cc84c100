package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/zeroth-mq/zmq"
)

type keygenCmd struct {
	File  string   `arg:"" help:"The public certificate, me.key, say. The secret one is beside it, me.key_secret."`
	Meta  []string `sep:"none" placeholder:"NAME=VALUE" help:"Note something about the owner in both. May be given again."`
	Force bool     `short:"f" help:"Replace files that are there already."`
	Quiet bool     `short:"q" help:"Say nothing but errors."`
}

func (*keygenCmd) Help() string {
	return "Give the public certificate to your peers by a way on which no one can change it; CZMQ and pyzmq read it, too. " +
		"The public key is printed as well. No one but you may read the secret certificate."
}

// Run makes a pair of keys and writes both certificates.
func (c *keygenCmd) Run(e *env) error {
	cert, err := zmq.NewCurveCert()
	if err != nil {
		return err
	}
	cert.Metadata = make(map[string]string)
	for _, text := range c.Meta {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return usagef("--meta name=alice, say", fmt.Sprintf("metadata %q has no value", text))
		}
		cert.Metadata[name] = value
	}
	err = cert.Save(c.File, c.Force)
	if errors.Is(err, os.ErrExist) {
		return &failure{err: err, hint: "-f replaces the keys; peers that have the old public key do not know you any more"}
	}
	if err != nil {
		return err
	}
	if !c.Quiet {
		e.stderr.Line("wrote " + c.File + ", for your peers, and " + c.File + "_secret, for you alone")
	}
	_, err = fmt.Fprintln(e.stdout, cert.Public)
	return err
}
