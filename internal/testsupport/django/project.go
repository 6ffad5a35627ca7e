package django

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/worktree"
)

// projectDir is test/e2e/project of this repository.
func projectDir() string {
	return worktree.Path("test/e2e/project")
}

func projectFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(projectDir(), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// copyProject copies the project, so that no process writes into the repository
// and each may have settings of its own.
func copyProject(t testing.TB, o options) string {
	t.Helper()
	from, to := projectDir(), t.TempDir()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".py") {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if o.settings != "" && name == filepath.Join("config", "settings.py") {
			before, _, after := settingsParts(t, string(text))
			text = []byte(before + o.settings + after)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// cacheDir is where the scripts in tools/ keep what they make.
func cacheDir(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("CHANNELS_CACHE"); dir != "" {
		return dir
	}
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(base, "terraform-provider-channels")
}

// interpreter is the Python of an environment. Where it is missing the test
// skips, or fails if CI is set.
func interpreter(t testing.TB, environment string) string {
	t.Helper()
	path := filepath.Join(cacheDir(t), "venv", environment, "bin", "python")
	if _, err := os.Stat(path); err != nil {
		missing := t.Skipf
		if os.Getenv("CI") != "" {
			missing = t.Fatalf
		}
		missing("no Python environment %s: run tools/setup-python.sh %[1]s", environment)
	}
	return path
}

// packagesOf is the directory of an environment's packages.
func packagesOf(t testing.TB, environment string) string {
	t.Helper()
	interpreter(t, environment)
	found, err := filepath.Glob(filepath.Join(cacheDir(t), "venv", environment, "lib", "python*", "site-packages"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the Python environment %s has %d directories of packages", environment, len(found))
	}
	return found[0]
}
