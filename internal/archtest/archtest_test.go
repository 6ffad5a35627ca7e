package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// goPackage is what `go list -json` says of a package; see `go help list`.
type goPackage struct {
	ImportPath string
	Imports    []string
}

// TestImports_FollowTheTable reads the imports of every package of the module.
func TestImports_FollowTheTable(t *testing.T) {
	packages := list(t, "./...")
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages; the test is looking at the wrong place", len(packages))
	}
	for _, pkg := range packages {
		for _, violation := range violations(pkg) {
			t.Error(violation)
		}
	}
}

// TestRelease_ContainsNoTestSupport reads everything that main is built from.
func TestRelease_ContainsNoTestSupport(t *testing.T) {
	packages := list(t, "-deps", ".")
	if !slices.ContainsFunc(packages, func(p goPackage) bool { return p.ImportPath == module }) {
		t.Fatal("go list -deps does not name main itself")
	}
	for _, pkg := range packages {
		if prefix, found := under(pkg.ImportPath, neverReleased); found {
			t.Errorf("the released binary would contain %s (%s is for tests)", pkg.ImportPath, prefix)
		}
	}
}

// TestRules_NameEachPackageOnce keeps the table readable: a second row for the
// same package would silently win or lose.
func TestRules_NameEachPackageOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.pkg] {
			t.Errorf("two rows for %s", r.pkg)
		}
		seen[r.pkg] = true
	}
}

// TestViolations_FindsEachKind proves on made-up packages that the check can fail.
func TestViolations_FindsEachKind(t *testing.T) {
	tests := []struct {
		name    string
		pkg     string
		imports string
		want    string // part of the one violation, "" for none
	}{
		{"the library may compute addresses", "internal/channelconfig", "net/netip", ""},
		{"the library has no network", "internal/channelconfig", "net", "must stay pure"},
		{"nor parts of it", "internal/channelconfig/redisurl", "net/url", "must stay pure"},
		{"the library has no environment", "internal/channelconfig", "os", "must stay pure"},
		{"the library has no clock", "internal/channelconfig/lint", "time", "must stay pure"},
		{"the URL parser knows secrets", "internal/channelconfig/redisurl", module + "/internal/secret", ""},
		{"the URL parser does not know the settings", "internal/channelconfig/redisurl", module + "/internal/channelconfig", "wrong direction"},
		{"the settings do not know the rules", "internal/channelconfig", module + "/internal/channelconfig/lint", "wrong direction"},
		{"the rules know the settings", "internal/channelconfig/lint", module + "/internal/channelconfig", ""},
		{"the rules do not know the renderer", "internal/channelconfig/lint", module + "/internal/channelconfig/render", "wrong direction"},
		{"the wire protocol does not know the probe", "internal/channellayer", module + "/internal/redisprobe", "wrong direction"},
		{"the probe knows the wire protocol", "internal/redisprobe", module + "/internal/channellayer", ""},
		{"the probe deletes nothing of the app's", "internal/redisprobe", module + "/internal/channellayer/flush", "wrong direction"},
		{"nor does the provider", "internal/provider", module + "/internal/channellayer/flush", "wrong direction"},
		{"the wire protocol leaves the network to its transport", "internal/channellayer/core", "github.com/redis/go-redis/v9", "not allowed"},
		{"the probe does not speak Terraform", "internal/redisprobe", terraform + "-framework/diag", "not allowed"},
		{"the provider speaks Terraform", "internal/provider", terraform + "-framework/diag", ""},
		{"test support stays out", "internal/provider", module + "/internal/testsupport/redistest", "wrong direction"},
		{"a helper of the provider is below it", "internal/provider", module + "/internal/provider/convert", ""},
		{"a secret is a leaf", "internal/secret", module + "/internal/finding", "wrong direction"},
		{"a similar name is another module", "internal/redisprobe", "github.com/redis/go-redis/v90", "not allowed"},
		{"only the provider is main's", ".", module + "/internal/redisprobe", "wrong direction"},
		{"a new package needs a row", "internal/novelty", "fmt", "no row"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := module
			if test.pkg != "." {
				path += "/" + test.pkg
			}
			got := violations(goPackage{ImportPath: path, Imports: []string{test.imports}})
			switch {
			case test.want == "" && len(got) != 0:
				t.Errorf("violations = %q, want none", got)
			case test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)):
				t.Errorf("violations = %q, want one with %q", got, test.want)
			}
		})
	}
}

// violations says in a sentence each what is wrong with the imports of pkg.
func violations(pkg goPackage) []string {
	name := local(pkg.ImportPath)
	r, found := ruleFor(name)
	if !found {
		return []string{fmt.Sprintf("%s has no row in the table of internal/archtest/rules_test.go", name)}
	}
	var complaints []string
	for _, path := range pkg.Imports {
		if complaint := r.judge(path); complaint != "" {
			complaints = append(complaints, fmt.Sprintf("%s imports %s: %s", name, path, complaint))
		}
	}
	return complaints
}

// judge returns what is wrong with importing path, "" if nothing is.
func (r rule) judge(path string) string {
	switch {
	case path == module || strings.HasPrefix(path, module+"/"):
		if !r.allowsInternal(local(path)) {
			return "wrong direction"
		}
	case isStandard(path):
		_, reachesOut := under(path, impure)
		_, computes := under(path, pureExceptions)
		if r.pure && reachesOut && !computes {
			return "it must stay pure: no network, no system, no clock"
		}
	default:
		if !r.allowsExternal(path) {
			return "not allowed here"
		}
	}
	return ""
}

func (r rule) allowsInternal(name string) bool {
	if _, below := under(name, []string{r.pkg}); r.tree && below {
		return true
	}
	return slices.ContainsFunc(r.internal, func(allowed string) bool {
		tree, isTree := strings.CutSuffix(allowed, "/...")
		if !isTree {
			return name == allowed
		}
		_, below := under(name, []string{tree})
		return below
	})
}

func (r rule) allowsExternal(path string) bool {
	return slices.ContainsFunc(r.external, func(allowed string) bool {
		if allowed == anything {
			return true
		}
		if allowed == terraform {
			return strings.HasPrefix(path, terraform+"-")
		}
		_, below := under(path, []string{allowed})
		return below
	})
}

// ruleFor finds the longest row that fits. "." is main alone, not the rest.
func ruleFor(name string) (rule, bool) {
	best, found := rule{}, false
	for _, r := range rules {
		_, fits := under(name, []string{r.pkg})
		if fits && (!found || len(r.pkg) > len(best.pkg)) {
			best, found = r, true
		}
	}
	return best, found
}

// under finds the first of the prefixes that path equals or lies below.
func under(path string, prefixes []string) (string, bool) {
	for _, prefix := range prefixes {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return prefix, true
		}
	}
	return "", false
}

// local is the path of a package within the module, "." for main.
func local(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

// isStandard goes by the rule that the go command itself uses: the first
// element of a path outside the standard library has a dot.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// list runs go list in the root of the module.
func list(t *testing.T, arguments ...string) []goPackage {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Imports"}, arguments...)...)
	command.Dir = "../.."
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []goPackage
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var pkg goPackage
		err := decoder.Decode(&pkg)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, pkg)
	}
}
