// Package readers runs the programs and libraries that read .env files, so
// that tests can ask each what a text means to it.
//
// tools/setup-python.sh and tools/setup-readers.sh install what is needed.
package readers

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// Reader is one reader of .env files, of one version.
type Reader struct {
	// Name is the reader as people know it, e.g. "npm dotenv"; several
	// versions of a reader share it.
	Name string
	// Version is the version under test, "" where it is the machine's.
	Version string
	// ExpandsDollar is set for a stand-in that expands "$" where the reader it
	// stands for does not: nothing can be learnt from it about such texts.
	ExpandsDollar bool

	read func(ctx context.Context, files []string) ([]Result, error)
	// base are variables that the reader's own process has.
	base []string
}

// String is name and version.
func (r Reader) String() string {
	if r.Version == "" {
		return r.Name
	}
	return r.Name + " " + r.Version
}

// Result is what a reader makes of one text.
type Result struct {
	// Vars are the variables and their values.
	Vars map[string]string
	// Err is the reader's refusal of the text as a whole.
	Err error
}

// Is reports whether the reader found exactly these variables.
func (r Result) Is(want map[string]string) bool {
	return r.Err == nil && maps.Equal(r.Vars, want)
}

// Read has the reader read each text as a file of its own. It fails the test
// when the reader cannot be run at all.
func (r Reader) Read(tb testing.TB, texts ...string) []Result {
	tb.Helper()
	const batch = 400 // files on one command line
	var results []Result
	dir := tb.TempDir()
	for chunk := range slices.Chunk(texts, batch) {
		files := make([]string, len(chunk))
		for i, text := range chunk {
			files[i] = filepath.Join(dir, strconv.Itoa(len(results)+i)+".env")
			if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
				tb.Fatal(err)
			}
		}
		part, err := r.read(tb.Context(), files)
		if err != nil {
			tb.Fatalf("%s could not be run: %v", r, err)
		}
		if len(part) != len(files) {
			tb.Fatalf("%s answered for %d of %d files", r, len(part), len(files))
		}
		for i, file := range files {
			r.dropBase(part[i].Vars, chunk[i])
			_ = os.Remove(file)
		}
		results = append(results, part...)
	}
	return results
}

// dropBase removes the variables of the reader's own process, unless the text
// sets them.
func (r Reader) dropBase(vars map[string]string, text string) {
	for _, name := range r.base {
		if !assigns(text, name) {
			delete(vars, name)
		}
	}
}
