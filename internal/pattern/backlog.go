package pattern

// backlog is a queue of what a pattern keeps for its user.
type backlog[T any] struct {
	list []T
	head int
}

func (b *backlog[T]) len() int { return len(b.list) - b.head }

func (b *backlog[T]) push(x T) { b.list = append(b.list, x) }

// pop takes the oldest; there must be one.
func (b *backlog[T]) pop() T {
	var none T
	x := b.list[b.head]
	b.list[b.head] = none
	b.head++
	switch {
	case b.head == len(b.list):
		b.head = 0
		b.list = b.list[:0]
		if cap(b.list) > 1024 {
			b.list = nil // a burst is over
		}
	case b.head > 64 && b.head*2 > len(b.list):
		k := copy(b.list, b.list[b.head:])
		clear(b.list[k:])
		b.list, b.head = b.list[:k], 0
	}
	return x
}

// cut removes every element that drop says so of.
func (b *backlog[T]) cut(drop func(*T) bool) {
	k := b.head
	for i := b.head; i < len(b.list); i++ {
		if !drop(&b.list[i]) {
			b.list[k] = b.list[i]
			k++
		}
	}
	clear(b.list[k:])
	b.list = b.list[:k]
}
