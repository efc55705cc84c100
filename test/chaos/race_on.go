//go:build race

package chaos

// leeway is how many times as much memory a process may have under -race, which
// keeps a shadow of it.
const leeway = 8
