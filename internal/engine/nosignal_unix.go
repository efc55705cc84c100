//go:build unix && !linux

package engine

const noSignal = 0
