package chaos

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// TestCutRequests: REQ with Request: each ends, answered or given up.
func TestCutRequests(t *testing.T) {
	t.Parallel()
	ctx := deadline(t)
	rep := socket(t, zmq.Rep)
	req := socket(t, zmq.Req)
	r := through(t, bind(t, rep), 256<<10)
	r.set(cutting)
	connect(t, req, r.addr())
	var wg sync.WaitGroup
	wg.Go(func() { // owned by the test
		for m, err := range rep.Messages(ctx) {
			if err != nil {
				return
			}
			if err := rep.Send(ctx, m.Frames()...); err != nil {
				return
			}
		}
	})
	var askers sync.WaitGroup
	var mu sync.Mutex
	answered, given := 0, 0
	for i := range 8 {
		askers.Go(func() { // owned by the test
			for j := range 60 * *scale {
				one, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
				question := fmt.Sprintf("%d %d %0500d", i, j, j)
				m, err := req.Request(one, []byte(question))
				cancel()
				mu.Lock()
				if err != nil {
					given++
				} else {
					answered++
				}
				mu.Unlock()
				if err == nil && string(m.Bytes()) != question {
					t.Errorf("asked %.20s, was told %.20s", question, m)
				}
			}
		})
	}
	askers.Wait()
	t.Logf("%d answered and %d given up in %d cuts", answered, given, r.count())
	if answered == 0 || r.count() == 0 {
		t.Error("nothing has happened")
	}
	r.set(calm)
	m, err := req.Request(ctx, []byte("well?"))
	if err != nil || string(m.Bytes()) != "well?" {
		t.Errorf("afterwards: %q, %v", m, err)
	}
	rep.Close()
	wg.Wait()
}
