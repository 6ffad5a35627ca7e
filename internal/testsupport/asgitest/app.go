package asgitest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/worktree"
)

// Server is what runs an app.
type Server string

// The servers.
const (
	Daphne  Server = "daphne"
	Uvicorn Server = "uvicorn"
	// UvicornWithoutWebSockets is uvicorn with no WebSocket library.
	UvicornWithoutWebSockets Server = "uvicorn --ws none"
	// WSGI serves the same Django as pages only.
	WSGI Server = "wsgi"
)

// The apps of apps.py.
const (
	Router      = "router"
	Origins     = "origins"      // behind AllowedHostsOriginValidator
	NoWebSocket = "no_websocket" // a ProtocolTypeRouter for http alone
	PlainDjango = "plain_django" // get_asgi_application() alone
)

// App is a server with one of the apps.
type App struct{ *process }

// Start starts one, with more variables in its environment: REDIS_URL, PREFIX,
// KEYS, LAYER. Without REDIS_URL the layer is in memory. It is for tests that
// may take long (redistest.Slow).
func Start(t testing.TB, server Server, app string, environment ...string) *App {
	t.Helper()
	return StartOn(t, launch.FreePort(t), server, app, environment...)
}

// StartOn is Start on a port of the caller's.
func StartOn(t testing.TB, port int, server Server, app string, environment ...string) *App {
	t.Helper()
	redistest.Slow(t)
	number := strconv.Itoa(port)
	var arguments []string
	switch server {
	case Daphne:
		arguments = []string{"-m", "daphne", "-e", "tcp:port=" + number + ":interface=127.0.0.1", "apps:" + app}
	case Uvicorn:
		arguments = []string{"-m", "uvicorn", "--port", number, "apps:" + app}
	case UvicornWithoutWebSockets:
		arguments = []string{"-m", "uvicorn", "--ws", "none", "--port", number, "apps:" + app}
	default:
		arguments = []string{"apps.py", number}
	}
	command := exec.CommandContext(context.Background(), interpreter(t), append([]string{"-u", "-B"}, arguments...)...)
	command.Dir = worktree.Path("internal/testsupport/asgitest")
	command.Env = append([]string{"HOME=" + os.Getenv("HOME")}, environment...)
	return &App{start(t, port, command)}
}

// interpreter is the Python with daphne and uvicorn. Where it is missing the
// test skips, or fails if CI is set.
func interpreter(t testing.TB) string {
	t.Helper()
	cache := os.Getenv("CHANNELS_CACHE")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(base, "terraform-provider-channels")
	}
	path := filepath.Join(cache, "venv", "e2e", "bin", "python")
	if _, err := os.Stat(path); err != nil {
		missing(t, "no Python environment e2e: run tools/setup-python.sh e2e")
	}
	return path
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}
