package pipe

// Messages are whole messages of one small frame each in ZMTP 3 framing, one
// behind the other.
type Messages struct {
	Wire []byte
	N    int
}

// Grant is how many more messages Send is sure to take, if the other side is an
// engine that is awake; else 0. An engine that is awake asks for more before it
// sleeps. It belongs to the sending half.
func (e *End) Grant() int {
	q := e.out
	if !q.private || !q.recycle || q.sleeping.Load() || q.over.Load() || q.hwmBytes > 0 {
		return 0
	}
	if q.hwm == 0 {
		return grantMax
	}
	msgs, _ := q.under()
	return max(0, min(q.hwm-msgs, grantMax))
}

// grantMax bounds what is held back from an engine.
const grantMax = 8192

// SendRun is Send for many messages. False: none was sent, for there is no room
// for all, or the peer has gone.
func (e *End) SendRun(m Messages) bool {
	q := e.out
	if !q.private || q.over.Load() || q.hwmBytes > 0 {
		return false
	}
	if msgs, _ := q.under(); q.hwm > 0 && msgs+m.N > q.hwm {
		return false
	}
	if cap(q.tail)-len(q.tail) < len(m.Wire) {
		q.mu.Lock()
		q.growLocked(len(m.Wire), false)
		q.noteLocked()
		q.mu.Unlock()
	}
	q.tail = append(q.tail, m.Wire...)
	q.tailMsgs += m.N
	q.put += uint64(m.N)
	q.putBytes += uint64(len(m.Wire))
	if q.sleeping.Load() {
		q.flush()
	}
	return true
}
