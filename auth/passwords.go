package auth

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"

	zmq "github.com/zeroth-mq/zmq"
)

const (
	maxPasswords = 16 << 20 // bytes of a file
	maxCost      = 16       // of bcrypt; each more takes twice the time
	maxPassword  = 72       // bytes; bcrypt reads no more
)

// Passwords admits the users of a file, by PLAIN. The file has a line of
// "user:hash" for each, with bcrypt's hashes, as htpasswd -B writes them; empty
// lines and those that begin with # do not count. The user name is the user id.
//
// A file that can no longer be read, or has a bad line, admits no one until it is
// mended.
//
// bcrypt is slow on purpose, and strangers may guess. No more passwords are checked
// at once than there are processors. The others wait, and one address is served after
// the other; beyond 64 that wait of one address, or 1024 in all, some are
// told to come later (status 300). A password that was right is remembered for a
// minute, so that its user can connect again at once. An unknown user costs as
// much time as a wrong password, if all hashes have the same cost.
//
// bcrypt reads the first 72 bytes of a password only: longer ones are refused.
//
// Errors: ErrInvalid for a bad line, and the system's.
func Passwords(file string) (zmq.Authenticator, error) {
	p := &passwords{name: file, slots: newSlots(runtime.GOMAXPROCS(0)), proven: newProven()}
	_, _, err := p.hash("")
	return p, err
}

type passwords struct {
	name   string
	slots  *slots
	proven *proven

	mu    sync.Mutex
	seen  stamp
	users map[string][]byte // user -> hash
	dummy []byte            // what an unknown user's password is compared with
	err   error             // why there are no users
}

func (p *passwords) Authenticate(ctx context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
	if r.Mechanism != "PLAIN" {
		return zmq.Identity{}, zmq.Refuse("there are passwords for PLAIN alone, and this is %s", r.Mechanism)
	}
	hash, known, err := p.hash(r.Username)
	if err != nil {
		return zmq.Identity{}, err
	}
	if len(r.Password) > maxPassword {
		return zmq.Identity{}, zmq.Refuse("the password of user %q has %d bytes: bcrypt reads no more than %d", r.Username, len(r.Password), maxPassword)
	}
	if known && p.proven.has(r.Username, string(r.Password), hash) {
		return zmq.Identity{UserID: r.Username}, nil
	}
	if err := p.slots.acquire(ctx, origin(r.Address)); err != nil {
		return zmq.Identity{}, err
	}
	defer p.slots.release()
	if err := bcrypt.CompareHashAndPassword(hash, []byte(r.Password)); err != nil || !known {
		return zmq.Identity{}, zmq.Refuse("user %q is not known, or has another password", r.Username)
	}
	p.proven.add(r.Username, string(r.Password), hash)
	return zmq.Identity{UserID: r.Username}, nil
}

// hash is what a user's password is compared with, and whether there is such a
// user.
func (p *passwords) hash(user string) (hash []byte, known bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, err := stampOf(p.name)
	if err == nil && (p.err != nil || !p.seen.still(now)) {
		p.seen = now
		p.users, p.dummy, p.err = readPasswords(p.name)
	}
	if err == nil {
		err = p.err
	}
	if err != nil {
		return nil, false, fmt.Errorf("auth: %w", err)
	}
	if hash = p.users[user]; hash != nil {
		return hash, true, nil
	}
	return p.dummy, false, nil
}

func readPasswords(name string) (users map[string][]byte, dummy []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPasswords+1))
	if err == nil && len(text) > maxPasswords {
		err = fmt.Errorf("more than %d bytes: %w", maxPasswords, zmq.ErrInvalid)
	}
	if err == nil {
		users, dummy, err = parsePasswords(text)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return users, dummy, nil
}

// parsePasswords reads the lines. Its errors are ErrInvalid and repeat nothing.
func parsePasswords(text []byte) (users map[string][]byte, dummy []byte, err error) {
	users = make(map[string][]byte)
	most, n := bcrypt.DefaultCost, 0
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		user, hash, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(user) == 0 {
			return nil, nil, fmt.Errorf("line %d is not user:hash: %w", n, zmq.ErrInvalid)
		}
		cost, err := bcrypt.Cost(hash)
		if err != nil || !strings.HasPrefix(string(hash), "$2") || len(hash) != 60 {
			return nil, nil, fmt.Errorf("line %d has no hash of bcrypt; htpasswd makes one with -B: %w", n, zmq.ErrInvalid)
		}
		if cost > maxCost {
			return nil, nil, fmt.Errorf("line %d: cost %d would take too long; %d is the most: %w", n, cost, maxCost, zmq.ErrInvalid)
		}
		if users[string(user)] != nil {
			return nil, nil, fmt.Errorf("line %d has a user that an earlier line has: %w", n, zmq.ErrInvalid)
		}
		if len(users) == 0 {
			most = cost
		}
		users[string(user)], most = bytes.Clone(hash), max(most, cost)
	}
	// A hash of no password at all, which takes as long to compare.
	return users, fmt.Appendf(nil, "$2a$%02d$%s", most, strings.Repeat(".", 53)), nil
}

// a stamp tells one version of a file from another.
type stamp struct {
	info   os.FileInfo // nil: none
	looked time.Time
}

func stampOf(name string) (stamp, error) {
	info, err := os.Stat(name)
	return stamp{info, time.Now()}, err
}

// settled is how old a change must be so that another one would have another
// time, on any file system.
const settled = 2 * time.Second

// still reports that nothing has changed since s was taken.
func (s stamp) still(now stamp) bool {
	return s.info != nil && os.SameFile(s.info, now.info) && s.info.Size() == now.info.Size() &&
		s.info.ModTime().Equal(now.info.ModTime()) && s.looked.Sub(s.info.ModTime()) > settled
}
