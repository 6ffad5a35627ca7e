package wiring

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// workflow is what of a workflow is run here.
type workflow struct {
	Jobs map[string]struct {
		Steps []struct {
			Name, Run, Uses string
			Directory       string `json:"working-directory"`
		} `json:"steps"`
	} `json:"jobs"`
}

// TestGitHubActions_FollowingStepsHaveTheVariables runs the steps of the
// example as the runner does, each with `bash -e`, and the variables of
// GITHUB_ENV in the steps that follow.
func TestGitHubActions_FollowingStepsHaveTheVariables(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w, url := start(t, cli, "github-actions")
		w.WithoutProvider()
		expectWorkflow(t, filepath.Join(w.Dir, "tests.yml"))
		var file workflow
		if err := yaml.Unmarshal([]byte(w.Read("tests.yml")), &file); err != nil {
			t.Fatal(err)
		}
		runner := newRunner(t, w)
		masked := ""
		for _, step := range file.Jobs["tests"].Steps {
			if step.Run == "" {
				continue
			}
			output := runner.run(step.Run)
			if _, after, found := strings.Cut(output, "::add-mask::"); found {
				masked, _, _ = strings.Cut(after, "\n")
			} else if strings.Contains(output, "%70%23") {
				t.Errorf("the step %q prints the URL", step.Name)
			}
		}
		if masked != url {
			t.Error("the URL is not masked")
		}
		want := variables(url)
		got := map[string]string{}
		for line := range strings.Lines(w.Read("seen-by-manage.py")) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			if _, ours := want[name]; ours {
				got[name] = value
			}
		}
		expect(t, "GitHub Actions", got, want)
	})
}

// expectWorkflow has actionlint look at it.
func expectWorkflow(t *testing.T, file string) {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	actionlint := filepath.Join(cache, "terraform-provider-channels", "bin", "actionlint")
	if dir := os.Getenv("CHANNELS_CACHE"); dir != "" {
		actionlint = filepath.Join(dir, "bin", "actionlint")
	}
	if _, err := os.Stat(actionlint); err != nil {
		missing(t, "actionlint", "tools/setup-actionlint.sh")
	}
	if output, err := exec.CommandContext(t.Context(), actionlint, file).CombinedOutput(); err != nil {
		t.Errorf("actionlint: %v\n%s", err, output)
	}
}

// runner is the part of GitHub's runner that the example uses.
type runner struct {
	t   *testing.T
	w   *tfcli.Workspace
	env map[string]string
	dir string
}

func newRunner(t *testing.T, w *tfcli.Workspace) *runner {
	t.Helper()
	dir := t.TempDir()
	// The commands of the workflow: the tested binary, whose provider needs no
	// init here, and the app, which writes down its environment.
	scripts := map[string]string{
		"terraform": "#!/bin/sh\n[ \"$1\" = init ] && exit 0\nexec " + w.CLI().Path + " \"$@\"\n",
		"python":    "#!/bin/sh\n[ \"$*\" = 'manage.py test' ] || exit 3\nenv >seen-by-manage.py\n",
	}
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	env := w.Environment()
	env["PATH"] = dir + ":/usr/bin:/bin"
	return &runner{t: t, w: w, dir: dir, env: env}
}

// run runs a step, and reads the file of variables that it leaves.
func (r *runner) run(script string) string {
	r.t.Helper()
	file := filepath.Join(r.dir, "github_env")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(r.t.Context())
	defer cancel()
	// https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, steps[*].shell
	command := exec.CommandContext(ctx, "bash", "-e", "-c", script)
	command.Dir = r.w.Dir
	environment := maps.Clone(r.env)
	environment["GITHUB_ENV"] = file
	for name, value := range environment {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.CombinedOutput()
	if err != nil {
		r.t.Fatalf("a step fails: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	r.read(string(text))
	return string(output)
}

// read is what the runner makes of the file (actions/runner,
// src/Runner.Worker/FileCommandManager.cs, SetEnvFileCommand): a line is
// NAME=value, or NAME<<DELIMITER where that comes first.
func (r *runner) read(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			continue
		}
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		if equals < 0 || heredoc >= 0 && heredoc < equals {
			r.t.Fatal("GITHUB_ENV has a line that is not NAME=value")
		}
		r.env[line[:equals]] = strings.TrimSuffix(line[equals+1:], "\r")
	}
}
