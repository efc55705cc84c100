package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/zeroth-mq/zmq"
)

// roleCmd is the parts of the pipeline that are no public command.
//
// PUSH and PULL alone lose the tasks that a worker has in hand when it is
// killed. So there is a way back: the sink tells the ventilator which results
// it has, the ventilator sends a task again whose result does not come, and the
// sink counts each task once.
type roleCmd struct {
	Ventilator ventilatorCmd `cmd:""`
	Worker     workerCmd     `cmd:""`
	Sink       sinkCmd       `cmd:""`
}

// pairUp is how long the demo's parts wait for something to happen.
const pairUp = 10 * time.Second

type ventilatorCmd struct {
	Files  string
	To     string        // the streamer
	Acks   string        // the sink's PAIR
	Window int           // at most so many tasks without a result
	Again  time.Duration // a task without a result is sent again after this
}

// Run sends every task until its result is known.
func (c *ventilatorCmd) Run(e *env) error {
	list, err := tasks(e.ctx, c.Files)
	if err != nil {
		return err
	}
	push, err := zmq.New(zmq.Push, zmq.SendTimeout.Of(pairUp))
	if err != nil {
		return err
	}
	defer push.Close()
	acks, err := zmq.New(zmq.Pair, zmq.SendTimeout.Of(pairUp))
	if err != nil {
		return err
	}
	defer acks.Close()
	if err := errors.Join(push.Connect(c.To), acks.Connect(c.Acks)); err != nil {
		return err
	}
	if err := acks.Send(e.ctx, number(len(list))); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%d tasks\n", len(list))
	v := &ventilator{cmd: c, e: e, push: push, acks: acks, tasks: list, open: map[int]time.Time{}}
	return v.run()
}

type ventilator struct {
	cmd        *ventilatorCmd
	e          *env
	push, acks *zmq.Socket
	tasks      [][]byte
	next, done int
	open       map[int]time.Time // sent, without a result: when
	told       bool              // of the first standstill
}

func (v *ventilator) run() error {
	quiet := time.Now()
	for v.done < len(v.tasks) {
		for ; v.next < len(v.tasks) && len(v.open) < v.cmd.Window; v.next++ {
			if err := v.send(v.next); err != nil {
				return err
			}
		}
		ctx, cancel := context.WithTimeout(v.e.ctx, v.cmd.Again/10)
		ack, err := v.acks.Recv(ctx)
		cancel()
		switch {
		case err == nil:
			quiet = time.Now()
			id, err := strconv.Atoi(string(ack.Bytes()))
			if err != nil {
				return err
			}
			if _, ok := v.open[id]; ok {
				delete(v.open, id)
				v.done++
			}
		case !errors.Is(err, context.DeadlineExceeded):
			return err
		case time.Since(quiet) > pairUp:
			return fmt.Errorf("no result within %v; %d of %d are there", pairUp, v.done, len(v.tasks))
		}
		if err != nil && len(v.open) == v.cmd.Window && !v.told {
			v.told = true
			fmt.Fprintf(v.e.stdout, "standstill %d\n", len(v.open))
		}
		if err := v.again(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(v.e.stdout, "all results are there")
	return err
}

func (v *ventilator) send(id int) error {
	v.open[id] = time.Now()
	return v.push.Send(v.e.ctx, number(id), v.tasks[id])
}

// again sends what has been without a result for too long.
func (v *ventilator) again() error {
	for id, sent := range v.open {
		if time.Since(sent) >= v.cmd.Again {
			if err := v.send(id); err != nil {
				return err
			}
			fmt.Fprintf(v.e.stdout, "again %d\n", id)
		}
	}
	return nil
}

type workerCmd struct {
	Name  string
	From  string // the streamer
	To    string // the sink
	Stuck int    `default:"-1"` // get stuck in the task after so many
}

// Run counts the words of each task, until it is stopped.
func (c *workerCmd) Run(e *env) error {
	pull, err := zmq.New(zmq.Pull)
	if err != nil {
		return err
	}
	defer pull.Close()
	push, err := zmq.New(zmq.Push, zmq.SendTimeout.Of(pairUp), zmq.Linger.Of(grace))
	if err != nil {
		return err
	}
	defer push.Close()
	if err := errors.Join(push.Connect(c.To), pull.Connect(c.From)); err != nil {
		return err
	}
	for n := 0; ; n++ {
		task, err := pull.Recv(e.ctx)
		if err == nil && task.Len() != 2 {
			err = errors.New("a task has two frames")
		}
		if err == nil && n == c.Stuck {
			fmt.Fprintf(e.stdout, "stuck %s\n", task.Frame(0))
			<-e.ctx.Done()
		}
		if err == nil {
			err = push.Send(e.ctx, task.Frame(0), []byte(c.Name), number(words(task.Frame(1))))
		}
		if err != nil {
			return (&link{}).ended(err, 0) // being stopped is the normal end
		}
	}
}

type sinkCmd struct {
	Results string // to bind for the workers
	Acks    string // to bind for the ventilator
}

// Run adds up the results: as many tasks as the ventilator says there are, each
// once.
func (c *sinkCmd) Run(e *env) error {
	pull, err := zmq.New(zmq.Pull, zmq.RecvTimeout.Of(pairUp))
	if err != nil {
		return err
	}
	defer pull.Close()
	acks, err := zmq.New(zmq.Pair, zmq.RecvTimeout.Of(pairUp), zmq.SendTimeout.Of(pairUp))
	if err != nil {
		return err
	}
	defer acks.Close()
	told := func(endpoint string) { e.stderr.Line("bound " + endpoint) }
	if err := errors.Join(attach(pull, []string{c.Results}, nil, told), attach(acks, []string{c.Acks}, nil, told)); err != nil {
		return err
	}
	first, err := acks.Recv(e.ctx)
	if err != nil {
		return err
	}
	want, err := strconv.Atoi(string(first.Bytes()))
	if err != nil {
		return err
	}
	counted := map[string]bool{}
	total, twice := 0, 0
	for len(counted) < want {
		m, err := pull.Recv(e.ctx)
		if err != nil {
			return err
		}
		if m.Len() != 3 {
			return errors.New("a result has three frames")
		}
		id, n := string(m.Bytes()), 0
		if n, err = strconv.Atoi(string(m.Last())); err != nil {
			return err
		}
		if counted[id] {
			twice++
		} else {
			counted[id] = true
			total += n
			fmt.Fprintf(e.stdout, "result\t%s\n", m.Frame(1))
		}
		if err := acks.Send(e.ctx, m.Bytes()); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(e.stdout, "total\t%d\t%d\t%d\n", total, len(counted), twice)
	return err
}

func number(n int) []byte { return strconv.AppendInt(nil, int64(n), 10) }
