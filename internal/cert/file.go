package cert

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SecretSuffix goes after the name of a public certificate's file to make the
// name of the secret one's.
const SecretSuffix = "_secret"

// Read reads the certificate of a file. Given the public file's name it reads
// the secret one beside it, if there is one that can be read.
func Read(name string) (*Cert, error) {
	if c, err := ReadFile(name + SecretSuffix); !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
		return c, err
	}
	return ReadFile(name)
}

// ReadFile reads this file and no other.
func ReadFile(name string) (*Cert, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	c, err := Parse(text)
	clear(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// Save writes the public certificate, for all to read, and beside it the secret
// one, for the owner alone, if there is a secret key. With replace unset a file
// that exists already is os.ErrExist, and nothing is changed.
func (c *Cert) Save(name string, replace bool) error {
	public, err := c.Append(nil, false)
	if err != nil {
		return err
	}
	if c.Secret == [32]byte{} {
		return write(name, public, 0o644, replace)
	}
	secret, err := c.Append(nil, true)
	if err != nil {
		return err
	}
	defer clear(secret)
	if !replace {
		if _, err := os.Lstat(name); err == nil {
			return &os.PathError{Op: "create", Path: name, Err: os.ErrExist}
		}
	}
	if err := write(name+SecretSuffix, secret, 0o600, replace); err != nil {
		return err
	}
	return write(name, public, 0o644, replace)
}

// write makes a file. One that replaces another does so at once, so that no reader
// sees a part of it.
func write(name string, text []byte, mode os.FileMode, replace bool) error {
	if !replace {
		return create(name, text, mode)
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".cert-*") // for the owner alone
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// create is write for a name that must be new.
func create(name string, text []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
