package envfile_test

import (
	"fmt"
	"strings"
	"testing"

	compose "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/joho/godotenv"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/envfile"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// planted stands for a secret: its letters are in no message.
const planted = "zqxjkvwqzx"

// shows reports whether a finding shows a piece of the secret.
func shows(outcome finding.Outcome) bool {
	text := strings.ToLower(fmt.Sprintf("%+v", outcome))
	for i := 0; i+4 <= len(planted); i++ {
		if strings.Contains(text, planted[i:i+4]) {
			return true
		}
	}
	return false
}

// FuzzRead: of a text that readers of .env files get to see, what is taken is
// what those written in Go make of it, what is not is unknown with a finding,
// and no finding shows anything of a value. \x01 stands for a secret.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"REDIS_URL=redis://:\x01@h\n", "export REDIS_URL='\x01'", "REDIS_URL=\"\x01\" # no", "REDIS_URL: \x01", " REDIS_URL = \x01",
		"\ufeffREDIS_URL=\x01", "A=\"\nREDIS_URL=\x01\n\"", "REDIS_URL=a\nREDIS_URL=\x01\r\n", "#REDIS_URL=\x01", "REDIS_URL=${\x01}", "REDIS_URL=`\x01`",
		"REDIS_HOST=h\nREDIS_PORT=6379\nDEBUG=False\n", "export\tDEBUG=1", "REDIS_URL", "=\x01", "REDIS_URL='\x01\"", "REDIS_URL=~\x01/x",
	} {
		f.Add(seed)
	}
	matter := []string{"REDIS_URL", "REDIS_HOST", "REDIS_PORT", "DEBUG"}
	f.Fuzz(func(t *testing.T, text string) {
		_, outcome := envfile.Read(secret.New(strings.ReplaceAll(text, "\x01", planted)), matter...)
		if shows(outcome) && !strings.Contains(strings.ToLower(text), planted[:4]) {
			t.Fatalf("a finding shows a piece of the secret: %v", outcome.Findings)
		}
		vars, outcome := envfile.Read(secret.New(text), matter...)
		unknown := 0
		for _, name := range matter {
			value, known := vars[name].Get()
			if vars[name].IsUnknown() {
				unknown++
			}
			if known {
				checkReaders(t, text, name, value.Reveal())
			}
		}
		if len(outcome.Findings) != unknown || (unknown > 0) != (outcome.Status == finding.Undetermined) {
			t.Fatalf("%d unknown variables, %s with findings %v", unknown, outcome.Status, outcome.Findings)
		}
		s := channelconfig.SettingsFrom(vars, channelconfig.DefaultVariables(), channelconfig.DebugReader{})
		if s.RedisURL.IsUnknown() != vars["REDIS_URL"].IsUnknown() || s.DebugUnreadable && !vars["DEBUG"].IsKnown() {
			t.Fatal("the settings are not those of the variables")
		}
	})
}

// checkReaders holds a value to the readers that run in this process, where they
// take the text at all.
func checkReaders(t *testing.T, text, name, want string) {
	t.Helper()
	if got, err := godotenv.Unmarshal(text); err == nil && got[name] != want {
		t.Fatalf("godotenv reads %s as %q, we as %q", name, got[name], want)
	}
	nothing := func(string) (string, bool) { return "", true }
	if got, err := compose.ParseWithLookup(strings.NewReader(text), nothing); err == nil && got[name] != want {
		t.Fatalf("docker compose reads %s as %q, we as %q", name, got[name], want)
	}
}

// FuzzDotEnv: what is written as .env text reads back as the same variables, here
// and in the readers that run in this process, and a refusal quotes no value.
func FuzzDotEnv(f *testing.F) {
	f.Add("REDIS_URL", "redis://default:exam%23ple@redis:6379/0", "DEBUG", "False")
	f.Add("A", "a b", "A", "~x@h")
	f.Add("__proto__", "\xff", "B", "#")
	f.Add("_A1", "=", "export", "\u2028")
	f.Fuzz(func(t *testing.T, name, value, other, second string) {
		written, err := render.DotEnv([]render.Var{{Name: name, Value: secret.New(value)}, {Name: other, Value: secret.New(second)}})
		if err != nil {
			_, err = render.DotEnv([]render.Var{{Name: name, Value: secret.New(planted + value + planted)}, {Name: other, Value: secret.New(second)}})
			if err != nil && strings.Contains(err.Error(), planted[:4]) {
				t.Fatalf("a refusal quotes a value: %v", err)
			}
			return
		}
		vars, outcome := envfile.Read(written, name, other)
		if outcome.Status != finding.Passed {
			t.Fatalf("%q does not read back: %v", written.Reveal(), outcome.Findings)
		}
		for name, want := range map[string]string{name: value, other: second} {
			if got, ok := vars[name].Get(); !ok || got.Reveal() != want {
				t.Fatalf("%s reads back as %q, want %q", name, got.Reveal(), want)
			}
			checkReaders(t, written.Reveal(), name, want)
		}
	})
}
