//go:build !race

package chaos

const leeway = 1
