package zmq4

// A Queue is a queue of messages, first in, first out. It is not for several
// goroutines at once. The zero Queue is empty.
type Queue struct {
	msgs []Msg
	head int
}

// NewQueue makes an empty queue.
func NewQueue() *Queue { return &Queue{} }

// Init empties the queue.
func (q *Queue) Init() { *q = Queue{} }

// Len is the number of messages in the queue.
func (q *Queue) Len() int { return len(q.msgs) - q.head }

// Peek is the first message; false: the queue is empty.
func (q *Queue) Peek() (Msg, bool) {
	if q.Len() == 0 {
		return Msg{}, false
	}
	return q.msgs[q.head], true
}

// Pop removes the first message, if there is one.
func (q *Queue) Pop() {
	if q.Len() == 0 {
		return
	}
	q.msgs[q.head] = Msg{}
	q.head++
	if q.head == len(q.msgs) {
		q.msgs, q.head = q.msgs[:0], 0
	}
}

// Push adds a message at the end.
func (q *Queue) Push(val Msg) {
	if q.head > 0 && len(q.msgs) == cap(q.msgs) && q.head >= len(q.msgs)/2 {
		n := copy(q.msgs, q.msgs[q.head:])
		clear(q.msgs[n:])
		q.msgs, q.head = q.msgs[:n], 0
	}
	q.msgs = append(q.msgs, val)
}
