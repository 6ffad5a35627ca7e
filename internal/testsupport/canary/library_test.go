package canary_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/envfile"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
)

// hole is where a secret goes.
const hole = "{}"

// places are URLs with a hole in every place where a secret can stand, on
// purpose or by mistake.
func places() []string {
	return []string{
		"redis://:{}@h:6379/0", "redis://{}:p@h", "redis://{}@h", "redis://default:{}@h/1", "rediss://default:{}@h", "redis://:{}@[::1]:6379",
		"redis://h?password={}", "redis://h?username={}", "rediss://h?ssl_password={}", "redis://h?unknown={}", "redis://h?{}=1", "redis://h?{}",
		"redis://h?socket_timeout={}", "redis://h?db={}", "rediss://h?ssl_cert_reqs={}", "redis://h?protocol={}", "redis://h?credential_provider={}",
		"redis://h?retry_on_timeout={}", "redis://h?decode_responses={}", "redis://h/{}", "redis://h/1/{}", "redis://h#{}", "redis://h:{}",
		"redis://a:1,b:2/{}", "redis://:{}@a:1,b:2", "redis://:{}@::1:6379", "redis://[{}]:6379", "redis://:{}@h:0", "redis://:{}@", "redis://:{}@:",
		"unix://:{}@/run/redis.sock/2", "unix://{}/run/redis.sock", "unix:{}", "redis:{}", "redis:/{}", "//{}", "{}", "{}://h", "{}:@h",
		`"redis://:{}@h"`, "'redis://:{}@h'", "redis://${{}}@h", "redis://:$({})@h", " redis://:{}@h ", "REDIS://:{}@h", "redis://:{}\n@h",
		"redis://:{}@h :6379", "valkey://:{}@h", "redis+sentinel://:{}@h", "REDIS_URL=redis://:{}@h", "redis://:%FF{}@h", "redis://:%zz{}@h",
		"redis://:12/{}@h", "redis://:12#{}@h", "redis://:12?{}@h", "redis://default:6379?db=1&{}@h", "None{}", "redis://:{}@h?db=2",
	}
}

// delimiters are what secrets are broken by; "" leaves one whole.
func delimiters() []string {
	each := []string{""}
	for _, c := range "#/?@:[]%&=+;, \"'\\<>{}$`\t\n\u00e4\uff03\uff0f\uff20" {
		each = append(each, string(c))
	}
	return append(each, "#/?@:[]% ", "@#", "/@", "[]", "%zz", "\x00", ":@/")
}

// shown is everything that a value shows of itself.
func shown(v any) string {
	encoded, _ := json.Marshal(v)
	texts := []string{fmt.Sprintf("%v|%+v|%#v|%s|%q|%x", v, v, v, v, v, v), string(encoded)}
	if err, ok := v.(error); ok && err != nil {
		texts = append(texts, err.Error())
	}
	return strings.Join(texts, "\n")
}

// looks counts what was looked at, so that a test that sees nothing fails.
type looks struct {
	t       *testing.T
	counted map[string]int
}

func (l looks) at(what, place string, finder *canary.Finder, values ...any) {
	l.t.Helper()
	for _, v := range values {
		l.counted[what]++
		for _, leak := range finder.Find(shown(v)) {
			l.t.Errorf("%s of %q shows a secret: %s", what, place, leak)
		}
	}
}

func (l looks) atLeast(n int, whats ...string) {
	l.t.Helper()
	for _, what := range whats {
		if l.counted[what] < n {
			l.t.Errorf("only %d of: %s", l.counted[what], what)
		}
	}
}

func TestLibrary_NoMessageAboutURLShowsSecret(t *testing.T) {
	l := looks{t, map[string]int{}}
	for _, place := range places() {
		for _, delimiter := range delimiters() {
			s := canary.Broken(place+delimiter, delimiter)
			finder := canary.NewFinder(s)
			for _, text := range []string{strings.ReplaceAll(place, hole, s.Text), strings.ReplaceAll(place, hole, s.Encoded())} {
				lookAtURL(l, place, finder, text)
				lookAtSettings(l, place, finder, text)
				lookAtEnvFile(l, place, finder, text)
			}
		}
	}
	l.atLeast(2000, "an error of Parse", "Redact", "a finding", "an exception", "an error of DotEnv", "a finding of a .env file", "an error of Int")
}

func lookAtURL(l looks, place string, finder *canary.Finder, text string) {
	for _, line := range []redisurl.Line{redisurl.Lines()[0], redisurl.Newest} {
		if _, err := redisurl.Parse(secret.New(text), line); err != nil {
			l.at("an error of Parse", place, finder, err)
		}
	}
	if !isShownOnPurpose(place, text) {
		l.at("Redact", place, finder, redisurl.Redact(secret.New(text)))
	}
	if _, err := pyvalue.Int(text); err != nil {
		l.at("an error of Int", place, finder, err)
	}
	if _, err := pyvalue.Float(text); err != nil {
		l.at("an error of Float", place, finder, err)
	}
	if _, err := packages.ParseVersion(text); err != nil {
		l.at("an error of ParseVersion", place, finder, err)
	}
	if _, err := render.DotEnv([]render.Var{{Name: "REDIS_URL", Value: secret.New(text)}}); err != nil {
		f, _ := render.FindingOf(err)
		l.at("an error of DotEnv", place, finder, err, f)
	}
}

// isShownOnPurpose: user names beside a password and hosts are shown, and of a
// URL that is well-formed nobody can tell that something else was meant.
func isShownOnPurpose(place, text string) bool {
	switch place {
	case "redis://{}:p@h":
		return true
	case "redis://{}@h":
		return strings.Count(text, ":") > 1
	case "redis://h:{}":
		return strings.Contains(text, "@")
	}
	return false
}

// lookAtSettings puts the text into each variable.
func lookAtSettings(l looks, place string, finder *canary.Finder, text string) {
	for _, name := range []string{"REDIS_URL", "REDIS_HOST", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE", "OTHER"} {
		vars := map[string]channelconfig.Value[secret.String]{name: channelconfig.Known(secret.New(text))}
		s := channelconfig.SettingsFrom(vars, channelconfig.DefaultVariables(), channelconfig.DebugReader{})
		resolution := channelconfig.Resolve(s)
		if resolution.Exception != nil {
			l.at("an exception", place, finder, resolution.Exception)
		}
		for _, f := range lint.Run(lint.NewInput(s, resolution, len(text)%2 == 0)).Findings {
			l.at("a finding", place, finder, f)
		}
		l.at("origins", place, finder, resolution.Origins)
		code, err := render.SettingsPython(s)
		l.at("Python code", place, finder, code, err)
		s.Config.SymmetricEncryptionKeys = channelconfig.Known([]secret.String{secret.New(text), {}})
		_, err = render.ChannelLayersJSON(s)
		l.at("an error of JSON", place, finder, err)
		code, err = render.SettingsPython(s)
		l.at("Python code", place, finder, code, err)
		s.Variables = channelconfig.Variables{}
		if name != "REDIS_HOST" { // which stands in the code then
			code, err = render.SettingsPython(s)
			l.at("Python code", place, finder, code, err)
		}
	}
}

func lookAtEnvFile(l looks, place string, finder *canary.Finder, text string) {
	for _, line := range []string{"REDIS_URL=%s", "export REDIS_URL='%s'", "REDIS_URL=%[1]s\nREDIS_URL=2", `REDIS_URL="%s" # %[1]s`, "%s", "REDIS_URL = %s", "REDIS_URL=${%s}"} {
		_, outcome := envfile.Read(secret.New(fmt.Sprintf(line, text)), "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "DEBUG")
		for _, f := range outcome.Findings {
			l.at("a finding of a .env file", place, finder, f)
		}
	}
}

// parts puts a text into each part of a URL, with sound ones beside it.
func parts(text string) map[string]redisurl.Parts {
	s := secret.New(text)
	all := map[string]redisurl.Parts{
		"scheme":   {Scheme: text, Host: "h"},
		"host":     {Host: text},
		"username": {Host: "h:", Username: text},
		"password": {Host: "h:", Password: s},
		"invalid":  {Host: "h", Password: secret.New(text + "\xff")},
		"path":     {Path: text},
		"port":     {Host: "h", Port: big.NewInt(-1), Password: s},
		"tls":      {Host: "h", Scheme: "unix", Path: "/" + text, Port: big.NewInt(1)},
	}
	for _, name := range append(redisurl.KnownArguments(), text, "unknown") {
		all["argument "+name] = redisurl.Parts{Host: "h", Query: map[string]secret.String{name: s}}
		all["encoded argument "+name] = redisurl.Parts{Host: "h", Query: map[string]secret.String{name: secret.New("%41" + text)}}
	}
	return all
}

func TestLibrary_NoErrorOfBuildShowsAPart(t *testing.T) {
	l := looks{t, map[string]int{}}
	for _, delimiter := range delimiters() {
		s := canary.Broken("part"+delimiter, delimiter)
		for name, p := range parts(s.Text) {
			if _, err := redisurl.Build(p); err != nil {
				l.at("an error of Build", name, canary.NewFinder(s), err)
			}
		}
	}
	l.atLeast(500, "an error of Build")
}

func TestLibrary_NoErrorAboutRequirementsShowsSecret(t *testing.T) {
	l := looks{t, map[string]int{}}
	for _, text := range []string{
		"--index-url https://user:{}@pypi.example.com/simple\nredis==x", "redis=={}", "channels_redis @ https://u:{}@example.com/x.whl\nredis==y",
		"-e git+https://{}@example.com/x.git\n???", "{}", "redis==1; {}\n{}", "channels[{}]==1 {}", "--extra-index-url=https://{}@example.com\nchannels==4.a.b",
		"[[package]]\nname = \"redis\"\nversion = \"{}\"", "[[package]]\nname = {}", "[[package]]\nsource = { registry = \"https://u:{}@example.com\" }\n[[",
		"[[package]]\nname = \"redis\"\nversion = \"5\"\nsource = { url = \"https://{}@example.com\" }\nbroken = \"{}",
	} {
		for _, delimiter := range delimiters() {
			s := canary.Broken(text+delimiter, delimiter)
			set, err := packages.FromRequirements(strings.ReplaceAll(text, hole, s.Text))
			l.at("requirements", text, canary.NewFinder(s), set)
			if err != nil {
				l.at("an error about requirements", text, canary.NewFinder(s), err)
			}
		}
	}
	l.atLeast(200, "an error about requirements")
}

// What this file relies on: a message that does show the secret is noticed.
func TestLibrary_ShownSeesWhatAValueHolds(t *testing.T) {
	s := canary.New("noticed")
	finder := canary.NewFinder(s)
	type deep struct{ hidden struct{ text []byte } }
	var d deep
	d.hidden.text = []byte(s.Text)
	for name, v := range map[string]any{
		"a finding":     finding.Finding{Detail: "the password is " + s.Text},
		"an error":      fmt.Errorf("cannot read %q", s.Text),
		"a plain field": channelconfig.Settings{RedisHost: channelconfig.Known(s.Text)},
		"a deep field":  d,
	} {
		if !slices.Contains(finder.Missing(""), s.Place) || !finder.Has(s.Place, shown(v)) {
			t.Errorf("%s that shows the secret is not noticed", name)
		}
	}
}
