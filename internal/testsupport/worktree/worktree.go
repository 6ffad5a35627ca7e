// Package worktree finds the files of this repository, for tests.
package worktree

import (
	"os"
	"path/filepath"
)

// Path is a file or directory of the repository, by its name with slashes from
// the root: the nearest directory with a go.mod above the one that the test runs
// in, which is its package's. What the compiler remembers of paths would not
// do: with -trimpath, which lets all work trees share one build cache, it
// remembers none. Where there is no go.mod the name itself is returned, which
// fails where it is used.
func Path(name string) string {
	name = filepath.FromSlash(name)
	dir, err := os.Getwd()
	if err != nil {
		return name
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, name)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return name
		}
		dir = parent
	}
}
