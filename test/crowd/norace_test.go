//go:build !race

package crowd

const raceOn = false
