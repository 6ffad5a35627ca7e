package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cli is the Terraform or OpenTofu that plays along.
type cli struct {
	path    string
	config  string // file with dev_overrides, which need no registry
	version string // its own first line, such as "Terraform v1.11.4"
}

// result is what one command said.
type result struct {
	output string // standard output, then standard error
	code   int
}

// findCLI takes Terraform or OpenTofu from PATH, or builds OpenTofu.
func findCLI(ctx context.Context, s *stage) (*cli, error) {
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return newCLI(ctx, s, path)
		}
	}
	s.say.plain("   Neither Terraform nor OpenTofu is on PATH: building OpenTofu. The first time this takes several minutes.")
	built, err := execute(prepare(ctx, filepath.Join(s.root, "tools", "setup-tofu.sh")))
	if err != nil {
		return nil, fmt.Errorf("build OpenTofu: %w", err)
	}
	if built.code != 0 {
		return nil, fmt.Errorf("build OpenTofu: %s", built.output)
	}
	path, _, _ := strings.Cut(built.output, "\n")
	return newCLI(ctx, s, path)
}

// newCLI writes the configuration that makes the binary use the built provider.
func newCLI(ctx context.Context, s *stage, path string) (*cli, error) {
	found := &cli{path: path, config: filepath.Join(s.dir, "cli.tfrc")}
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", providerAddress, s.dir)
	if err := os.WriteFile(found.config, []byte(overrides), 0o600); err != nil {
		return nil, fmt.Errorf("write the CLI configuration: %w", err)
	}
	version, err := found.run(ctx, s.dir, nil, "version")
	if err != nil {
		return nil, err
	}
	found.version, _, _ = strings.Cut(version.output, "\n")
	return found, nil
}

// run runs one command in dir, with environment besides the caller's own.
func (c *cli) run(ctx context.Context, dir string, environment []string, arguments ...string) (result, error) {
	command := prepare(ctx, c.path, append([]string{"-chdir=" + dir}, arguments...)...)
	command.Env = append(neutralEnvironment(), "TF_CLI_CONFIG_FILE="+c.config, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	command.Env = append(command.Env, environment...)
	return execute(command)
}

// outputs are the root outputs of the state in dir.
func (c *cli) outputs(ctx context.Context, dir string) (map[string]json.RawMessage, error) {
	shown, err := c.run(ctx, dir, nil, "output", "-json")
	if err != nil {
		return nil, err
	}
	var outputs map[string]struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(strings.NewReader(shown.output)).Decode(&outputs); err != nil {
		return nil, fmt.Errorf("read the outputs: %w", err)
	}
	values := make(map[string]json.RawMessage, len(outputs))
	for name, output := range outputs {
		values[name] = output.Value
	}
	return values, nil
}

// prepare makes a command that, when ctx is cancelled, is asked to stop as Ctrl-C
// would, and is ended if that takes too long.
func prepare(ctx context.Context, path string, arguments ...string) *exec.Cmd {
	command := newProcess(exec.CommandContext(ctx, path, arguments...))
	command.Cancel = func() error {
		interruptGroup(command)
		return nil
	}
	command.WaitDelay = 10 * time.Second
	return command
}

// execute runs a prepared command to its end.
func execute(command *exec.Cmd) (result, error) {
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	// Nothing that it started may outlive it.
	killGroup(command)
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return result{}, fmt.Errorf("run %s: %w", filepath.Base(command.Path), err)
	}
	return result{output: stdout.String() + stderr.String(), code: command.ProcessState.ExitCode()}, nil
}

// neutralEnvironment is the caller's environment without what would change how
// Terraform, the provider or the app's settings behave.
func neutralEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "TF_") || strings.HasPrefix(name, "TOFU_") ||
			slices.Contains([]string{"CHANNELS_CHECKS", "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "DEBUG"}, name)
	})
}
