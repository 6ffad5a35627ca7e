package tfcli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// CLI is a Terraform or an OpenTofu.
type CLI struct {
	// Name is "terraform", "opentofu" or "terraform-1.5".
	Name string
	Path string
	// Major and Minor are its version.
	Major, Minor int
}

// IsTofu reports whether it is an OpenTofu.
func (c CLI) IsTofu() bool { return c.Name == "opentofu" }

// Need skips the test for a binary older than that: what it lacks, it cannot
// show. The binaries that [Each] takes are usually new enough for everything.
func (c CLI) Need(t testing.TB, major, minor int) {
	t.Helper()
	if c.Major < major || c.Major == major && c.Minor < minor {
		t.Skipf("%s %d.%d has no such feature: it came with %d.%d", c.Name, c.Major, c.Minor, major, minor)
	}
}

// Each runs the test with every binary there is, as subtests named after them.
func Each(t *testing.T, test func(t *testing.T, cli CLI)) {
	t.Helper()
	for _, cli := range all(t) {
		t.Run(cli.Name, func(t *testing.T) { test(t, cli) })
	}
}

// One runs an expensive test with one binary, or with every one when
// CHANNELS_FULL=1.
func One(t *testing.T, test func(t *testing.T, cli CLI)) {
	t.Helper()
	clis := all(t)
	if os.Getenv("CHANNELS_FULL") != "1" {
		clis = clis[:1]
	}
	for _, cli := range clis {
		t.Run(cli.Name, func(t *testing.T) { test(t, cli) })
	}
}

// First is one binary, for a benchmark.
func First(t testing.TB) CLI {
	t.Helper()
	return all(t)[0]
}

// Old is the oldest Terraform that is tested, 1.5.7.
func Old(t testing.TB) CLI {
	t.Helper()
	needReal(t)
	path := firstFile(os.Getenv("CHANNELS_TERRAFORM_OLD"), cached("terraform-1.5.7"))
	if path == "" {
		t.Fatal("the old Terraform is missing: run tools/setup-terraform-old.sh")
	}
	return inspect(t, "terraform-1.5", path)
}

// all are the binaries, Terraform first.
func all(t testing.TB) []CLI {
	t.Helper()
	needReal(t)
	var clis []CLI
	terraform, isSet := os.LookupEnv("CHANNELS_TERRAFORM")
	if !isSet {
		terraform, _ = exec.LookPath("terraform")
	}
	if terraform != "" {
		clis = append(clis, inspect(t, "terraform", terraform))
	}
	onPath, _ := exec.LookPath("tofu")
	tofu := firstFile(os.Getenv("CHANNELS_TOFU"), onPath, cached("tofu"))
	if tofu == "" {
		t.Fatal("OpenTofu is missing: run tools/setup-tofu.sh")
	}
	return append(clis, inspect(t, "opentofu", tofu))
}

func needReal(t testing.TB) {
	t.Helper()
	if os.Getenv("CHANNELS_REAL") != "1" {
		t.Skip("real Terraform and OpenTofu run only with CHANNELS_REAL=1 (make test sets it)")
	}
}

func firstFile(paths ...string) string {
	for _, path := range paths {
		if info, err := os.Stat(path); path != "" && err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}

// cached is where the set-up scripts put a binary (tools/lib.sh, CACHE).
func cached(name string) string {
	dir := os.Getenv("CHANNELS_CACHE")
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(base, "terraform-provider-channels")
	}
	return filepath.Join(dir, "bin", name)
}

// inspect asks a binary for its version.
func inspect(t testing.TB, name, path string) CLI {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, "version", "-json")
	command.Env = []string{"CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE=" + os.DevNull}
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%s version: %v", path, err)
	}
	var answer struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatalf("%s version: %v in %q", path, err, output)
	}
	parts := strings.SplitN(answer.Version, ".", 3)
	if len(parts) != 3 {
		t.Fatalf("%s calls itself version %q", path, answer.Version)
	}
	cli := CLI{Name: name, Path: path}
	cli.Major, _ = strconv.Atoi(parts[0])
	cli.Minor, _ = strconv.Atoi(parts[1])
	return cli
}
