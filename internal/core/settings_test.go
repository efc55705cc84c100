package core

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// TestActs wants each option that is no stored value to be one that the socket does,
// or knows, on every type that has it.
func TestActs(t *testing.T) {
	c := NewContext()
	left := len(acts)
	for _, r := range opt.Rows() {
		if !r.Act {
			continue
		}
		a, ok := acts[r.Name]
		if !ok || (a.get != nil) != (r.Dir&opt.R != 0) || (a.set != nil) != (r.Dir&opt.W != 0) {
			t.Errorf("%s has no act, or not one of its directions", r.Name)
			continue
		}
		left--
		for _, row := range pattern.Rows() {
			s := newTest(t, c, row.Type)
			if _, err := s.Get(r); (err == nil) != (r.CanRead(row.Type) == nil) {
				t.Errorf("%s of a %s: %v", r.Name, row.Name, err)
			}
			if err := s.Set(r, []byte("topic")); (err == nil) != (a.set != nil && row.Type == opt.TypeSub) && row.Type != opt.TypeXPub {
				t.Errorf("%s of a %s: %v", r.Name, row.Name, err)
			}
		}
	}
	if left != 0 {
		t.Errorf("%d acts are of no option", left)
	}
}
