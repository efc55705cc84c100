package engine

import "golang.org/x/sys/unix"

// pollHalf is what poll tells of a peer that sends nothing more.
const pollHalf = unix.POLLRDHUP
