// Package python asks the real Python packages what they do, for tests.
//
// An [Oracle] is one Python process in one of the environments that
// tools/setup-python.sh makes. The corpus in testdata/corpus holds recorded
// answers, for tests without Python: [URLCases], [EnvironmentCases].
package python

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

//go:embed oracle.py
var script string

// Environments are the names of the environments with a redis-py that the
// corpus records, oldest first.
func Environments() []string {
	return []string{"redis-4.3", "redis-4.6", "redis-5.2", "redis-6.4", "redis-7.4", "redis-8.1"}
}

// EveryLine are the environments with a redis-py of every line, if CHANNELS_FULL
// is set; else those of Environments.
func EveryLine(tb testing.TB) []string {
	tb.Helper()
	names := Environments()
	if os.Getenv("CHANNELS_FULL") == "" {
		return names
	}
	files, err := filepath.Glob(filepath.Join(root(tb), "internal", "testsupport", "python", "requirements", "lines", "*.txt"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no requirements for the lines: %v", err)
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".txt"))
	}
	return names
}

// Oracle is a Python process that answers questions. Its methods end the test
// if the process fails. They may be called from several goroutines.
type Oracle struct {
	tb       testing.TB
	mu       sync.Mutex
	requests io.Writer
	answers  *bufio.Reader
	versions Versions
}

// Versions are what an Oracle runs.
type Versions struct {
	Python   string            `json:"python"`
	Packages map[string]string `json:"packages"` // by name: "redis", "Django" ...
	// ChecksBrackets: this Python has the fix of CVE-2025-0938. Without it it
	// accepts URLs with misplaced brackets that newer ones refuse.
	ChecksBrackets bool `json:"checks_brackets"`
}

// Start starts Python in the environment of that name, "redis-8.1" say, until
// the test ends. Where the environment is missing the test skips, or fails if
// CI is set. It skips in short mode.
func Start(tb testing.TB, name string) *Oracle {
	tb.Helper()
	if testing.Short() {
		tb.Skip("short mode: Python is not asked")
	}
	interpreter := filepath.Join(cacheDir(tb), "venv", name, "bin", "python")
	if _, err := os.Stat(interpreter); err != nil {
		missing := tb.Skipf
		if os.Getenv("CI") != "" {
			missing = tb.Fatalf
		}
		missing("no Python environment %s: run tools/setup-python.sh %[1]s", name)
	}
	o := &Oracle{tb: tb}
	// -I: nothing from the user's environment; -c: the script lies nowhere.
	o.run(exec.Command(interpreter, "-I", "-X", "utf8", "-c", script))
	o.Ask(map[string]string{"op": "versions"}, &o.versions)
	return o
}

func (o *Oracle) run(command *exec.Cmd) {
	o.tb.Helper()
	in, err := command.StdinPipe()
	if err != nil {
		o.tb.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		o.tb.Fatal(err)
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		o.tb.Fatal(err)
	}
	o.requests, o.answers = in, bufio.NewReaderSize(out, 1<<20)
	o.tb.Cleanup(func() {
		_ = in.Close() // the process ends with its input
		if err := command.Wait(); err != nil {
			o.tb.Errorf("Python: %v", err)
		}
	})
}

// Versions are what the oracle runs.
func (o *Oracle) Versions() Versions { return o.versions }

// Ask sends one request and reads its answer.
func (o *Oracle) Ask(request, answer any) {
	o.tb.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	line, err := json.Marshal(request)
	if err != nil {
		o.tb.Fatal(err)
	}
	if _, err := o.requests.Write(append(line, '\n')); err != nil {
		o.tb.Fatalf("Python takes no more requests: %v", err)
	}
	reply, err := o.answers.ReadBytes('\n')
	if err != nil {
		o.tb.Fatalf("Python gave no answer to %s: %v", line, err)
	}
	if err := json.Unmarshal(reply, answer); err != nil {
		o.tb.Fatalf("Python's answer to %s: %v", line, err)
	}
}

// URL is what redis-py does with a URL.
func (o *Oracle) URL(url string) (result URLResult) {
	o.tb.Helper()
	o.Ask(map[string]string{"op": "url", "url": url}, &result)
	return result
}

// Settings is what the settings code computes from the variables, with that
// value of DEBUG.
func (o *Oracle) Settings(environ map[string]string, debug bool) (result SettingsResult) {
	o.tb.Helper()
	o.Ask(map[string]any{"op": "settings", "environ": environ, "debug": debug}, &result)
	return result
}

// Int is int(text) in hexadecimal ("-0x1f"), Float repr(float(text)). Not ok
// is a ValueError.
func (o *Oracle) Int(text string) (value string, ok bool) { return o.value("int", text) }

// Float is like [Oracle.Int].
func (o *Oracle) Float(text string) (value string, ok bool) { return o.value("float", text) }

// Text is one of Python's functions on text: "lower", "strip" or "unquote".
func (o *Oracle) Text(function, text string) string {
	o.tb.Helper()
	value, _ := o.value(function, text)
	return value
}

func (o *Oracle) value(op, text string) (string, bool) {
	o.tb.Helper()
	var answer struct {
		Value string
		Error *struct{ Exception string }
	}
	o.Ask(map[string]string{"op": op, "text": text}, &answer)
	if answer.Error != nil && answer.Error.Exception != "ValueError" {
		o.tb.Fatalf("%s(%q) raises %s", op, text, answer.Error.Exception)
	}
	return answer.Value, answer.Error == nil
}

// Cases is how many generated cases a test asks for: CHANNELS_FUZZ_CASES, or
// usual.
func Cases(tb testing.TB, usual int) int {
	if os.Getenv("CI") == "" && os.Getenv("CHANNELS_REAL") == "" && os.Getenv("CHANNELS_FULL") == "" {
		usual /= 10 // a plain "go test" is for a quick look
	}
	return number(tb, "CHANNELS_FUZZ_CASES", usual)
}

// Seed is where generated cases start: CHANNELS_FUZZ_SEED, or usual. It is
// logged, so that a failure can be replayed.
func Seed(tb testing.TB, usual uint64) uint64 {
	tb.Helper()
	seed := uint64(number(tb, "CHANNELS_FUZZ_SEED", int(usual)))
	tb.Logf("generated with CHANNELS_FUZZ_SEED=%d", seed)
	return seed
}

func number(tb testing.TB, variable string, usual int) int {
	tb.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		tb.Fatalf("%s is not a number", variable)
	}
	return n
}

// cacheDir is where the scripts in tools/ keep what they make.
func cacheDir(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("CHANNELS_CACHE"); dir != "" {
		return dir
	}
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			tb.Fatal(err)
		}
		base = filepath.Join(home, ".cache")
	}
	return filepath.Join(base, "terraform-provider-channels")
}
