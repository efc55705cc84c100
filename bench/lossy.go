package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// lossy makes a network namespace whose loopback interface loses so many of a
// hundred UDP packets. The error says what that takes.
func (l *lab) lossy(ctx context.Context, percent int) error {
	if os.Geteuid() != 0 {
		return errors.New("a network that loses packets takes root, ip and nft")
	}
	if l.space == "" {
		space := fmt.Sprintf("zeroth-bench-%d", os.Getpid())
		if err := run(ctx, ".", nil, "ip", "netns", "add", space); err != nil {
			return err
		}
		l.space = space
	}
	for _, c := range []string{
		"ip link set lo up",
		"nft flush ruleset",
		"nft add table inet bench",
		"nft add chain inet bench in { type filter hook input priority 0 ; }",
		"nft add rule inet bench in meta l4proto udp numgen random mod 100 < " + strconv.Itoa(percent) + " drop",
	} {
		if err := run(ctx, ".", nil, "ip", append([]string{"netns", "exec", l.space}, strings.Fields(c)...)...); err != nil {
			return err
		}
	}
	return nil
}

// lossyEnd removes it.
func (l *lab) lossyEnd() error {
	if l.space == "" {
		return nil
	}
	return run(context.Background(), ".", nil, "ip", "netns", "del", l.space)
}
