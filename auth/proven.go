package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// How many passwords are remembered as right, and for how long.
const (
	maxProven = 4096
	provenFor = time.Minute
)

// proven remembers passwords that were found right, so that a user who connects
// again need not wait while strangers guess. It holds neither passwords nor what
// they can be checked with when the process is gone: a MAC of user, password and
// hash under a random key. Another hash is another entry, so a password that was
// changed is not remembered. Any goroutine may call the methods.
type proven struct {
	key []byte

	mu   sync.Mutex
	till map[[sha256.Size]byte]time.Time
}

func newProven() *proven {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	return &proven{key: key, till: make(map[[sha256.Size]byte]time.Time)}
}

func (p *proven) mac(user, password string, hash []byte) (sum [sha256.Size]byte) {
	m := hmac.New(sha256.New, p.key)
	for _, text := range []string{user, password, string(hash)} {
		part := sha256.Sum256([]byte(text)) // so that no two texts run into one another
		m.Write(part[:])
	}
	m.Sum(sum[:0])
	return sum
}

// has reports whether the password was found right a short while ago.
func (p *proven) has(user, password string, hash []byte) bool {
	sum := p.mac(user, password, hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	till, ok := p.till[sum]
	return ok && time.Now().Before(till)
}

// add notes that the password is right. Of too many, those that are over go, and
// then any.
func (p *proven) add(user, password string, hash []byte) {
	sum := p.mac(user, password, hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if len(p.till) >= maxProven {
		for old, till := range p.till {
			if !now.Before(till) {
				delete(p.till, old)
			}
		}
		for old := range p.till {
			if len(p.till) < maxProven {
				break
			}
			delete(p.till, old)
		}
	}
	p.till[sum] = now.Add(provenFor)
}
