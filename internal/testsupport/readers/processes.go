package readers

import (
	"bytes"
	"context"
	_ "embed" // the drivers
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed drivers/read_env.py
var pythonDriver string

//go:embed drivers/read_env.cjs
var nodeDriver string

//go:embed drivers/read_env.sh
var shellDriver string

// runTime is what one run over a batch of files may take.
const runTime = 2 * time.Minute

// errUnread is the result of a file that a shell gave up on.
var errUnread = errors.New("the shell stopped before the end of the file")

// run starts a program in the files' directory with an almost empty
// environment.
func run(ctx context.Context, files []string, program string, arguments ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append(arguments, files...)...)
	cmd.Dir = filepath.Dir(files[0])
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + cmd.Dir, "LC_ALL=C.UTF-8"}
	cmd.WaitDelay = time.Second
	return cmd.Output()
}

// driver writes the text of a driver next to the files.
func driver(files []string, name, text string) (string, error) {
	path := filepath.Join(filepath.Dir(files[0]), name)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// pythonReader runs one of the readers of drivers/read_env.py.
func pythonReader(python, reader string) func(context.Context, []string) ([]Result, error) {
	return func(ctx context.Context, files []string) ([]Result, error) {
		script, err := driver(files, "read_env.py", pythonDriver)
		if err != nil {
			return nil, err
		}
		out, err := run(ctx, files, python, "-I", script, reader)
		if err != nil {
			return nil, err
		}
		return decodeAnswers(out)
	}
}

// nodeReader runs drivers/read_env.cjs with one version of npm's dotenv.
func nodeReader(node, module string) func(context.Context, []string) ([]Result, error) {
	return func(ctx context.Context, files []string) ([]Result, error) {
		script, err := driver(files, "read_env.cjs", nodeDriver)
		if err != nil {
			return nil, err
		}
		out, err := run(ctx, files, node, script, module)
		if err != nil {
			return nil, err
		}
		return decodeAnswers(out)
	}
}

func decodeAnswers(out []byte) ([]Result, error) {
	var results []Result
	decoder := json.NewDecoder(bytes.NewReader(out))
	for decoder.More() {
		var answer struct {
			Vars  map[string]string `json:"vars"`
			Error string            `json:"error"`
		}
		if err := decoder.Decode(&answer); err != nil {
			return nil, err
		}
		result := Result{Vars: answer.Vars}
		if answer.Error != "" {
			result.Err = errors.New(answer.Error)
		}
		results = append(results, result)
	}
	return results, nil
}

// shellReader runs drivers/read_env.sh.
func shellReader(shell, env string) func(context.Context, []string) ([]Result, error) {
	return func(ctx context.Context, files []string) ([]Result, error) {
		script, err := driver(files, "read_env.sh", shellDriver)
		if err != nil {
			return nil, err
		}
		if _, err := run(ctx, files, shell, script, env); err != nil {
			return nil, err
		}
		results := make([]Result, len(files))
		for i, file := range files {
			out, err := os.ReadFile(file + ".out")
			if err != nil {
				results[i].Err = errUnread
				continue
			}
			results[i].Vars = splitEnvironment(string(out), "\x00")
			if err := os.Remove(file + ".out"); err != nil {
				return nil, err
			}
		}
		return results, nil
	}
}

func splitEnvironment(text, separator string) map[string]string {
	vars := map[string]string{}
	for line := range strings.SplitSeq(text, separator) {
		if name, value, ok := strings.Cut(line, "="); ok {
			vars[name] = value
		}
	}
	return vars
}

// systemdReader runs systemd's generator for environment.d. It reads files
// with the parser of EnvironmentFile= (systemd, src/basic/env-file.c,
// parse_env_file_internal) and then, as EnvironmentFile= does not, expands
// "$" and drops what is empty (merge_env_file_push; load_env_file_push keeps
// it, so it is put back here).
func systemdReader(generator string) func(context.Context, []string) ([]Result, error) {
	return func(ctx context.Context, files []string) ([]Result, error) {
		results := make([]Result, len(files))
		for i, file := range files {
			var err error
			if results[i], err = generate(ctx, generator, file); err != nil {
				return nil, err
			}
		}
		return results, nil
	}
}

func generate(ctx context.Context, generator, file string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	config := file + ".config"
	defer func() { _ = os.RemoveAll(config) }()
	dir := filepath.Join(config, "environment.d")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Result{}, err
	}
	// The last name in the order of the alphabet is read last.
	if err := os.Symlink(file, filepath.Join(dir, "zz.conf")); err != nil {
		return Result{}, err
	}
	cmd := exec.CommandContext(ctx, generator)
	cmd.Env = []string{"XDG_CONFIG_HOME=" + config, "HOME=" + config}
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return Result{Err: fmt.Errorf("systemd: %w", err)}, nil
	}
	if err != nil {
		return Result{}, err
	}
	vars := splitEnvironment(string(out), "\n")
	for name, value := range vars {
		vars[name] = unquoteSystemd(value)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return Result{}, err
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, value, ok := strings.Cut(line, "="); ok && value == "" {
			vars[name] = ""
		}
	}
	return Result{Vars: vars}, nil
}

// unquoteSystemd undoes the quoting of the generator's output (systemd,
// src/basic/escape.c, shell_maybe_quote): backslashes in double quotes, with
// control characters as three octal digits or one of C's letters.
func unquoteSystemd(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	var b strings.Builder
	rest := value[1 : len(value)-1]
	for rest != "" {
		if rest[0] != '\\' || len(rest) == 1 {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		if octal, err := strconv.ParseUint(rest[1:min(4, len(rest))], 8, 8); err == nil {
			b.WriteByte(byte(octal))
			rest = rest[4:]
			continue
		}
		if letter := strings.IndexByte("abfnrtv", rest[1]); letter >= 0 {
			b.WriteByte("\a\b\f\n\r\t\v"[letter])
		} else {
			b.WriteByte(rest[1])
		}
		rest = rest[2:]
	}
	return b.String()
}
