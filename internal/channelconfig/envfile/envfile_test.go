package envfile_test

import (
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/envfile"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func TestRead_TakesWhatAllReadersAgreeOn(t *testing.T) {
	const text = "# comment\n\nexport REDIS_URL=redis://default:p%23w@h:6379/0\nKEY=\"a\nb\"\nQUOTED=\"redis://h\"\nSINGLE='x'\nEMPTY=\nnot a line\nOTHER=a b$c#d\n"
	vars, outcome := envfile.Read(secret.New(text), "REDIS_URL", "QUOTED", "SINGLE", "EMPTY", "MISSING")
	if outcome.Status != finding.Passed || len(outcome.Findings) != 0 {
		t.Fatalf("got %v %v, want a pass without findings", outcome.Status, outcome.IDs())
	}
	for name, want := range map[string]string{"REDIS_URL": "redis://default:p%23w@h:6379/0", "QUOTED": "redis://h", "SINGLE": "x", "EMPTY": ""} {
		if got, ok := vars[name].Get(); !ok || got.Reveal() != want {
			t.Errorf("%s: got %q (known: %v), want %q", name, got.Reveal(), ok, want)
		}
	}
	if vars["MISSING"].IsSet() {
		t.Error("a name that the file does not have is set")
	}
}

func TestRead_LeavesOpenWhatReadersDisagreeAbout(t *testing.T) {
	for name, text := range map[string]string{
		"hash":              "REDIS_URL=redis://:made#up@h",
		"hash, quoted":      "REDIS_URL=\"redis://:made#up@h\"",
		"dollar":            "REDIS_URL=redis://:$made@h",
		"comment":           "REDIS_URL=redis://h # production",
		"open quote":        "REDIS_URL=\"redis://h",
		"backslash":         `REDIS_URL=redis://:a\nb@h`,
		"trailing space":    "REDIS_URL=redis://h ",
		"carriage return":   "REDIS_URL=redis://h\r",
		"byte order mark":   "\ufeffREDIS_URL=redis://h",
		"indented":          "  REDIS_URL=redis://h",
		"space before =":    "REDIS_URL =redis://h",
		"space after =":     "REDIS_URL= redis://h",
		"colon":             "REDIS_URL: redis://h",
		"export and tab":    "export\tREDIS_URL=redis://h",
		"in open quotes":    "OTHER=\"multi\nREDIS_URL=redis://h\n\"",
		"in open backticks": "OTHER=`multi\nREDIS_URL=redis://h\n`",
		"given twice":       "REDIS_URL=redis://a\nREDIS_URL=redis://b",
	} {
		t.Run(name, func(t *testing.T) {
			vars, outcome := envfile.Read(secret.New(text+"\n"), "REDIS_URL")
			if outcome.Status != finding.Undetermined || !outcome.Has(envfile.Ambiguous.ID) {
				t.Errorf("got %v %v, want undetermined with %s", outcome.Status, outcome.IDs(), envfile.Ambiguous.ID)
			}
			if !vars["REDIS_URL"].IsUnknown() {
				t.Error("the value must be unknown")
			}
			for _, f := range outcome.Findings {
				if strings.Contains(f.Detail+f.Fix, "made") {
					t.Error("the finding quotes the value")
				}
			}
		})
	}
}

func TestRead_TheSameValueTwiceIsNoQuestion(t *testing.T) {
	_, outcome := envfile.Read(secret.New("REDIS_URL=redis://a\nREDIS_URL=redis://a\n"), "REDIS_URL")
	if outcome.Status != finding.Passed {
		t.Errorf("got %v", outcome.Findings)
	}
}
