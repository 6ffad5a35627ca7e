package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// Exit codes of the command. Arguments that are not understood end it with
// ExitUndetermined.
const (
	ExitPassed       = 0
	ExitFailed       = 1
	ExitUndetermined = 2
)

// Process is what the command takes from the process that it runs in.
type Process struct {
	// Args are the arguments after "check".
	Args []string
	// Environ is the environment, as NAME=value.
	Environ []string
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	// OutTerminal and ErrTerminal say that a person looks at standard output
	// and standard error.
	OutTerminal, ErrTerminal bool
	// Width is how many columns a line may have.
	Width int
	// ReadFile reads a file whose name was given.
	ReadFile func(name string) ([]byte, error)
	// Network is the way to the servers.
	Network redisprobe.Network
	// Now is the time, which groups' members are compared with.
	Now func() time.Time
	// Version is the program's own.
	Version string
}

// Main runs the command in this process and returns its exit code.
func Main(args []string, version string) int {
	return Run(context.Background(), Process{
		Args:        args,
		Environ:     os.Environ(),
		Stdin:       os.Stdin,
		Stdout:      os.Stdout,
		Stderr:      os.Stderr,
		OutTerminal: isTerminal(os.Stdout),
		ErrTerminal: isTerminal(os.Stderr),
		Width:       widthOf(os.Getenv("COLUMNS")),
		ReadFile:    os.ReadFile,
		Network:     redisprobe.SystemNetwork{},
		Now:         time.Now,
		Version:     version,
	})
}

// Run runs the command and returns its exit code. A defect of the command is
// told with its place and without what it said, which may quote a setting.
func Run(ctx context.Context, process Process) int {
	code := ExitUndetermined
	if bug := crash.Guard(func() { code = run(ctx, process) }); bug != nil {
		_, _ = io.WriteString(process.Stderr, "check: this is a bug of the command, and nothing was found out. Please report it, without the settings, at\n"+
			issues+"\nversion "+process.Version+", "+bug.Error()+"\n\n"+bug.Stack)
		return ExitUndetermined
	}
	return code
}

// issues is where bugs are reported.
const issues = "https://github.com/channel-layer/terraform-provider-channels/issues"

func run(ctx context.Context, process Process) int {
	options, err := parseOptions(process.Args)
	if errors.Is(err, errHelp) {
		_, _ = io.WriteString(process.Stdout, help)
		return ExitPassed
	}
	var given given
	if err == nil {
		given, err = process.read(options)
	}
	if err != nil {
		lines := paper{width: process.Width}.fold("", "", strings.Fields("check: "+err.Error()))
		_, _ = io.WriteString(process.Stderr, strings.Join(lines, "\n")+"\n")
		return ExitUndetermined
	}
	p := newPlan(options, given)
	result := p.result(process.gather(ctx, p), process.Version)
	if err := process.write(result, options.json); err != nil {
		// Whoever reads was not told the result.
		return ExitUndetermined
	}
	return result.exitCode()
}

func (p Process) write(result Result, asJSON bool) error {
	if asJSON {
		return writeJSON(p.Stdout, result)
	}
	return writeText(p.Stdout, result, paper{width: p.Width, colour: p.colours()})
}

// colours reports whether to write in colour: for a person, on a terminal that
// has colours, who did not say otherwise (https://no-color.org).
func (p Process) colours() bool {
	return p.OutTerminal && p.variable("NO_COLOR") == "" && p.variable("TERM") != "dumb" &&
		(runtime.GOOS != "windows" || p.variable("WT_SESSION") != "")
}

// isTerminal reports whether a file is a terminal, or another device that takes
// characters one by one.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
