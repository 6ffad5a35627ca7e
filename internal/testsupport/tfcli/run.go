package tfcli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// patience bounds every run: a test shall fail, not hang.
const patience = 2 * time.Minute

// Result is how a run ended.
type Result struct {
	Args           []string
	ExitCode       int
	Stdout, Stderr string
	// Combined is both streams as a terminal shows them.
	Combined string
	Duration time.Duration
}

// Run runs the binary in the workspace: Run("plan", "-out=p"). It adds
// -no-color, and -auto-approve to apply and destroy.
func (w *Workspace) Run(args ...string) Result {
	w.t.Helper()
	return w.Start(args...).Wait()
}

// OK is Run for what must succeed.
func (w *Workspace) OK(args ...string) Result {
	w.t.Helper()
	result := w.Run(args...)
	if result.ExitCode != 0 {
		w.t.Fatalf("%s %s: exit %d\n%s", w.cli.Name, strings.Join(args, " "), result.ExitCode, result.Combined)
	}
	return result
}

// RunInColour is Run without -no-color: what a terminal shows, with frames
// around errors and warnings.
func (w *Workspace) RunInColour(args ...string) Result {
	w.t.Helper()
	return w.start(args...).Wait()
}

// Fails is Run for what must fail.
func (w *Workspace) Fails(args ...string) Result {
	w.t.Helper()
	result := w.Run(args...)
	if result.ExitCode != 1 {
		w.t.Fatalf("%s %s: exit %d, want 1\n%s", w.cli.Name, strings.Join(args, " "), result.ExitCode, result.Combined)
	}
	return result
}

// Process is a run that goes on.
type Process struct {
	w                *Workspace
	args             []string
	command          *exec.Cmd
	cancel           context.CancelFunc
	started          time.Time
	stdout, stderr   buffer
	combined         buffer
	interrupted      time.Time
	interruptedMutex sync.Mutex
}

// Start starts a run. It ends with the test at the latest.
func (w *Workspace) Start(args ...string) *Process {
	w.t.Helper()
	return w.start(withFlags(args)...)
}

func (w *Workspace) start(args ...string) *Process {
	w.t.Helper()
	w.quiet()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	p := &Process{w: w, args: args, cancel: cancel, started: time.Now()}
	words := slices.Concat(w.within, []string{w.cli.Path}, args)
	p.command = exec.CommandContext(ctx, words[0], words[1:]...)
	p.command.Dir = w.Dir
	p.command.Stdout = both{&p.stdout, &p.combined}
	p.command.Stderr = both{&p.stderr, &p.combined}
	for name, value := range w.env {
		p.command.Env = append(p.command.Env, name+"="+value)
	}
	// A group of its own, as a terminal makes one for each command.
	ownGroup(p.command)
	p.command.Cancel = func() error { return signalGroup(p.command, os.Kill) }
	p.command.WaitDelay = 5 * time.Second
	if err := p.command.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(cancel)
	return p
}

// withFlags adds the flags that every run of a command has here.
func withFlags(args []string) []string {
	if len(args) == 0 {
		return args
	}
	flags := map[string][]string{
		"apply":   {"-no-color", "-auto-approve"},
		"destroy": {"-no-color", "-auto-approve"},
	}
	for _, command := range []string{"get", "import", "init", "output", "plan", "refresh", "show", "test", "validate"} {
		flags[command] = []string{"-no-color"}
	}
	return slices.Concat(args[:1], flags[args[0]], args[1:])
}

// Interrupt does what Ctrl-C does: SIGINT for the command and what it started.
func (p *Process) Interrupt() {
	p.w.t.Helper()
	p.interruptedMutex.Lock()
	p.interrupted = time.Now()
	p.interruptedMutex.Unlock()
	if err := signalGroup(p.command, os.Interrupt); err != nil {
		p.w.t.Fatal(err)
	}
}

// Wait waits for the end of the run. After Interrupt the duration counts from
// there.
func (p *Process) Wait() Result {
	p.w.t.Helper()
	defer p.cancel()
	err := p.command.Wait()
	ended := time.Now()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.w.t.Fatalf("%s %s: %v\n%s", p.w.cli.Name, strings.Join(p.args, " "), err, p.combined.String())
	}
	started := p.started
	p.interruptedMutex.Lock()
	if !p.interrupted.IsZero() {
		started = p.interrupted
	}
	p.interruptedMutex.Unlock()
	return Result{
		Args:     p.args,
		ExitCode: p.command.ProcessState.ExitCode(),
		Stdout:   p.stdout.String(),
		Stderr:   p.stderr.String(),
		Combined: p.combined.String(),
		Duration: ended.Sub(started),
	}
}

// Processes are the ids of the processes that work in the workspace now, the
// provider's among them. It reads /proc and is for Linux.
func (w *Workspace) Processes() []int {
	w.t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []int
	for _, link := range links {
		if dir, err := os.Readlink(link); err == nil && dir == w.Dir {
			id, _ := strconv.Atoi(strings.Split(link, "/")[2])
			ids = append(ids, id)
		}
	}
	return ids
}

// buffer collects what two streams write.
type buffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// both writes to two buffers.
type both struct{ one, other *buffer }

func (b both) Write(p []byte) (int, error) {
	_, _ = b.one.Write(p)
	return b.other.Write(p)
}
