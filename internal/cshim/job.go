package cshim

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A job is a call of Go that takes its time, while C waits for its Signal.
type job struct {
	sig  *poll.Signal
	stop func()
	done chan struct{}
	err  error
}

// begin runs f until it returns; stop, if there is one, makes it return soon.
func begin(f func() error, stop func()) (uint64, error) {
	sig, err := poll.NewSignal()
	if err != nil {
		return 0, err
	}
	j := &job{sig: sig, stop: stop, done: make(chan struct{})}
	// Owned by the holder of the number: Result and Stop wait for it.
	go func() {
		j.err = f()
		close(j.done)
		j.sig.Raise()
	}()
	return jobs.put(j), nil
}

// Result is what the job returned, after which its number is void. While it
// runs: EAGAIN, and in w what to wait for.
func Result(id uint64, w *Wait) int {
	j, ok := jobs.get(id)
	if !ok {
		return fail(errno.EFAULT)
	}
	select {
	case <-j.done:
		return j.end(id)
	default:
		w.FD, w.Timeout, w.Token = int32(j.sig.FD()), -1, id
		return fail(errno.EAGAIN)
	}
}

// Stop ends a job that is not waited for any more, and returns when it has
// ended.
func Stop(id uint64) int {
	j, ok := jobs.get(id)
	if !ok {
		return fail(errno.EFAULT)
	}
	j.stop()
	<-j.done
	j.end(id)
	return 0
}

func (j *job) end(id uint64) int {
	if _, ok := jobs.take(id); ok {
		<-j.done
		j.sig.Close()
	}
	return code(j.err)
}
