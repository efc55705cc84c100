package auth

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// Keys admits the owners of the secret keys to these public ones, by CURVE. The
// user id is the public key.
func Keys(keys ...zmq.CurveKey) zmq.Authenticator {
	known := make(map[zmq.CurveKey]map[string]string, len(keys))
	for _, k := range keys {
		known[k] = nil
	}
	return zmq.AuthFunc(func(_ context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
		return byKey(known, r)
	})
}

// byKey finds the owner of the key.
func byKey(known map[zmq.CurveKey]map[string]string, r zmq.AuthRequest) (zmq.Identity, error) {
	if r.Mechanism != "CURVE" {
		return zmq.Identity{}, zmq.Refuse("there are keys for CURVE alone, and this is %s", r.Mechanism)
	}
	meta, ok := known[r.PublicKey]
	if !ok {
		return zmq.Identity{}, zmq.Refuse("public key %v is not known", r.PublicKey)
	}
	return zmq.Identity{UserID: r.PublicKey.String(), Metadata: meta}, nil
}

// Certs admits the owners of the certificates in a folder, by CURVE: those of
// which the folder has the public certificate, in the format of CZMQ and pyzmq,
// under any name that does not begin with a dot or end in "_secret". Folders in
// it do not count. The user id is the public key, the metadata the
// certificate's.
//
// A change in the folder is seen within a second. A file that is no certificate is
// left out, and named in the Refusal of the next peer that is refused. A folder that
// cannot be read admits no one. The error is the system's.
func Certs(folder string) (zmq.Authenticator, error) {
	c := &certs{dir: folder}
	_, err := c.list()
	return c, err
}

const (
	readAgain = time.Second // how long what was read of the folder counts
	maxCert   = 1 << 20     // bytes of a file that are read
)

type certs struct {
	dir string

	mu     sync.Mutex
	readAt time.Time
	files  map[string]certFile
	known  map[zmq.CurveKey]map[string]string // never changed, but replaced
	bad    error                              // a file that is no certificate
	err    error                              // why there are none
}

// a certFile is what was read of one file.
type certFile struct {
	seen stamp
	cert *zmq.CurveCert
	err  error
}

func (c *certs) Authenticate(_ context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
	known, err := c.list()
	if err != nil {
		return zmq.Identity{}, err
	}
	id, err := byKey(known, r)
	if err == nil {
		return id, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bad != nil && r.Mechanism == "CURVE" {
		err = zmq.Refuse("public key %v is not known (and there is a file that is no certificate: %v)", r.PublicKey, c.bad)
	}
	return id, err
}

// list gives what the folder has now, or had a moment ago.
func (c *certs) list() (map[zmq.CurveKey]map[string]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.readAt) >= readAgain {
		c.readAt = time.Now()
		if c.err = c.loadLocked(); c.err != nil {
			c.known = nil
		}
	}
	if c.err != nil {
		return nil, fmt.Errorf("auth: %w", c.err)
	}
	return c.known, nil
}

// loadLocked reads the files that have changed.
func (c *certs) loadLocked() error {
	list, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	files := make(map[string]certFile, len(list))
	known := make(map[zmq.CurveKey]map[string]string, len(list))
	c.bad = nil
	for _, entry := range list { // in order of their names
		name := entry.Name()
		if entry.IsDir() || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "_secret") {
			continue
		}
		f := c.files[name].again(filepath.Join(c.dir, name))
		if f.seen.info != nil && !f.seen.info.Mode().IsRegular() {
			continue // a folder by way of a link, say
		}
		files[name] = f
		if f.err != nil {
			c.bad = f.err
			continue
		}
		if _, twice := known[f.cert.Public]; !twice {
			known[f.cert.Public] = f.cert.Metadata
		}
	}
	c.files, c.known = files, known
	return nil
}

// again reads the file if it is not what it was.
func (f certFile) again(path string) certFile {
	now, err := stampOf(path)
	switch {
	case err != nil:
		return certFile{err: err}
	case !now.info.Mode().IsRegular():
		return certFile{seen: now}
	case f.err == nil && f.seen.still(now):
		return f
	}
	cert, err := readCert(path)
	return certFile{now, cert, err}
}

// readCert reads this file alone: a secret key beside it is none of a server's
// business.
func readCert(path string) (*zmq.CurveCert, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCert))
	if err != nil {
		return nil, err
	}
	cert, err := zmq.ParseCurveCert(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	cert.Secret = zmq.CurveSecret{}
	return cert, nil
}
