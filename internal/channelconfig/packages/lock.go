package packages

import (
	"errors"
	"regexp"

	"github.com/pelletier/go-toml/v2"
)

// lockPattern tells lock files from lists of requirements, in which no line
// starts like that.
var lockPattern = regexp.MustCompile(`(?m)^\[\[packages?\]\]`)

// lockFile is what uv.lock, poetry.lock ("package") and pylock.toml
// ("packages", PEP 751) share.
type lockFile struct {
	Package  []lockedPackage `toml:"package"`
	Packages []lockedPackage `toml:"packages"`
}

type lockedPackage struct {
	Name    string `toml:"name"`
	Version string `toml:"version"`
	// Source is uv's and Poetry's: where the package comes from.
	Source map[string]any `toml:"source"`
}

// own reports whether the package is a directory of the project, whose
// version says nothing about the package of that name on an index.
func (p lockedPackage) own() bool {
	for _, kind := range []string{"virtual", "editable", "directory"} {
		if _, ok := p.Source[kind]; ok {
			return true
		}
	}
	return p.Source["type"] == "directory"
}

// readLock reads a lock file. Its forks list a package once for each version,
// so several versions mean that markers choose.
func (f *found) readLock(text string) error {
	var file lockFile
	if err := toml.Unmarshal([]byte(text), &file); err != nil {
		result := &Error{Reason: NotTOML}
		var position *toml.DecodeError
		if errors.As(err, &position) {
			result.Line, _ = position.Position()
		}
		return result
	}
	for _, p := range append(file.Package, file.Packages...) {
		m, name := f.of(p.Name)
		switch {
		case m == nil:
			continue
		case p.own() || p.Version == "":
			// A version of its own here, one of the index in another fork.
			m.unpinned, m.marked = true, true
			continue
		}
		version, err := parseVersion(p.Version)
		if err != nil {
			err.Package = name
			return err
		}
		m.pin(version)
	}
	return nil
}
