//go:build unix && !linux

package tcp

import "github.com/zeroth-mq/zmq/internal/opt"

const haveMaxRT = false

func setSystemOptions(_ int, o *opt.Net, r role) error { return linuxOnly(o, r) }
