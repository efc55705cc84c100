package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func TestRole(t *testing.T) {
	for what, c := range map[string]struct {
		from   roleState
		do     func(*role) bool
		ok     bool
		to     roleState
		starts int
	}{
		"a free role is leased":                {roleFree, func(r *role) bool { return r.acquire(false) }, true, roleLeased, 0},
		"an owned one is not":                  {roleOwned, func(r *role) bool { return r.acquire(false) }, false, roleOwned, 0},
		"nor one that is leased":               {roleLeased, func(r *role) bool { return r.acquire(true) }, false, roleLeased, 0},
		"nor one that is over":                 {roleOver, func(r *role) bool { return r.acquire(true) }, false, roleOver, 0},
		"release frees it":                     {roleLeased, func(r *role) bool { r.release(false); return true }, true, roleFree, 0},
		"release with revoke starts the owner": {roleLeased, func(r *role) bool { r.release(true); return true }, true, roleOwned, 1},
		"revoke starts the owner":              {roleFree, func(r *role) bool { r.revoke(); return true }, true, roleOwned, 1},
		"behind a lease":                       {roleLeased, func(r *role) bool { r.revoke(); r.release(false); return true }, true, roleOwned, 1},
		"once":                                 {roleLeased, func(r *role) bool { r.revoke(); r.release(false); return r.yield(false) }, true, roleFree, 1},
		"a caller that asks while another has it revokes": {roleLeased, func(r *role) bool { r.acquire(true); r.release(false); return true }, true, roleOwned, 1},
		"one that does not ask does not":                  {roleLeased, func(r *role) bool { r.acquire(false); r.release(false); return true }, true, roleFree, 0},
		"the owner yields":                                {roleOwned, func(r *role) bool { return r.yield(false) }, true, roleFree, 0},
		"not if nothing has asked":                        {roleOwned, func(r *role) bool { return r.yield(true) }, false, roleOwned, 0},
		"but if something has":                            {roleOwned, func(r *role) bool { r.acquire(true); return r.yield(true) }, true, roleFree, 0},
		"not if it was revoked since":                     {roleOwned, func(r *role) bool { r.acquire(true); r.revoke(); return r.yield(true) }, false, roleOwned, 0},
		"an owner that is revoked acts once more":         {roleOwned, func(r *role) bool { r.revoke(); return r.yield(false) }, false, roleOwned, 0},
		"and then yields":                                 {roleOwned, func(r *role) bool { r.revoke(); r.yield(false); return r.yield(false) }, true, roleFree, 0},
		"an owner that has finished is not started":       {roleOwned, func(r *role) bool { r.finish(); r.revoke(); return r.acquire(false) }, false, roleOver, 0},
		"nor is one whose role is retired":                {roleFree, func(r *role) bool { r.retire(); r.revoke(); return r.acquire(false) }, false, roleOver, 0},
		"retire does not wait for what has finished":      {roleOver, func(r *role) bool { r.retire(); return true }, true, roleOver, 0},
		"a role that was finished can be retired, too":    {roleOwned, func(r *role) bool { r.finish(); r.retire(); return true }, true, roleOver, 0},
	} {
		starts := 0
		r := &role{state: c.from, start: func() { starts++ }}
		if ok := c.do(r); ok != c.ok || r.state != c.to || starts != c.starts {
			t.Errorf("%s: %v, state %d, %d starts", what, ok, r.state, starts)
		}
	}
}

// retire waits for what acts, whichever it is, and starts nothing.
func TestRetireRole(t *testing.T) {
	for what, end := range map[string]func(*role){
		"a lease":                 func(r *role) { r.release(false) },
		"a lease that is revoked": func(r *role) { r.revoke(); r.release(true) },
		"an owner that yields":    func(r *role) { r.yield(false) },
		"an owner that finishes":  func(r *role) { r.finish() },
	} {
		r := &role{state: roleLeased, start: func() { t.Errorf("%s: started", what) }}
		var acts atomic.Bool
		acts.Store(true)
		go func() { // waited for below
			for retiring := false; !retiring; runtime.Gosched() {
				r.mu.Lock()
				retiring = r.ended != nil
				r.mu.Unlock()
			}
			acts.Store(false)
			end(r)
		}()
		if r.retire(); acts.Load() {
			t.Errorf("%s: retired while it acts", what)
		}
	}
}

// Whatever callers do, one acts at a time, and what they leave to the owner is done.
func TestRoleIsForOne(t *testing.T) {
	var acting atomic.Int32
	var left, done atomic.Int64
	act := func() {
		if acting.Add(1) != 1 {
			t.Error("two act at once")
		}
		done.Add(left.Swap(0))
		acting.Add(-1)
	}
	r := &role{}
	owner := func() {
		for {
			act()
			if r.yield(false) {
				return
			}
		}
	}
	r.start = func() { go owner() } // waited for by retire
	const callers, each = 4, 5000
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for k := range each {
				left.Add(1)
				if (i+k)%3 == 0 && r.acquire(k%2 == 0) {
					act()
					left.Add(1)
					r.release(true)
					continue
				}
				left.Add(1)
				r.revoke()
			}
		})
	}
	wg.Wait()
	r.revoke()
	for done.Load() < 2*callers*each { // the owner is at it
		runtime.Gosched()
	}
	r.retire()
	if n := done.Load() + left.Load(); n != 2*callers*each {
		t.Errorf("%d things were done, of %d", n, 2*callers*each)
	}
}
