package gozeromq_test

import (
	_ "github.com/lightninglabs/gozmq"
	_ "go.uber.org/goleak"
	_ "golang.org/x/sync/errgroup"
)
