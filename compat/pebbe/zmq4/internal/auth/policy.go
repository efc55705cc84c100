// Package auth answers the questions of ZAP (RFC 27), who may connect to the
// sockets of a context, from lists of addresses, passwords and keys.
package auth

import (
	"crypto/subtle"
	"log"
	"net/netip"
	"sync"

	"github.com/zeroth-mq/zmq/internal/opt"
)

// Any is the domain that stands for every domain, and the key for every key.
const Any = "*"

// A MetadataFunc says what is told of a peer that was let in: names and values.
// "User-Id" becomes the user id.
type MetadataFunc func(version, requestID, domain, address, identity, mechanism string, credentials ...string) map[string]string

// A Handler holds who may connect, and answers when it was started. All its
// methods may be called at any time by any goroutine. The zero Handler has no
// lists: it lets NULL in, and PLAIN and CURVE not.
type Handler struct {
	mu       sync.Mutex
	verbose  bool
	allow    addresses
	deny     addresses
	users    map[string]map[string]string // domain, name: password
	keys     map[string]map[string]bool   // domain, Z85 key
	metadata MetadataFunc
	running  *service
}

// addresses are networks by domain; one address is a network of one.
type addresses map[string][]netip.Prefix

// SetVerbose has the Handler log what it decides, and why.
func (h *Handler) SetVerbose(verbose bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.verbose = verbose
}

// SetMetadata sets what is asked for the properties of peers; nil: nobody.
func (h *Handler) SetMetadata(f MetadataFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.metadata = f
}

// Allow adds addresses or networks to those let into a domain; no others are
// let in any more, and what Deny says is without effect there. A domain that is
// an address itself stands for one of all domains.
func (h *Handler) Allow(domain string, list []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.addLocked(&h.allow, domain, list)
}

// Deny adds addresses or networks to those not let into a domain.
func (h *Handler) Deny(domain string, list []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.addLocked(&h.deny, domain, list)
}

func (h *Handler) addLocked(to *addresses, domain string, list []string) {
	if *to == nil {
		*to = make(addresses)
	}
	if p, err := opt.ParseNetwork(domain); err == nil {
		domain = Any
		(*to)[domain] = append((*to)[domain], p)
	}
	for _, text := range list {
		p, err := opt.ParseNetwork(text)
		if err != nil {
			// Not only when verbose: the caller gets no error, and a wrong
			// address lets nobody in, or keeps nobody out.
			log.Printf("AUTH: domain %q: %v", domain, err)
			continue
		}
		(*to)[domain] = append((*to)[domain], p)
	}
}

// AddUser adds a name and its password to a domain.
func (h *Handler) AddUser(domain, name, password string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users == nil {
		h.users = make(map[string]map[string]string)
	}
	if h.users[domain] == nil {
		h.users[domain] = make(map[string]string)
	}
	h.users[domain][name] = password
}

// RemoveUsers takes names out of a domain.
func (h *Handler) RemoveUsers(domain string, names []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, name := range names {
		delete(h.users[domain], name)
	}
}

// RemoveAllUsers empties a domain of names.
func (h *Handler) RemoveAllUsers(domain string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.users, domain)
}

// AddKeys adds public keys in Z85, or Any, to a domain.
func (h *Handler) AddKeys(domain string, keys []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.keys == nil {
		h.keys = make(map[string]map[string]bool)
	}
	if h.keys[domain] == nil {
		h.keys[domain] = make(map[string]bool)
	}
	for _, key := range keys {
		h.keys[domain][key] = true
	}
}

// RemoveKeys takes keys out of a domain.
func (h *Handler) RemoveKeys(domain string, keys []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range keys {
		delete(h.keys[domain], key)
	}
}

// RemoveAllKeys empties a domain of keys.
func (h *Handler) RemoveAllKeys(domain string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.keys, domain)
}

// permits decides about one peer. Addresses come first; who passes them with
// PLAIN or CURVE must still be known.
func (h *Handler) permits(r *request) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if why := h.refusesLocked(r.domain, r.address); why != "" {
		h.logLocked("DENIED domain=%q address=%q: %s", r.domain, r.address, why)
		return false
	}
	ok := true
	switch r.mechanism {
	case "NULL":
	case "PLAIN":
		ok = h.knowsUserLocked(r.domain, r.credentials[0], r.credentials[1])
	case "CURVE":
		ok = h.knowsKeyLocked(r.domain, r.key)
	default:
		ok = len(h.listLocked(h.allow, r.domain)) > 0 || len(h.listLocked(h.deny, r.domain)) > 0
	}
	verdict := "DENIED"
	if ok {
		verdict = "ALLOWED"
	}
	h.logLocked("%s domain=%q address=%q mechanism=%s", verdict, r.domain, r.address, r.mechanism)
	return ok
}

// refusesLocked says why an address is not let in; "": it is.
func (h *Handler) refusesLocked(domain, address string) string {
	if allow := h.listLocked(h.allow, domain); len(allow) > 0 {
		if !contains(allow, address) {
			return "not among the allowed addresses"
		}
	} else if contains(h.listLocked(h.deny, domain), address) {
		return "a denied address"
	}
	return ""
}

func (h *Handler) listLocked(from addresses, domain string) []netip.Prefix {
	if domain == Any {
		return from[Any]
	}
	return append(from[domain][:len(from[domain]):len(from[domain])], from[Any]...)
}

func contains(list []netip.Prefix, address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && opt.InNetworks(list, a) // an ipc peer has no address
}

func (h *Handler) knowsUserLocked(domain, name, password string) bool {
	for _, d := range []string{domain, Any} {
		want, ok := h.users[d][name]
		if subtle.ConstantTimeCompare([]byte(want), []byte(password)) == 1 && ok {
			return true
		}
	}
	return false
}

func (h *Handler) knowsKeyLocked(domain, key string) bool {
	for _, d := range []string{domain, Any} {
		if h.keys[d][Any] || h.keys[d][key] {
			return true
		}
	}
	return false
}

func (h *Handler) log(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.logLocked(format, args...)
}

func (h *Handler) logLocked(format string, args ...any) {
	if h.verbose {
		log.Printf("AUTH: "+format, args...)
	}
}
