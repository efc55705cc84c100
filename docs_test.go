package zmq_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	docLink  = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	fileName = regexp.MustCompile("`([a-z0-9_]+/[a-z0-9_/]+\\.go)`")
	glossed  = regexp.MustCompile(`^\| \*\*([^*]+)\*\* \| (.+) \|$`)
)

// What the documents refer to is there: other documents, and, on the page about the
// design, files, by their names below internal.
func TestDocsReferToWhatIsThere(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		text := read(t, page)
		for _, m := range docLink.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("docs", m[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	files := goFiles(t)
	for _, m := range fileName.FindAllStringSubmatch(read(t, "docs/design.md"), -1) {
		if !slices.ContainsFunc(files, func(f string) bool { return strings.HasSuffix("/"+f, "/"+m[1]) }) {
			t.Errorf("docs/design.md: there is no file %s", m[1])
		}
	}
}

// The glossary is in order, and says each word once.
func TestGlossary(t *testing.T) {
	var words []string
	for line := range strings.Lines(read(t, "docs/glossary.md")) {
		if m := glossed.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			words = append(words, strings.ToLower(m[1]))
		} else if strings.HasPrefix(line, "| **") {
			t.Errorf("not a row of two cells: %s", line)
		}
	}
	if len(words) < 30 || !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) {
		t.Errorf("%d words, in order: %v: %q", len(words), slices.IsSorted(words), words)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func goFiles(t *testing.T) (list []string) {
	t.Helper()
	err := filepath.WalkDir("internal", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") {
			list = append(list, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
