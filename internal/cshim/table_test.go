//go:build unix

package cshim

import (
	"sync"
	"testing"
)

func TestTable(t *testing.T) {
	var x table[int]
	seen := make(map[uint64]bool)
	var ids []uint64
	for i := range 500 {
		id := x.put(i)
		if id == 0 || seen[id] {
			t.Fatalf("number %x again", id)
		}
		seen[id] = true
		ids = append(ids, id)
	}
	for i, id := range ids {
		if got, ok := x.get(id); !ok || got != i {
			t.Errorf("%x: %d, %v", id, got, ok)
		}
	}
	for _, id := range ids {
		if _, ok := x.take(id); !ok {
			t.Errorf("%x is gone", id)
		}
		if _, ok := x.take(id); ok {
			t.Errorf("%x was taken twice", id)
		}
		if _, ok := x.get(x.put(1)); !ok {
			t.Error("what was put is not there")
		}
		if _, ok := x.get(id); ok {
			t.Errorf("%x came back", id)
		}
	}
	for _, id := range []uint64{0, 1, 1 << 31, 1 << 32, 1<<64 - 1} {
		if _, ok := x.get(id); ok {
			t.Errorf("%x was never given", id)
		}
	}
}

// Looking up needs no lock while others put and take.
func TestTableTogether(t *testing.T) {
	var x table[uint64]
	var wg sync.WaitGroup
	for k := range uint64(4) {
		wg.Go(func() {
			for range 500 {
				id := x.put(k)
				if got, ok := x.get(id); !ok || got != k {
					t.Errorf("%d, %v, not %d", got, ok, k)
				}
				x.take(id)
			}
		})
	}
	wg.Wait()
	if n := x.len(); n != 0 {
		t.Errorf("%d are left", n)
	}
}
