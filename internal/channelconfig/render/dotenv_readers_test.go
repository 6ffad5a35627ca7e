package render

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
)

// random is a source that CHANNELS_TEST_SEED replays.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(20260725)
	if text := os.Getenv("CHANNELS_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("CHANNELS_TEST_SEED: %v", err)
		}
	}
	t.Logf("CHANNELS_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// mustRead fails unless every reader reads the values back from DotEnv's
// text: all that DotEnv accepts.
func mustRead(t *testing.T, values []string) {
	t.Helper()
	const perFile = 300
	var texts []string
	var wants []map[string]string
	for chunk := range slices.Chunk(values, perFile) {
		want := map[string]string{}
		list := make([]Var, len(chunk))
		for i, value := range chunk {
			list[i] = Var{Name: fmt.Sprintf("V%d", i), Value: secret.New(value)}
			want[list[i].Name] = value
		}
		text, err := DotEnv(list)
		if err != nil {
			t.Fatal(err)
		}
		texts, wants = append(texts, text.Reveal()), append(wants, want)
	}
	for _, reader := range readers.All(t) {
		for i, result := range reader.Read(t, texts...) {
			if result.Is(wants[i]) {
				continue
			}
			t.Errorf("%s: %v", reader, result.Err)
			for name, value := range wants[i] {
				if result.Vars[name] != value {
					t.Errorf("%s reads %q as %q", reader, value, result.Vars[name])
				}
			}
		}
	}
}

// mustMisread fails unless the reader that each refusal names reads something
// else indeed, in at least one of its versions.
func mustMisread(t *testing.T, values []string) {
	t.Helper()
	byReader := map[string][]string{}
	for _, value := range values {
		var refusal *DotEnvError
		if err := check(0, Var{Name: "A", Value: secret.New(value)}); !errors.As(err, &refusal) {
			t.Fatalf("%q is not refused", value)
		}
		byReader[refusal.Reader] = append(byReader[refusal.Reader], witness(value, refusal))
	}
	all := readers.All(t)
	for name, values := range byReader {
		misread := make([]bool, len(values))
		present := false
		for _, reader := range all {
			if reader.Name != name {
				continue
			}
			present = true
			for i, result := range reader.Read(t, fileTexts(values)...) {
				misread[i] = misread[i] || !result.Is(map[string]string{"A": values[i], "B": "z"})
			}
		}
		for i, value := range values {
			if present && !misread[i] {
				t.Errorf("%s reads %q well", name, value)
			}
		}
	}
}

// witness is the value itself, but where a refusal does not look at what
// follows the character: a value then in which the same character, at the
// same place, is misread.
func witness(value string, refusal *DotEnvError) string {
	switch before := value[:refusal.Offset]; value[refusal.Offset] {
	case '$':
		return before + "$kq"
	case '(': // bash 5.2 reads A=(-)= as it stands, by accident
		return before + "(kq"
	case '~':
		return before + "~root"
	}
	return value
}

func fileTexts(values []string) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = "A=" + value + "\nB=z\n"
	}
	return texts
}

// check both ways: what is accepted is read back by all, what is refused is
// misread by the one named.
func mustAgree(t *testing.T, values []string) {
	t.Helper()
	var accepted, refused []string
	for _, value := range values {
		if check(0, Var{Name: "A", Value: secret.New(value)}) == nil {
			accepted = append(accepted, value)
		} else {
			refused = append(refused, value)
		}
	}
	t.Logf("%d accepted, %d refused", len(accepted), len(refused))
	mustRead(t, accepted)
	mustMisread(t, refused)
}

// places puts a character where readers may treat it differently.
func places(c string) []string {
	return []string{
		c, c + "kq", "k" + c + "q", "kq" + c,
		c + c + "kq", "k" + c + c + "q", "kq" + c + c,
		"k:" + c + "q", "k:" + c, "k=" + c + "q", "k@" + c + "@q", "k" + c + "7", "k" + c + ".7",
	}
}

func TestDotEnv_EveryASCIICharacterInEveryPlaceIsReadAsRuled(t *testing.T) {
	var values []string
	for c := rune(1); c < 0x80; c++ {
		values = append(values, places(string(c))...)
	}
	mustAgree(t, values)
}

// TestDotEnv_UnicodeIsReadAsRuled has all of what any reader might take for
// space or for invalid, and a spread over the rest.
func TestDotEnv_UnicodeIsReadAsRuled(t *testing.T) {
	var values []string
	add := func(c rune) { values = append(values, string(c), string(c)+"k", "k"+string(c)+"q", "k"+string(c)) }
	for c := rune(0x80); c < 0x250; c++ {
		add(c)
	}
	for _, c := range "\u0300\u061c\u1680\u180e\u3000\ufdcf\ufdd0\ufdef\ufdf0\ufeff\ufffd\ufffe\uffff\U0001f600\U0001fffe\U0010fffd\U0010ffff" {
		add(c)
	}
	for c := rune(0x2000); c < 0x2070; c++ {
		add(c)
	}
	source := random(t)
	for range 2000 {
		if c := source.Int32N(0x110000); c < 0xd800 || c >= 0xe000 {
			add(c)
		}
	}
	mustAgree(t, values)
}

func TestDotEnv_PairsOfSafeCharactersAreReadAsRuled(t *testing.T) {
	const characters = "!%*+,-./0:=?@A[]^_a{}~\x01\x7f\u00e9"
	var values []string
	for _, a := range characters {
		for _, b := range characters {
			pair := string(a) + string(b)
			values = append(values, pair, "k"+pair, pair+"k", "k"+pair+"k", ":"+pair)
		}
	}
	mustAgree(t, values)
}

func TestDotEnv_RandomValuesAreReadAsRuled(t *testing.T) {
	source := random(t)
	// The letters spell no command, and without "/", "*" and "?" a shell that
	// misreads a value reaches nothing outside its directory.
	characters := []rune("kkkqqqZZ777::==--__..@%+,![]^{}~ \t\"'\\#$`&|;<>()\u00e9\u00a0\u2028\x1f\r\n")
	safe := []rune("kqZ7:=-_.@%+,![]^{}~\u00e9/*?")
	var values []string
	for i := range 3000 {
		from := safe
		if i%4 == 0 {
			from = characters
		}
		value := make([]rune, source.IntN(12))
		for j := range value {
			value[j] = from[source.IntN(len(from))]
		}
		values = append(values, string(value))
	}
	mustAgree(t, values)
}

func TestDotEnv_PercentEncodedURLsAreAlwaysAccepted(t *testing.T) {
	source := random(t)
	encode := func(length int) string {
		var b strings.Builder
		for range length {
			c := byte(source.IntN(256))
			if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", c) >= 0 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		return b.String()
	}
	values := []string{"redis://:~@redis", "redis://:~root@redis.example.com", "rediss://~:~~@redis:6379/15?socket_timeout=10"}
	for range 2000 {
		values = append(values, fmt.Sprintf("redis://%s:%s@redis.example.com:6379/%d?client_name=%s",
			encode(source.IntN(8)), encode(source.IntN(40)), source.IntN(16), encode(1+source.IntN(8))))
	}
	mustRead(t, values)
}

func TestDotEnv_ReservedNamesAreMisreadAndOthersAreNot(t *testing.T) {
	names := []string{
		"REDIS_URL", "a", "export", "env", "file", "first", "set", "if", "IFS", "PATH", "HOME", "PWD", "LC_ALL", "TZ",
		"BASH", "BASH_ENV", "BASH_COMMAND", "BASH_REMATCH", "MAPFILE", "COPROC", "REPLY", "OPTARG", "PS4",
		"POSIXLY_CORRECT", "readonly", "constructor", "toString", "_a", "__", "A9_",
	}
	reserved := []string{
		"BASHOPTS", "BASHPID", "BASH_ALIASES", "BASH_ARGC", "BASH_ARGV", "BASH_ARGV0", "BASH_CMDS", "BASH_LINENO",
		"BASH_SOURCE", "BASH_SUBSHELL", "BASH_VERSINFO", "COMP_WORDBREAKS", "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS",
		"EUID", "FUNCNAME", "GROUPS", "HISTCMD", "LINENO", "OPTIND", "PIPESTATUS", "PPID", "RANDOM", "SECONDS",
		"SHELLOPTS", "SRANDOM", "UID", "_", "__proto__",
	}
	var texts []string
	for _, name := range append(names, reserved...) {
		texts = append(texts, name+"=kq\nB=z\n")
	}
	misread := map[string][]string{}
	for _, reader := range readers.All(t) {
		for i, result := range reader.Read(t, texts...) {
			name, _, _ := strings.Cut(texts[i], "=")
			if !result.Is(map[string]string{name: "kq", "B": "z"}) {
				misread[name] = append(misread[name], reader.Name)
			}
		}
	}
	for _, name := range names {
		if nameReader(name) != "" || len(misread[name]) > 0 {
			t.Errorf("%s: ruled out for %q, misread by %v", name, nameReader(name), misread[name])
		}
	}
	for _, name := range reserved {
		if !slices.Contains(misread[name], nameReader(name)) {
			t.Errorf("%s: ruled out for %q, misread by %v", name, nameReader(name), misread[name])
		}
	}
}

func TestDotEnv_LongestLineIsReadAndTheNextIsNot(t *testing.T) {
	longest := strings.Repeat("x", maxLine-len("A=\n"))
	if err := check(0, Var{Name: "A", Value: secret.New(longest)}); err != nil {
		t.Error(err)
	}
	for _, reader := range readers.All(t) {
		if reader.Name != readerDocker {
			continue
		}
		results := reader.Read(t, "A="+longest+"\n", "A="+longest+"x\n")
		if !results[0].Is(map[string]string{"A": longest}) || results[1].Err == nil {
			t.Errorf("docker: %v, then %v", results[0].Err, results[1].Err)
		}
	}
}

// TestDotEnv_WhoMisreadsWhatIsWrittenDown keeps the experiment as data, for
// people: testdata/misreadings.txt says of every ASCII character in three
// places who reads something else.
func TestDotEnv_WhoMisreadsWhatIsWrittenDown(t *testing.T) {
	var values, labels []string
	for c := rune(1); c < 0x80; c++ {
		if check(0, Var{Name: "A", Value: secret.New("~" + string(c))}) == nil && ruledOut(edgeRules(), c) == "" {
			continue // the other tests show that all read it
		}
		if ruledOut(anywhereRules(), c) == "" && ruledOut(edgeRules(), c) == "" && c != '~' {
			continue
		}
		values = append(values, string(c)+"kq", "k"+string(c)+"q", "kq"+string(c))
		labels = append(labels, strconv.QuoteRune(c))
	}
	misread := make([][]string, len(values))
	for _, reader := range readers.All(t) {
		for i, result := range reader.Read(t, fileTexts(values)...) {
			if reader.ExpandsDollar && strings.Contains(values[i], "$") {
				continue
			}
			if !result.Is(map[string]string{"A": values[i], "B": "z"}) {
				misread[i] = append(misread[i], reader.Name)
			}
		}
	}
	var b strings.Builder
	for i, label := range labels {
		fmt.Fprintf(&b, "%s\n", label)
		for j, place := range []string{"start", "middle", "end"} {
			names := misread[3*i+j]
			sort.Strings(names)
			fmt.Fprintf(&b, "    %-7s %s\n", place, strings.Join(slices.Compact(names), ", "))
		}
	}
	golden(t, "misreadings.txt", b.String())
}
