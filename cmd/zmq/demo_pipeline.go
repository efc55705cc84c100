package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// minTasks is how many tasks are enough for the accident to come half-way.
const minTasks = 60

// pipeline counts the words of the text files twice: here, and with a
// ventilator, a streamer, three workers and a sink. One worker is made to get
// stuck, is killed while it has tasks in hand, and started again.
func (c *demoCmd) pipeline(st *stage) error {
	docs, err := documents(st.ctx, c.Files)
	if err != nil {
		return err
	}
	direct, size := 0, 0
	for _, d := range docs {
		direct += words(d.text)
		size += len(d.text)
	}
	texts := filepath.Join(st.dir, "texts")
	if err := snapshot(docs, texts); err != nil {
		return err
	}
	list, err := tasks(st.ctx, texts)
	if err != nil {
		return err
	}
	if len(list) < minTasks {
		return fmt.Errorf("%s has too little text for a pipeline", c.Files)
	}
	st.say("%d text files, %d bytes; counted directly, %d words", len(docs), size, direct)

	p, err := newCompany(st, texts, len(list))
	if err != nil {
		return err
	}
	task, err := p.accident(st)
	if err != nil {
		return err
	}
	if err := st.finish(p.ventilator, p.sink); err != nil {
		return err
	}
	for _, part := range append(p.workers, p.streamer) {
		if err := part.stop(); err != nil {
			return err
		}
	}
	return p.settle(st, task, direct)
}

// company is the parts of the pipeline.
type company struct {
	streamer, sink, ventilator *part
	workers                    []*part
	doomed                     *part
	stuckAfter                 int    // results that it gives
	from, results              string // where workers connect
}

// The worker that is killed.
const victim = "worker 2"

// newCompany starts the parts. The window is so small that the pipeline comes
// to a standstill, far from its end, when a worker is stuck.
func newCompany(st *stage, texts string, tasks int) (*company, error) {
	p := &company{stuckAfter: tasks / 30}
	streamer, ends, err := st.serve(2, "streamer", "proxy", "streamer", "--front", st.tcp(), "--back", st.ipc("tasks"),
		"--wait-peers", "3", "--for", "20s")
	if err != nil {
		return nil, err
	}
	sink, at, err := st.serve(2, "sink", "demo-role", "sink", "--results", st.ipc("results"), "--acks", st.tcp())
	if err != nil {
		return nil, err
	}
	p.streamer, p.sink, p.from, p.results = streamer, sink, ends[1], at[0]
	for _, name := range []string{"worker 1", victim, "worker 3"} {
		var stuck []string
		if name == victim {
			stuck = []string{"--stuck", fmt.Sprint(p.stuckAfter)}
		}
		if err := p.hire(st, name, stuck...); err != nil {
			return nil, err
		}
	}
	p.doomed = p.workers[1]
	p.ventilator, err = st.start("ventilator", "demo-role", "ventilator", "--files", texts, "--to", ends[0], "--acks", at[1],
		"--window", fmt.Sprint(tasks/10), "--again", "1s")
	return p, err
}

func (p *company) hire(st *stage, name string, more ...string) error {
	w, err := st.start(name, append([]string{"demo-role", "worker", "--name", name, "--from", p.from, "--to", p.results}, more...)...)
	p.workers = append(p.workers, w)
	return err
}

// accident kills a worker that is stuck in a task, when the sink has all the
// results that it will ever give and everything else waits for it, and starts
// another of its name. It returns the task.
func (p *company) accident(st *stage) (task string, err error) {
	err = p.doomed.stdout.await(st.ctx, func(lines []string) (stuck bool) {
		if len(lines) > 0 {
			task, stuck = strings.CutPrefix(lines[0], "stuck ")
		}
		return stuck
	})
	if err != nil {
		return "", p.doomed.failed(err)
	}
	if err := p.sink.stdout.await(st.ctx, func(lines []string) bool { return resultsOf(lines)[victim] >= p.stuckAfter }); err != nil {
		return "", p.sink.failed(err)
	}
	inHand := ""
	err = p.ventilator.stdout.await(st.ctx, func(lines []string) (still bool) {
		for _, line := range lines {
			if inHand, still = strings.CutPrefix(line, "standstill "); still {
				break
			}
		}
		return still
	})
	if err != nil {
		return "", p.ventilator.failed(err)
	}
	p.doomed.kill()
	p.workers = slices.DeleteFunc(p.workers, func(w *part) bool { return w == p.doomed })
	st.say("%s gave %d results and got stuck in task %s, and has %s tasks in hand; now it is killed (SIGKILL) and started again:",
		victim, p.stuckAfter, task, inHand)
	return task, p.hire(st, victim)
}

// settle shows what the parts say, and holds it to the direct count.
func (p *company) settle(st *stage, task string, direct int) error {
	lines := p.sink.stdout.all()
	var total, counted, twice int
	if _, err := fmt.Sscanf(lines[len(lines)-1], "total\t%d\t%d\t%d", &total, &counted, &twice); err != nil {
		return p.sink.failed(err)
	}
	var again []string
	for _, line := range p.ventilator.stdout.all() {
		if id, ok := strings.CutPrefix(line, "again "); ok {
			again = append(again, id)
		}
	}
	by := resultsOf(lines)
	st.say("ventilator sent  %d tasks, and %d of them again because no result came back: PUSH and PULL alone would have lost them",
		counted, len(again))
	st.say("sink received  %d results of worker 1, %d of worker 2 (%d of them after it was started again), %d of worker 3; %d came twice and counted once",
		by["worker 1"], by[victim], by[victim]-p.stuckAfter, by["worker 3"], twice)
	st.say("sink counted  %d words in %d tasks", total, counted)
	var errs []error
	if total != direct {
		errs = append(errs, fmt.Errorf("the pipeline counted %d words, and directly there are %d", total, direct))
	}
	if !slices.Contains(again, task) {
		errs = append(errs, fmt.Errorf("task %s was in the hands of the killed worker and was not sent again", task))
	}
	return errors.Join(errs...)
}

// resultsOf is how many results of each worker are in the sink's lines.
func resultsOf(lines []string) map[string]int {
	by := map[string]int{}
	for _, line := range lines {
		if name, ok := strings.CutPrefix(line, "result\t"); ok {
			by[name]++
		}
	}
	return by
}
