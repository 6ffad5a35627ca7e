package tfcli

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Workspace is a directory with a configuration, and the environment that the
// binary runs in: clean, but for what [Workspace.Setenv] adds.
type Workspace struct {
	// Dir is where the configuration, the state and everything else is.
	Dir string

	t   testing.TB
	cli CLI
	env map[string]string
	// unquiet leaves a configuration without a provider block as it is.
	unquiet bool
	// within is a command that runs the binary, with what it is given behind.
	within []string
}

// Within makes what runs from now on run by another command, which is given the
// binary and its arguments: one that changes into a namespace, say.
func (w *Workspace) Within(command ...string) { w.within = command }

// New makes an empty workspace that takes the provider from [ProviderBinary].
func New(t testing.TB, cli CLI) *Workspace {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	// The configuration of the CLI and its home stand beside the directory, not
	// in it, so that a search through the directory finds only what a run left.
	home := t.TempDir()
	config := filepath.Join(home, "cli.tfrc")
	w := &Workspace{Dir: dir, t: t, cli: cli, env: map[string]string{
		"PATH":               os.Getenv("PATH"),
		"HOME":               home,
		"TF_CLI_CONFIG_FILE": config,
		"CHECKPOINT_DISABLE": "1",
		"TF_INPUT":           "0",
	}}
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"channel-layer/channels\" = %q\n  }\n  direct {}\n}\n",
		filepath.Dir(ProviderBinary(t)))
	if err := os.WriteFile(config, []byte(overrides), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// CLI is the binary that the workspace runs.
func (w *Workspace) CLI() CLI { return w.cli }

// Preamble requires the provider; configurations of tests start with it.
const Preamble = `terraform {
  required_providers {
    channels = { source = "channel-layer/channels" }
  }
}
`

// Write writes a file of the workspace; the directories of its name are made.
func (w *Workspace) Write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// Main writes main.tf: [Preamble] and the text.
func (w *Workspace) Main(text string) {
	w.t.Helper()
	w.Write("main.tf", Preamble+text)
}

// QuietLoopback is the provider block that a configuration gets which has none.
// The servers of tests are on 127.0.0.1, which is a warning outside of DEBUG
// (host/loopback) and rarely what a test is about. A test with a provider block
// of its own silences it there.
const QuietLoopback = "provider \"channels\" {\n  findings = { \"host/loopback\" = \"off\" }\n}\n"

// quietFile holds QuietLoopback.
const quietFile = "quiet_loopback.tf"

// WithoutProvider leaves a configuration without a provider block as it is.
func (w *Workspace) WithoutProvider() { w.unquiet = true }

// quiet sees to it that there is one provider block.
func (w *Workspace) quiet() {
	w.t.Helper()
	names, err := filepath.Glob(filepath.Join(w.Dir, "*.tf"))
	if err != nil {
		w.t.Fatal(err)
	}
	wanted := !w.unquiet && len(names) > 0
	for _, name := range names {
		name = filepath.Base(name)
		if name != quietFile && strings.Contains(w.Read(name), "provider \"channels\"") {
			wanted = false
		}
	}
	switch {
	case wanted && w.Read(quietFile) == QuietLoopback: // another run may be reading it
	case wanted:
		w.Write(quietFile, QuietLoopback)
	default:
		err = os.Remove(filepath.Join(w.Dir, quietFile))
	}
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
}

// Copy copies a directory into the workspace under a name.
func (w *Workspace) Copy(from, name string) {
	w.t.Helper()
	if err := os.CopyFS(filepath.Join(w.Dir, name), os.DirFS(from)); err != nil {
		w.t.Fatal(err)
	}
}

// Read is a file of the workspace; "" where there is none.
func (w *Workspace) Read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.Dir, name))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(text)
}

// Files are the contents of all files that runs have left in the workspace, by
// name: state, backup, lock files, saved plans, and not the configuration. What
// a saved plan holds is listed unpacked, as "name!part".
func (w *Workspace) Files() map[string]string {
	w.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(w.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(path, ".tf") || strings.HasSuffix(path, ".tfvars") {
			return err
		}
		name, err := filepath.Rel(w.Dir, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		files[name] = string(content)
		if strings.HasPrefix(files[name], "PK\x03\x04") {
			for part, content := range w.PlanParts(name) {
				files[name+"!"+part] = content
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return files
}

// PlanParts are the files inside a saved plan, by name, unpacked.
func (w *Workspace) PlanParts(name string) map[string]string {
	w.t.Helper()
	archive, err := zip.OpenReader(filepath.Join(w.Dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	parts := map[string]string{}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			w.t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = reader.Close()
		parts[file.Name] = string(content)
	}
	return parts
}

// State are the resource instances in the state, by address, with their
// attributes.
func (w *Workspace) State() map[string]map[string]any {
	w.t.Helper()
	found := map[string]map[string]any{}
	var document struct {
		Values struct {
			Root stateModule `json:"root_module"`
		} `json:"values"`
	}
	w.ShowJSON(&document)
	document.Values.Root.collect(found)
	return found
}

type stateModule struct {
	Resources []struct {
		Address string         `json:"address"`
		Values  map[string]any `json:"values"`
	} `json:"resources"`
	Children []stateModule `json:"child_modules"`
}

func (m stateModule) collect(into map[string]map[string]any) {
	for _, resource := range m.Resources {
		into[resource.Address] = resource.Values
	}
	for _, child := range m.Children {
		child.collect(into)
	}
}

// ShowJSON decodes what `show -json` says about the state, or about the saved
// plan that is named.
func (w *Workspace) ShowJSON(into any, plan ...string) {
	w.t.Helper()
	result := w.OK(append([]string{"show", "-json"}, plan...)...)
	if err := json.Unmarshal([]byte(result.Stdout), into); err != nil {
		w.t.Fatalf("show -json: %v", err)
	}
}

// Output decodes an output of the root module.
func (w *Workspace) Output(name string, into any) {
	w.t.Helper()
	result := w.OK("output", "-json", name)
	if err := json.Unmarshal([]byte(result.Stdout), into); err != nil {
		w.t.Fatalf("output %s: %v", name, err)
	}
}

// Setenv adds a variable to the environment of what runs from now on; "" takes
// it away.
func (w *Workspace) Setenv(name, value string) {
	if value == "" {
		delete(w.env, name)
		return
	}
	w.env[name] = value
}

// Log makes what runs from now on write its log of that level ("TRACE", "INFO",
// ...) to a file, and returns what reads it.
func (w *Workspace) Log(level string) (read func() string) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "log")
	w.Setenv("TF_LOG", level)
	w.Setenv("TF_LOG_PATH", path)
	return func() string {
		w.t.Helper()
		text, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			w.t.Fatal(err)
		}
		return string(text)
	}
}

// Environment is a copy of the environment that the binary runs in.
func (w *Workspace) Environment() map[string]string { return maps.Clone(w.env) }
