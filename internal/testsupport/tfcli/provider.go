package tfcli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/worktree"
)

// binaryName is what dev_overrides look for.
const binaryName = "terraform-provider-channels"

// built is the directory of a provider that was built for this process.
var built = sync.OnceValues(build)

// buildDir is where build puts it.
var buildDir = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "provider") })

// CleanUp removes what was built for this process. Call it at the end of
// TestMain.
func CleanUp() {
	if dir, err := buildDir(); err == nil {
		_ = os.RemoveAll(dir)
	}
}

// ProviderBinary is the path of the provider's binary.
func ProviderBinary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("CHANNELS_PROVIDER_BIN"); path != "" {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) != binaryName {
			t.Fatalf("CHANNELS_PROVIDER_BIN must be the path of a %s, it is %s", binaryName, path)
		}
		return path
	}
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func build() (string, error) {
	dir, err := buildDir()
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, binaryName), ".")
	command.Dir = worktree.Path(".")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the provider does not build: %w\n%s", err, output)
	}
	return filepath.Join(dir, binaryName), nil
}
