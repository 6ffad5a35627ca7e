package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/cli"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// address is where the redis of the screens is.
const address = "redis.example.com:6379"

func at(server *redistest.Server) hosts { return hosts{address: server.Addr()} }

// run is one run of the command.
type run struct {
	args    []string
	environ []string
	network hosts
	stdin   string
	// terminal says that a person looks at both outputs.
	terminal bool
}

// output is what it printed and how it ended.
type output struct {
	stdout, stderr string
	code           int
}

func (r run) run(t *testing.T) output {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(t.Context(), cli.Process{
		Args: r.args, Environ: r.environ, Stdin: strings.NewReader(r.stdin), Stdout: &stdout, Stderr: &stderr,
		OutTerminal: r.terminal, ErrTerminal: r.terminal, Width: 80,
		ReadFile: os.ReadFile, Network: r.network, Now: time.Now, Version: "1.2.3",
	})
	return output{stdout: stdout.String(), stderr: stderr.String(), code: code}
}

// json runs the command with --json and decodes what it prints.
func (r run) json(t *testing.T) (cli.Result, int) {
	t.Helper()
	r.args = append([]string{"--json"}, r.args...)
	out := r.run(t)
	var result cli.Result
	if err := json.Unmarshal([]byte(statusesAsNumbers(out.stdout)), &result); err != nil {
		t.Fatalf("no JSON: %v\n%s%s", err, out.stdout, out.stderr)
	}
	return result, out.code
}

// statusesAsNumbers turns the words for statuses and severities, which have no
// way back, into the numbers of their types.
func statusesAsNumbers(text string) string {
	return strings.NewReplacer(
		`"status": "undetermined"`, `"status": 0`, `"status": "passed"`, `"status": 1`, `"status": "failed"`, `"status": 2`,
		`"severity": "info"`, `"severity": 1`, `"severity": "warning"`, `"severity": 2`, `"severity": "error"`, `"severity": 3`,
	).Replace(text)
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stopped is an address of this machine where nothing listens.
func stopped(t *testing.T) string {
	t.Helper()
	server := redistest.Start(t)
	server.Stop()
	return server.Addr()
}
