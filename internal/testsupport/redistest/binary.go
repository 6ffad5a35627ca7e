package redistest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// cacheDir is where tools/setup-redis.sh puts other servers.
func cacheDir() string {
	if dir := os.Getenv("CHANNELS_CACHE"); dir != "" {
		return dir
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "terraform-provider-channels")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".cache", "terraform-provider-channels")
}

// binary finds a server, or skips or fails the test. name is "" for the
// system's or one of those that tools/setup-redis.sh knows.
func binary(t testing.TB, name string) string {
	t.Helper()
	if path := find(name); path != "" {
		return path
	}
	command := "tools/setup-redis.sh"
	if name != "" {
		command += " " + name
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("redis-server %s is missing: run %s", name, command)
	}
	t.Skipf("redis-server %s is missing: run %s", name, command)
	return ""
}

// Has reports whether the server of that name is there.
func Has(name string) bool { return find(name) != "" }

func find(name string) string {
	if name == "" {
		if path := os.Getenv("CHANNELS_REDIS_SERVER"); path != "" {
			return path
		}
		if path, err := exec.LookPath("redis-server"); err == nil {
			return path
		}
		name = "default"
	}
	path := filepath.Join(cacheDir(), "redis", name, "redis-server")
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return path
	}
	return ""
}
