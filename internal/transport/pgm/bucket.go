package pgm

import "time"

// A bucket limits a rate. It holds what may be spent at once.
type bucket struct {
	rate   float64 // a second
	most   float64 // that it holds
	late   float64 // that it holds while someone waits for it: a late wake-up is made good
	level  float64
	filled time.Duration
	dry    bool // someone waits
}

// newBucket makes a full one that holds most.
func newBucket(rate, most float64) bucket {
	return bucket{rate: rate, most: most, late: max(most, rate*lateness.Seconds()), level: most}
}

// lateness is how late a timer may fire on a busy machine without a loss of
// rate.
const lateness = 10 * time.Millisecond

func (b *bucket) fill(now time.Duration) {
	if now <= b.filled {
		return
	}
	limit := b.most
	if b.dry {
		limit = b.late
	}
	b.level = min(b.level+b.rate*(now-b.filled).Seconds(), max(limit, b.level))
	b.filled = now
}

// take spends n and reports true, or reports false if there is not so much. n
// must not be more than the bucket holds.
func (b *bucket) take(now time.Duration, n float64) bool {
	b.fill(now)
	b.dry = b.level < n
	if !b.dry {
		b.level -= n
	}
	return !b.dry
}

// ready is when n can be spent.
func (b *bucket) ready(n float64) time.Duration {
	if b.level >= n {
		return b.filled
	}
	return b.filled + time.Duration((n-b.level)/b.rate*float64(time.Second)) + 1
}
