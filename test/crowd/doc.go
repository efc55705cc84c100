// Package crowd measures what many peers, subscriptions and queued messages
// cost one process, beside libzmq doing the same: its benchmarks, and tests
// that hold the cost below a generous bound.
package crowd
