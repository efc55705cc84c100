//go:build !unix

package engine

func mapMemory(int) []byte { return nil }

func unmapMemory([]byte) {}
