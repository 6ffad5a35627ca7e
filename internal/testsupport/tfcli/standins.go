package tfcli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/worktree"
)

// standins are the providers of others that internal/testsupport/standins
// stands in for, by address.
var standins = []string{"hashicorp/random", "hashicorp/kubernetes", "ahmedali6/dokploy"}

// builtStandins is the directory of their binaries, built once for the process.
var builtStandins = sync.OnceValues(buildStandins)

// Standins makes what runs from now on find stand-ins for the providers of
// others that examples use. They write what they would tell a service to files
// in the directory that it returns.
func (w *Workspace) Standins() (dir string) {
	w.t.Helper()
	binaries, err := builtStandins()
	if err != nil {
		w.t.Fatal(err)
	}
	overrides := fmt.Sprintf("    %q = %q\n", "channel-layer/channels", filepath.Dir(ProviderBinary(w.t)))
	for _, address := range standins {
		overrides += fmt.Sprintf("    %q = %q\n", address, binaries)
	}
	dir = w.t.TempDir()
	config := filepath.Join(w.t.TempDir(), "cli.tfrc")
	text := "provider_installation {\n  dev_overrides {\n" + overrides + "  }\n  direct {}\n}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.Setenv("TF_CLI_CONFIG_FILE", config)
	w.Setenv("CHANNELS_STANDINS", dir)
	return dir
}

// buildStandins builds one binary, which has a name for each provider.
func buildStandins() (string, error) {
	dir, err := buildDir()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "standins")
	command := exec.Command("go", "build", "-trimpath", "-o", binary, "./internal/testsupport/standins")
	command.Dir = worktree.Path(".")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the stand-ins do not build: %w\n%s", err, output)
	}
	for _, address := range standins {
		_, name, _ := strings.Cut(address, "/")
		if err := os.Symlink(binary, filepath.Join(dir, "terraform-provider-"+name)); err != nil {
			return "", err
		}
	}
	return dir, nil
}
