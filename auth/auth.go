// Package auth has Authenticators that are ready to use: by address, by user
// name and password, by CURVE certificate.
//
//	clients, err := auth.Certs("/etc/feed/clients")
//	pub, err := zmq.New(zmq.Pub, cert.AsServer(), zmq.Authenticate(clients))
//
// All of them may be used by any number of sockets at once. None starts a
// goroutine or needs closing. What they read from files follows the files: a
// user or a certificate that was added, changed or taken away counts from the
// next connection on. Connections that are up stay up.
package auth

import (
	"context"
	"fmt"
	"maps"

	zmq "github.com/zeroth-mq/zmq"
)

// AllowAny admits every peer. With CurveServer that means encryption for all
// clients that know the server's public key; with PlainServer, any user name and
// password.
func AllowAny() zmq.Authenticator {
	return zmq.AuthFunc(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) {
		return zmq.Identity{}, nil
	})
}

// All admits a peer that each of the others admits; they are asked in that order
// until one refuses. The user id is that of the last that gives one, and the metadata
// is what all of them gave.
func All(others ...zmq.Authenticator) zmq.Authenticator {
	return zmq.AuthFunc(func(ctx context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
		all := zmq.Identity{Metadata: make(map[string]string)}
		for _, a := range others {
			if a == nil {
				return zmq.Identity{}, fmt.Errorf("auth: one of All is nil: %w", zmq.ErrInvalid)
			}
			id, err := a.Authenticate(ctx, r)
			if err != nil {
				return zmq.Identity{}, err
			}
			if id.UserID != "" {
				all.UserID = id.UserID
			}
			maps.Copy(all.Metadata, id.Metadata)
		}
		return all, nil
	})
}
