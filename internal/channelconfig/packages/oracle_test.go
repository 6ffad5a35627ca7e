package packages

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
)

// ask puts cases to pip. It fills answers, a slice of the same length.
func ask[T any](t *testing.T, key string, cases []string) []T {
	t.Helper()
	script, err := os.ReadFile("testdata/oracle.py")
	if err != nil {
		t.Fatal(err)
	}
	var in bytes.Buffer
	for _, c := range cases {
		if err := json.NewEncoder(&in).Encode(map[string]string{key: c}); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), readers.Python(t, "readers"), "-I", "-c", string(script))
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=" + t.TempDir()}
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []T
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var answer T
		if err := decoder.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	if len(answers) != len(cases) {
		t.Fatalf("%d answers for %d cases", len(answers), len(cases))
	}
	return answers
}

func pick(source *rand.Rand, from []string) string { return from[source.IntN(len(from))] }

func TestParseVersion_AgreesWithPip(t *testing.T) {
	source := rand.New(rand.NewPCG(20260725, 1))
	pieces := []string{"1", "0", "12", "007", ".", ".", "-", "_", "a", "b", "rc", "alpha", "preview", "post", "rev", "r", "dev", "v", "!", "+", "local", " ", "x", "*", "C", "RC"}
	var cases []string
	for range 6000 {
		in := pick(source, []string{"", "", "v", "1!"}) + pick(source, []string{"1", "4.3", "4.3.0", "4.3.0.1"})
		for range source.IntN(5) {
			in += pick(source, pieces)
		}
		cases = append(cases, in)
	}
	accepted := 0
	for i, want := range ask[[]int](t, "version", cases) {
		got, err := ParseVersion(cases[i])
		if err == nil != (want != nil) || err == nil && !reflect.DeepEqual(want, []int{got.Major, got.Minor, got.Micro}) {
			t.Errorf("%q: %v, %v; pip: %v", cases[i], got, err, want)
		}
		if err == nil {
			accepted++
		}
	}
	t.Logf("%d of %d are versions", accepted, len(cases))
}

// mentioned is what pip says of a package in one place: release and marker.
type mentioned [2]any

// determined applies the rule of FromRequirements to what pip read.
func determined(list []mentioned) string {
	pins := map[string]bool{}
	marked, unpinned := false, false
	for _, m := range list {
		marked = marked || m[1] == true
		release, ok := m[0].([]any)
		if !ok {
			unpinned = true
			continue
		}
		pins[Version{int(release[0].(float64)), int(release[1].(float64)), int(release[2].(float64))}.String()] = true
	}
	if len(pins) != 1 || marked && unpinned {
		return "none"
	}
	for pin := range pins {
		return pin
	}
	return "none"
}

func TestFromRequirements_AgreesWithPip(t *testing.T) {
	source := rand.New(rand.NewPCG(20260725, 2))
	names := []string{"redis", "Redis", "channels", "channels_redis", "Channels.Redis", "channels-redis[cryptography]", "redis[a, b]", "redis-py", "asgiref"}
	specs := []string{"==7.4.1", " == 7.4.1", "===7.4.1", "==6.4", ">=7", "~=7.4", "==7.*", "==7.4.1,!=7.0", "<8,>=7,==7.4.1", "", " (==7.4.1)", "!=1", "==7.4.1rc1", "== 7.4.1 , >1", "=7", " 7.4.1", " @ https://packages.example.com/x-1-py3-none-any.whl"}
	tails := []string{"", "", " ", " # comment", "#nocomment", ";python_version>'3'", " ; python_version < '3.9' # c", " --hash=sha256:" + strings.Repeat("a", 64), " \\\n  --hash=sha256:" + strings.Repeat("b", 64), "\\\n", " \\\n # c\n"}
	var cases []string
	for in, want := range lines() {
		// Some pips read "redis==" as a name alone; all read the version of a
		// wheel's file name, which is not asked for here.
		if want != "error" && !strings.HasSuffix(in, ".whl") {
			cases = append(cases, in)
		}
	}
	for range 1500 {
		var b strings.Builder
		for range 1 + source.IntN(3) {
			b.WriteString(pick(source, []string{"", "", " ", "\\\n"}) + pick(source, names) + pick(source, specs) + pick(source, tails) + "\n")
		}
		cases = append(cases, b.String())
	}
	refused := 0
	for i, pip := range ask[map[string][]mentioned](t, "requirements", cases) {
		set, err := FromRequirements(cases[i])
		if pip == nil {
			refused++
		}
		if pip == nil || err != nil {
			// Where pip installs nothing, nothing must be determined from it
			// wrongly, but an error is not owed. What pip reads, we read.
			if pip != nil {
				t.Errorf("%q: %v; pip reads it", cases[i], err)
			}
			continue
		}
		want := determined(pip["channels"]) + " " + determined(pip["channels-redis"]) + " " + determined(pip["redis"])
		if summary(set) != want {
			t.Errorf("%q: %s; pip: %s", cases[i], summary(set), want)
		}
	}
	t.Logf("pip refuses %d of %d", refused, len(cases))
}
