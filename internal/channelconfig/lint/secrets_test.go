package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// canary is a made-up secret. Its pieces are unmistakable too, so that half of
// it is noticed as well.
const canary = "qzxjkcanaryvwqkz"

// canaryPieces are what may show of it nowhere.
func canaryPieces() []string { return []string{"qzxjk", "canary", "vwqkz"} }

// leaks reports the first finding that shows a piece of the canary.
func leaks(outcome finding.Outcome) string {
	for _, f := range outcome.Findings {
		all := strings.ToLower(fmt.Sprintf("%s %s %s %s %+v", f.Summary, f.Detail, f.Setting, f.Fix, f))
		for _, piece := range canaryPieces() {
			if strings.Contains(all, piece) {
				return all
			}
		}
	}
	return ""
}

// places are URLs and hosts with a hole, %s, in every place a secret can stand.
func places() []string {
	return []string{
		"%s", "%s://h:6379", "redis:%s", "redis:/%s", "//%s", "redis://%s", "redis://%s:6379", "redis://h:%s", "redis://h:6379/%s",
		"redis://%s@h", "redis://%s:p@h", "redis://:%s@h:6379/0", "redis://default:%s@h:6379/abc", "redis://:%s@h:0", "redis://:%s@",
		"redis://h:6379/0?password=%s", "redis://h:6379/0?%s=1", "redis://h:6379/0?foo=%s", "redis://h:6379/0?%s", "redis://h:6379/0#%s",
		"redis://h:6379/0?socket_timeout=%s", "redis://h:6379/0?db=%s", "rediss://h:6379/0?ssl_cert_reqs=%s", "redis://h?protocol=%s",
		"redis://h:6379/0?parser_class=%s", "redis://:%s@h?credential_provider=%s", "redis://h:6379/0?max_connections=-1&password=%s",
		"redis://:%s@a:1,b:2", "redis://:p@a:1/0,redis://:%s@b:2/0", "redis://:%s@::1:6379", "redis://[%s]:6379", "redis://:[%s@h",
		"unix://:%s@/s.sock/2", "unix://%s/s.sock", "unix:///%s", "unix:%s", `"redis://:%s@h"`, "redis://${%s}:6379", "redis://:${%s}@h",
		" redis://:%s@h ", "REDIS://:%s@h", "redis://:%s\n@h", "redis://:%s@h :6379", "valkey://:%s@h", "%s+tls://h", "redis+%s://h",
		"redis://:%s\uff20@h", "redis://:%%ff%s@h", "redis:///tmp/%s.sock", "redis://h/1/%s", "redis://:%s@h/-1", "redis://h/1?db=2&password=%s",
	}
}

// forms are ways in which a password can be broken or encoded.
func forms() []string {
	half := len(canary) / 2
	forms := []string{canary, strings.ToUpper(canary), "%71" + canary[1:], canary + "%zz", canary + "%FF"}
	for _, c := range "#/?@:[]%&= ,;\"'\\<>\t\n\u00e4\uff03" {
		forms = append(forms, canary[:half]+string(c)+canary[half:], string(c)+canary, canary+string(c))
	}
	return append(forms, "12/"+canary, "12#"+canary, "12?"+canary+"=1&x")
}

func TestRun_NoFindingShowsAnyPieceOfASecret(t *testing.T) {
	looked := 0
	for _, place := range places() {
		for _, form := range forms() {
			text := strings.ReplaceAll(strings.ReplaceAll(place, "%%", "\x00"), "%s", form)
			text = strings.ReplaceAll(text, "\x00", "%")
			for name, in := range everywhere(text) {
				got := Run(in)
				looked += len(got.Findings)
				if got.Has(finding.IDCrashed) {
					t.Errorf("%s: %q crashes a rule", name, place)
				}
				if text := leaks(got); text != "" {
					t.Errorf("%s: place %q shows the canary: %s", name, place, text)
				}
			}
		}
	}
	if looked < 10000 {
		t.Errorf("only %d findings were looked at", looked)
	}
}

// everywhere puts a text into each of the variables.
func everywhere(text string) map[string]Input {
	known := channelconfig.Known(text)
	settings := map[string]channelconfig.Settings{
		"REDIS_URL":              {RedisURL: channelconfig.Known(secret.New(text))},
		"REDIS_HOST":             {RedisHost: known},
		"REDIS_PORT":             {RedisPort: known},
		"DJANGO_SETTINGS_MODULE": {SettingsModule: known, DebugUnreadable: true, Debug: channelconfig.Unknown[bool]()},
		"CONFIG": {Config: channelconfig.Config{
			Prefix:                  known,
			SymmetricEncryptionKeys: channelconfig.Known([]secret.String{secret.New(text)}),
		}},
	}
	inputs := map[string]Input{}
	for name, s := range settings {
		inputs[name] = NewInput(s, channelconfig.Resolve(s), true)
	}
	return inputs
}

// FuzzRun: no rule panics, no finding shows a piece of a secret that stands
// somewhere in the input, and what redis-py refuses is never passed over.
func FuzzRun(f *testing.F) {
	for _, place := range places() {
		f.Add(strings.ReplaceAll(strings.ReplaceAll(place, "%%", "%"), "%s", "\x01"), "localhost", "6379", byte(0))
	}
	f.Add("redis://:\x01@h", "\x01", "\x01", byte(7))
	f.Fuzz(func(t *testing.T, url, host, port string, flags byte) {
		s := channelconfig.Settings{Variables: channelconfig.DefaultVariables()}
		put := func(text string) string { return strings.ReplaceAll(text, "\x01", canary) }
		s.RedisURL = channelconfig.Known(secret.New(put(url)))
		if flags&1 != 0 {
			s.RedisURL = channelconfig.Value[secret.String]{}
		}
		s.RedisHost, s.RedisPort = channelconfig.Known(put(host)), channelconfig.Known(put(port))
		s.Debug = channelconfig.Known(flags&2 != 0)
		s.Backend = channelconfig.Known(channelconfig.Backend(flags >> 2 & 3))
		in := NewInput(s, channelconfig.Resolve(s), flags&16 != 0)
		got := Run(in)
		if got.Has(finding.IDCrashed) {
			t.Fatal("a rule panicked")
		}
		if !strings.Contains(strings.ToLower(url+host+port), "canary") && leaks(got) != "" {
			t.Fatal("a finding shows a piece of the secret")
		}
		if in.urlStatus() == finding.Failed && in.refusedByAll() && !hasURLError(got) {
			t.Fatalf("redis-py refuses the URL (%s), the findings are %v", in.Readings[len(in.Readings)-1].Err.Reason, got.IDs())
		}
		if in.Resolution.Exception != nil && !hasError(got, "port/") {
			t.Fatalf("the settings raise an exception, the findings are %v", got.IDs())
		}
	})
}

func hasURLError(o finding.Outcome) bool { return hasError(o, "url/") }

func hasError(o finding.Outcome, category string) bool {
	for _, f := range o.Findings {
		if f.Severity == finding.Error && strings.HasPrefix(string(f.ID), category) {
			return true
		}
	}
	return false
}

func TestCutURL_AgreesWithRedisurl(t *testing.T) {
	compared := 0
	for _, place := range places() {
		for _, form := range forms() {
			text := strings.ReplaceAll(place, "%s", form)
			r := read(secret.New(text), redisurl.Newest)
			if r.URL == nil {
				continue
			}
			compared++
			u, w := cutURL(text), r.URL.Written
			if u.scheme != r.URL.Scheme || u.hasAuthority != w.HasAuthority || u.query.empty() == w.HasQuery ||
				strings.Contains(u.authority.in(u.text), "@") != w.HasUserinfo || strings.Contains(u.rest().in(u.text), "@") != w.LateAt {
				t.Errorf("%q is cut up in another way than redisurl does: %+v, %+v", text, u, w)
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d URLs were compared", compared)
	}
}
