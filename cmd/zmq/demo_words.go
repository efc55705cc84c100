package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what the demo reads: it is a demonstration, not a search.
const (
	maxTextFile  = 1 << 20
	maxTextFiles = 5000
	maxTextBytes = 32 << 20
)

// A document is a text file.
type document struct {
	name string
	text []byte
}

// documents reads the text files below dir, up to the bounds. Hidden
// directories and build are left out, and what cannot be read.
func documents(ctx context.Context, dir string) ([]document, error) {
	var list []document
	total := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == dir:
			return err
		case err != nil:
			return nil
		case d.IsDir():
			if path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "build") {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		case len(list) == maxTextFiles || total >= maxTextBytes:
			return fs.SkipAll
		}
		if text, ok := readText(path); ok {
			list = append(list, document{path, text})
			total += len(text)
		}
		return nil
	})
	if err == nil && total == 0 {
		err = usagef("name a directory with text files: zmq demo --files DIR", "there is no text in "+dir)
	}
	return list, err
}

// readText reads a file, if it is a text of moderate size.
func readText(path string) ([]byte, bool) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxTextFile+1))
	ok := err == nil && len(text) > 0 && len(text) <= maxTextFile && utf8.Valid(text) && bytes.IndexByte(text, 0) < 0
	return text, ok
}

// words counts words as wc -w does.
func words(text []byte) int { return len(bytes.Fields(text)) }

// split cuts a text into pieces of about size bytes, between two words.
func split(text []byte, size int) [][]byte {
	var pieces [][]byte
	for len(text) > size {
		cut := bytes.LastIndexAny(text[:size], " \n") + 1
		if cut == 0 {
			next := bytes.IndexAny(text[size:], " \n")
			if next < 0 {
				break
			}
			cut = size + next + 1
		}
		pieces = append(pieces, text[:cut])
		text = text[cut:]
	}
	return append(pieces, text)
}

// wantTasks is about how many tasks the pipeline shall have.
const wantTasks = 300

// tasks makes one task of each piece of each text file below dir, in order of
// their names.
func tasks(ctx context.Context, dir string) ([][]byte, error) {
	docs, err := documents(ctx, dir)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(docs, func(a, b document) int { return strings.Compare(a.name, b.name) })
	total := 0
	for _, d := range docs {
		total += len(d.text)
	}
	var list [][]byte
	for _, d := range docs {
		list = append(list, split(d.text, max(1, total/wantTasks))...)
	}
	return list, nil
}

// snapshot copies documents into a new directory, so that all parts of the demo
// see the same text, also while they are edited.
func snapshot(docs []document, dir string) error {
	errs := []error{os.Mkdir(dir, 0o700)}
	for i, d := range docs {
		errs = append(errs, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d", i)), d.text, 0o600))
	}
	return errors.Join(errs...)
}
