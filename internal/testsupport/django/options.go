package django

import (
	"strings"
	"testing"
)

// Option changes what Start starts.
type Option func(*options)

type options struct {
	server   Server
	packages string
	settings string
	worker   string
	dotenv   *string
	port     int
}

// Server is an ASGI server.
type Server string

// The servers that the environment has.
const (
	Daphne  Server = "daphne"
	Uvicorn Server = "uvicorn"
)

// With chooses the server; the default is Daphne.
func With(server Server) Option { return func(o *options) { o.server = server } }

// Packages puts the packages of another Python environment in front, "redis-8.1"
// say: its Django, channels, channels_redis and redis-py are what the app then
// has.
func Packages(environment string) Option { return func(o *options) { o.packages = environment } }

// Settings replaces the settings code of config.settings by the provider's
// output settings_python.
func Settings(code string) Option { return func(o *options) { o.settings = code } }

// Worker runs `manage.py runworker CHANNEL` in place of a server.
func Worker(channel string) Option { return func(o *options) { o.worker = channel } }

// Dotenv makes the process read a .env file of that text as a shell does
// (set -a; . file), on top of the map given to Start, which may be nil.
func Dotenv(text string) Option { return func(o *options) { o.dotenv = &text } }

// Port is where a server listens, for one that takes the place of another.
// Unset it is any free one.
func Port(port int) Option { return func(o *options) { o.port = port } }

const (
	settingsBegin = "# ---- channel layers ----\n"
	settingsEnd   = "# ---- end of channel layers ----\n"
)

// SettingsCode is the settings code that the project has: the part of
// config/settings.py that Settings replaces.
func SettingsCode(t testing.TB) string {
	t.Helper()
	_, code, _ := settingsParts(t, projectFile(t, "config/settings.py"))
	return code
}

// settingsParts cuts the text of config/settings.py at its two marks.
func settingsParts(t testing.TB, text string) (before, code, after string) {
	t.Helper()
	before, rest, begins := strings.Cut(text, settingsBegin)
	code, after, ends := strings.Cut(rest, settingsEnd)
	if !begins || !ends {
		t.Fatal("config/settings.py lacks the lines around the channel layers")
	}
	return before + settingsBegin, code, settingsEnd + after
}
