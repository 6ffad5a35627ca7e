package django

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait: a test shall fail, not hang. Nothing waits that
// long where all is well.
const patience = 60 * time.Second

// environment is the Python environment of the project.
const environment = "e2e"

// App is a process of the project that runs until its test ends.
type App struct {
	options options
	command *exec.Cmd
	log     *log
	exited  chan struct{}
	address string // of a server: "127.0.0.1:port"
}

// Start starts a server, or a worker, and waits until it says that it is up.
// environment is all that the process knows.
func Start(t testing.TB, environment map[string]string, opts ...Option) *App {
	t.Helper()
	a := launch(t, environment, opts)
	a.await(t, a.ready)
	return a
}

// Crash starts what ends by itself before it is up, and returns what it printed.
func Crash(t testing.TB, environment map[string]string, opts ...Option) string {
	t.Helper()
	a := launch(t, environment, opts)
	a.await(t, func() bool {
		select {
		case <-a.exited:
			return true
		default:
			if a.ready() {
				t.Fatalf("it has started, and should have ended:\n%s", a.Log())
			}
			return false
		}
	})
	if a.command.ProcessState.Success() {
		t.Fatalf("it has ended as if all were well:\n%s", a.Log())
	}
	return a.Log()
}

func launch(t testing.TB, environment map[string]string, opts []Option) *App {
	t.Helper()
	o := options{server: Daphne}
	for _, option := range opts {
		option(&o)
	}
	a := &App{options: o, log: newLog(), exited: make(chan struct{})}
	arguments := a.arguments(t)
	a.command = exec.CommandContext(context.Background(), arguments[0], arguments[1:]...)
	a.command.Dir = copyProject(t, o)
	a.command.Stdout, a.command.Stderr = a.log, a.log
	a.command.WaitDelay = patience
	a.command.Env = []string{} // nil would be this process's own
	for name, value := range environment {
		a.command.Env = append(a.command.Env, name+"="+value)
	}
	if err := a.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = a.command.Wait()
		close(a.exited)
		a.log.changed()
	}()
	t.Cleanup(a.Kill)
	return a
}

// runner runs a module as "python -m" does, with the packages of another
// environment in front where there is one. No variable could do so without
// being part of the app's environment.
const runner = `import runpy, sys
packages, module = sys.argv[1:3]
if packages:
    sys.path.insert(0, packages)
sys.path.insert(0, '')
del sys.argv[:2]
runpy.run_module(module, run_name='__main__', alter_sys=True)`

func (a *App) arguments(t testing.TB) []string {
	t.Helper()
	packages := ""
	if a.options.packages != "" {
		packages = packagesOf(t, a.options.packages)
	}
	arguments := []string{interpreter(t, environment), "-u", "-c", runner, packages}
	switch {
	case a.options.worker != "":
		arguments = append(arguments, "manage", "runworker", a.options.worker)
	case a.options.server == Uvicorn:
		arguments = append(arguments, "uvicorn", "--host", "127.0.0.1", "--port", fmt.Sprint(a.options.port), "config.asgi:application")
	default:
		arguments = append(arguments, "daphne", "-e", fmt.Sprintf("tcp:port=%d:interface=127.0.0.1", a.options.port), "config.asgi:application")
	}
	if a.options.dotenv == nil {
		return arguments
	}
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte(*a.options.dotenv), 0o600); err != nil {
		t.Fatal(err)
	}
	return append([]string{"/bin/sh", "-c", `set -a; . "$0"; set +a; exec "$@"`, file}, arguments...)
}

// ready reports whether the process has said that it is up.
func (a *App) ready() bool {
	said := "Listening on TCP address "
	switch {
	case a.options.worker != "":
		said = "Running worker for channels "
	case a.options.server == Uvicorn:
		said = "Uvicorn running on http://"
	}
	_, rest, found := strings.Cut(a.Log(), said)
	line, _, whole := strings.Cut(rest, "\n")
	if !found || !whole {
		return false
	}
	a.address, _, _ = strings.Cut(line, " ")
	return true
}

// await waits until something holds that the log, or the end of the process,
// brings about.
func (a *App) await(t testing.TB, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		changed := a.log.next()
		if holds() {
			return
		}
		select {
		case <-a.exited:
			if holds() {
				return
			}
			t.Fatalf("the app has ended:\n%s", a.Log())
		case <-deadline.C:
			t.Fatalf("nothing of the kind within %s; the app says:\n%s", patience, a.Log())
		case <-changed:
		}
	}
}

// Log is what the process has printed.
func (a *App) Log() string { return a.log.text() }

// AwaitLog waits until the process has printed a text, and returns the log.
func (a *App) AwaitLog(t testing.TB, text string) string {
	t.Helper()
	a.await(t, func() bool { return strings.Contains(a.Log(), text) })
	return a.Log()
}

// Await waits until something holds of what the process has printed.
func (a *App) Await(t testing.TB, holds func(log string) bool) {
	t.Helper()
	a.await(t, func() bool { return holds(a.Log()) })
}

// Addr is "127.0.0.1:port" of a server.
func (a *App) Addr() string { return a.address }

// URL is where a server answers a path: URL("/updates/push/x").
func (a *App) URL(path string) string {
	return (&url.URL{Scheme: "http", Host: a.address, Path: path}).String()
}

// WebSocketURL is the same for a WebSocket: WebSocketURL("/ws/updates/").
func (a *App) WebSocketURL(path string) string {
	return (&url.URL{Scheme: "ws", Host: a.address, Path: path}).String()
}

// Origin is what a browser sends that shows a page of this server.
func (a *App) Origin() string { return "http://" + a.address }

// Stop asks the process to end, as a deployment does, and waits for it.
func (a *App) Stop(t testing.TB) {
	t.Helper()
	a.Signal(t, syscall.SIGTERM)
	a.await(t, func() bool {
		select {
		case <-a.exited:
			return true
		default:
			return false
		}
	})
}

// Kill ends the process at once, as a crash would; the end of the test does so
// by itself.
func (a *App) Kill() {
	_ = a.command.Process.Kill()
	<-a.exited
}

// Signal sends a signal to the process.
func (a *App) Signal(t testing.TB, signal os.Signal) {
	t.Helper()
	if err := a.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}
