package readers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// generatorPath is where systemd keeps its generator for environment.d.
const generatorPath = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"

// All are all readers. One that is missing fails the test where CI is set;
// elsewhere the rest is returned, and the log says which command installs it.
func All(tb testing.TB) []Reader {
	tb.Helper()
	all := inProcess()
	for _, candidate := range external(tb) {
		if _, err := os.Stat(candidate.needs); err != nil || candidate.needs == "" {
			missing(tb, candidate)
			continue
		}
		all = append(all, candidate.Reader)
	}
	return all
}

type candidate struct {
	Reader
	// needs is the file that must be there, and setup the script in tools/
	// that brings it.
	needs, setup string
}

func missing(tb testing.TB, c candidate) {
	tb.Helper()
	const message = "%s is missing (%s); run %s"
	if os.Getenv("CI") != "" {
		tb.Fatalf(message, c, c.needs, c.setup)
	}
	tb.Logf(message, c, c.needs, c.setup)
}

func external(tb testing.TB) []candidate {
	tb.Helper()
	return append(append(pythonReaders(tb), nodeReaders(tb)...), systemReaders()...)
}

func pythonReaders(tb testing.TB) []candidate {
	tb.Helper()
	var found []candidate
	add := func(venv, key, name, version string) {
		python := filepath.Join(cacheDir(tb), "venv", venv, "bin", "python")
		found = append(found, candidate{
			Reader: Reader{Name: name, Version: version, read: pythonReader(python, key)},
			needs:  python,
			setup:  "tools/setup-python.sh",
		})
	}
	add("readers", "django-environ", "django-environ", "0.14.0")
	add("readers", "django-environ-comments", "django-environ", "0.14.0 with parse_comments")
	add("readers", "python-dotenv", "python-dotenv", "1.2.4")
	add("readers", "python-decouple", "python-decouple", "3.8")
	add("readers-old", "django-environ", "django-environ", "0.11.2")
	add("readers-old", "python-dotenv", "python-dotenv", "1.0.0")
	return found
}

func nodeReaders(tb testing.TB) []candidate {
	tb.Helper()
	node, _ := exec.LookPath("node")
	var found []candidate
	for _, version := range []struct{ module, version string }{
		{"dotenv-16", "16.4.5"}, // the one of Dokploy
		{"dotenv-18", "18.0.10"},
	} {
		module := filepath.Join(cacheDir(tb), "npm", "readers", "node_modules", version.module)
		needs := module
		if node == "" {
			needs = ""
		}
		found = append(found, candidate{
			Reader: Reader{Name: "npm dotenv", Version: version.version, read: nodeReader(node, module)},
			needs:  needs,
			setup:  "tools/setup-readers.sh",
		})
	}
	return found
}

func systemReaders() []candidate {
	env, _ := exec.LookPath("env")
	var found []candidate
	for _, shell := range []string{"bash", "dash"} {
		path, _ := exec.LookPath(shell)
		found = append(found, candidate{
			Reader: Reader{
				Name: shell, read: shellReader(path, env),
				base: []string{"PATH", "HOME", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"},
			},
			needs: path,
			setup: "tools/setup-readers.sh",
		})
	}
	return append(found, candidate{
		Reader: Reader{
			Name: "systemd", ExpandsDollar: true, read: systemdReader(generatorPath),
			// What Debian's own environment.d has.
			base: []string{"PATH", "QT_ACCESSIBILITY"},
		},
		needs: generatorPath,
		setup: "tools/setup-readers.sh",
	})
}

// cacheDir is where the scripts in tools/ put what they install.
func cacheDir(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("CHANNELS_CACHE"); dir != "" {
		return dir
	}
	// os.UserCacheDir reads XDG_CACHE_HOME and falls back to ~/.cache on
	// Linux, as the scripts do; elsewhere they use the same two.
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "terraform-provider-channels")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(home, ".cache", "terraform-provider-channels")
}

// Python is the interpreter of an environment that tools/setup-python.sh
// makes. Where it is missing, the test fails with CI set and is skipped
// without.
func Python(tb testing.TB, venv string) string {
	tb.Helper()
	python := filepath.Join(cacheDir(tb), "venv", venv, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		const message = "%s is missing; run tools/setup-python.sh"
		if os.Getenv("CI") != "" {
			tb.Fatalf(message, python)
		}
		tb.Skipf(message, python)
	}
	return python
}
