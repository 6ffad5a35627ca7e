package envfile

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
)

// environs are the real django-environ: of 0.11, of today, and of today with
// parse_comments.
func environs(t *testing.T) []readers.Reader {
	t.Helper()
	var found []readers.Reader
	for _, reader := range readers.All(t) {
		if reader.Name == "django-environ" {
			found = append(found, reader)
		}
	}
	if len(found) != 3 {
		missing := t.Skipf
		if os.Getenv("CI") != "" {
			missing = t.Fatalf // what CI leaves out is not proved
		}
		missing("%d of 3 django-environ are there; run tools/setup-python.sh", len(found))
	}
	return found
}

// texts are .env texts: those written by hand, and 3000 of pieces at random.
func texts() []string {
	list := []string{
		"REDIS_URL=redis://h:6379/0\n", "REDIS_URL=a\nREDIS_URL=b\n", "export REDIS_URL=a", "export\tREDIS_URL=a", " REDIS_URL=a",
		"REDIS_URL =a", "REDIS_URL= a", "REDIS_URL=\"a#b\"", "REDIS_URL='a#b'", "REDIS_URL='a' # b", "REDIS_URL='a'b'c' # d'e",
		"REDIS_URL=a # b", "REDIS_URL=\"a\" # b", "REDIS_URL=\"a\\n\\\"\\x\\\\\"", "REDIS_URL='\"a\"'", "REDIS_URL=\"'a'\"",
		"REDIS_URL=a\r\nA=b\rB=c\x1cC=d\u2028D=e\u0085E=f", "\ufeffREDIS_URL=a", "REDIS_URL=", "REDIS_URL=\"", "REDIS_URL=\"\"", "REDIS_URL='",
		"#REDIS_URL=a", "1A=b", "REDIS_URL=\\$a", "A=\"\nREDIS_URL=a\n\"", "REDIS_URL=\u00a0'a'\u3000#", "REDIS_URL=a\\", "REDIS_URL=\"a\\\"",
	}
	source := rand.New(rand.NewPCG(1, 2))
	pieces := strings.Split("REDIS_URL=|REDIS_URL=|A=|export |\n|\n|'|'|\"|\"|#|#| |a|b|\\|\\n|\u00a0|\x1f|\x1d|=|ä|\t|\r|`", "|")
	for range 3000 {
		var b strings.Builder
		b.WriteString("REDIS_URL=")
		for range source.IntN(9) {
			b.WriteString(pieces[source.IntN(len(pieces))])
		}
		list = append(list, b.String())
	}
	return list
}

func TestReadDjangoEnviron_ReadsLinesAsTheRealOnes(t *testing.T) {
	list := texts()
	for _, reader := range environs(t) {
		cuts := reader.Version != "0.14.0"
		for i, result := range reader.Read(t, list...) {
			want := map[string]string{}
			for name, r := range readEnviron(list[i]) {
				want[name] = r.whole
				if cuts {
					want[name] = r.cut
				}
			}
			if !result.Is(want) {
				t.Errorf("%s reads %q as %q (%v), we as %q", reader, list[i], result.Vars, result.Err, want)
			}
		}
	}
}

// What is known is what all of them read; what is called cut, some of them cut
// and others do not.
func TestReadDjangoEnviron_SaysWhatTheRealOnesShow(t *testing.T) {
	list := texts()
	got := make([][]string, len(list)) // what each reader makes of REDIS_URL
	for _, reader := range environs(t) {
		for i, result := range reader.Read(t, list...) {
			got[i] = append(got[i], fmt.Sprintf("%q", result.Vars["REDIS_URL"]))
		}
	}
	count := map[string]int{}
	for i, text := range list {
		vars, outcome := ReadDjangoEnviron(secret.New(text), "REDIS_URL")
		agree := got[i][0] == got[i][1] && got[i][1] == got[i][2]
		value, known := vars["REDIS_URL"].Get()
		switch {
		case known && len(outcome.Findings) == 0:
			count["known"]++
			if want := fmt.Sprintf("%q", value.Reveal()); !agree || got[i][0] != want {
				t.Errorf("%q is %s for us, %v for them", text, want, got[i])
			}
		case outcome.Has(CommentCut.ID):
			count["cut"]++
			if agree || known || outcome.Status != finding.Undetermined {
				t.Errorf("%q is called cut, and all of them read %v", text, got[i])
			}
		case outcome.Has(Ambiguous.ID):
			count["disputed"]++
		case vars["REDIS_URL"].IsSet():
			t.Errorf("%q: neither known nor a finding: %v", text, outcome)
		}
	}
	if count["known"] < 300 || count["cut"] < 300 {
		t.Errorf("the texts show too little: %v", count)
	}
	t.Logf("%v", count)
}

func TestReadDjangoEnviron_TakesASingleQuotedHash(t *testing.T) {
	vars, outcome := ReadDjangoEnviron(secret.New("REDIS_URL='redis://:p#w@h'\n"), "REDIS_URL")
	if value, ok := vars["REDIS_URL"].Get(); !ok || value.Reveal() != "redis://:p#w@h" || len(outcome.Findings) > 0 {
		t.Errorf("known: %v, %v", ok, outcome)
	}
	if _, outcome := Read(secret.New("REDIS_URL='redis://:p#w@h'\n"), "REDIS_URL"); !outcome.Has(Ambiguous.ID) || len(outcome.Findings) != 1 {
		t.Errorf("without the reader: %v, want %s alone", outcome, Ambiguous.ID)
	}
}

// A value with a $ in front is what the real one makes of it: that of the other
// variable, or an exception.
func TestProxies_FollowsAsTheRealOnes(t *testing.T) {
	wants := map[string]string{
		"REDIS_URL=$OTHER\nOTHER=redis://h":     "redis://h",
		"REDIS_URL=$$OTHER\nOTHER=redis://h":    "redis://h",
		"REDIS_URL=$A\nA=$B\nB=redis://h":       "redis://h",
		"REDIS_URL='$OTHER'\nOTHER=redis://h":   "redis://h",
		"REDIS_URL=redis://:$OTHER@h\nOTHER=no": "redis://:$OTHER@h",
		"REDIS_URL=\\$OTHER\nOTHER=no":          "\\$OTHER",
		"REDIS_URL=$OTHER\nOTHER=":              "",
		"REDIS_URL=$OTHER":                      "ImproperlyConfigured",
		"REDIS_URL=${OTHER}\nOTHER=redis://h":   "ImproperlyConfigured",
		"REDIS_URL=$":                           "ImproperlyConfigured",
		"REDIS_URL=$REDIS_URL":                  "RecursionError",
		"REDIS_URL=$A\nA=$REDIS_URL":            "RecursionError",
		"REDIS_URL=$A\nA=$B":                    "ImproperlyConfigured",
	}
	list := slices.Sorted(maps.Keys(wants))
	for _, reader := range environs(t) {
		for i, result := range reader.Read(t, list...) {
			got := result.Vars["REDIS_URL"]
			if result.Err != nil {
				got = result.Err.Error()
			}
			if want := wants[list[i]]; got != want {
				t.Errorf("%s makes %q of %q, want %q", reader, got, list[i], want)
			}
		}
	}
	for text, want := range wants {
		vars, outcome := ReadDjangoEnviron(secret.New(text), "REDIS_URL")
		fault := want == "ImproperlyConfigured" || want == "RecursionError"
		value, known := vars["REDIS_URL"].Get()
		if known == fault || outcome.Has(ProxiedValue.ID) != fault || known && value.Reveal() != want {
			t.Errorf("we make %q (known: %v) of %q, with %v", value.Reveal(), known, text, outcome.IDs())
		}
	}
}

// The app's default is taken in silence.
func TestProxies_TheDefaultTakesThePlaceInSilence(t *testing.T) {
	for _, venv := range []string{"readers", "readers-old"} {
		for value, want := range map[string]string{"$NOWHERE": "the default", "$OTHER": "redis://h", "redis://h2": "redis://h2"} {
			if got := withDefault(t, venv, value); got != want {
				t.Errorf("%s: %q comes to %q, want %q", venv, value, got, want)
			}
		}
	}
}

func TestProxies_OfAMapAreErrorsAndOfATextWarnings(t *testing.T) {
	_, outcome := ReadDjangoEnviron(secret.New("REDIS_URL=$OTHER"), "REDIS_URL")
	if len(outcome.Findings) != 1 || outcome.Findings[0].Severity != finding.Warning || outcome.Status != finding.Undetermined {
		t.Errorf("a text: %v", outcome)
	}
	vars, outcome := Proxies(map[string]channelconfig.Value[secret.String]{
		"REDIS_URL": channelconfig.Known(secret.New("$made-up")), "REDIS_HOST": channelconfig.Known(secret.New("$H")),
		"H": channelconfig.Known(secret.New("redis")), "REDIS_PORT": channelconfig.Unknown[secret.String](),
	}, "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "DEBUG")
	if len(outcome.Findings) != 1 || outcome.Findings[0].Severity != finding.Error || !vars["REDIS_URL"].IsUnknown() {
		t.Errorf("a map: %v", outcome)
	}
	if host, _ := vars["REDIS_HOST"].Get(); host.Reveal() != "redis" || !vars["REDIS_PORT"].IsUnknown() || vars["DEBUG"].IsSet() {
		t.Errorf("the others are %v", vars)
	}
	if text := fmt.Sprintf("%+v", outcome); strings.Contains(text, "made-up") {
		t.Errorf("the finding quotes the value: %s", text)
	}
}

func TestDocs_ExamplesOfDjangoEnvironGiveExactlyTheirID(t *testing.T) {
	for _, doc := range []finding.Doc{CommentCut, ProxiedValue} {
		for _, bad := range doc.Bad {
			if _, outcome := ReadDjangoEnviron(secret.New(bad), "REDIS_URL"); len(outcome.Findings) != 1 || !outcome.Has(doc.ID) {
				t.Errorf("%s: %q gives %v", doc.ID, bad, outcome.IDs())
			}
			if _, outcome := Read(secret.New(bad), "REDIS_URL"); outcome.Has(doc.ID) {
				t.Errorf("%s: %q gives it without the reader", doc.ID, bad)
			}
		}
		for _, good := range doc.Good {
			if _, outcome := ReadDjangoEnviron(secret.New(good), "REDIS_URL"); len(outcome.Findings) != 0 {
				t.Errorf("%s: %q gives %v", doc.ID, good, outcome.IDs())
			}
		}
	}
}

// withDefault is what env("REDIS_URL", default="the default") returns for a
// variable of the process.
func withDefault(t *testing.T, venv, value string) string {
	t.Helper()
	const program = `import environ; print(environ.Env()("REDIS_URL", default="the default"), end="")`
	cmd := exec.CommandContext(t.Context(), readers.Python(t, venv), "-c", program)
	cmd.Env = []string{"REDIS_URL=" + value, "OTHER=redis://h"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
