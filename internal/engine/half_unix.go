//go:build unix && !linux

package engine

// pollHalf: poll tells of the end of both directions alone.
const pollHalf = 0
