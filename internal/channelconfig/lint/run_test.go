package lint

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// healthy are ordinary setups, none of which may give any finding. The tests at
// the command line read them, too.
func healthy(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile("testdata/healthy.txt")
	if err != nil {
		t.Fatal(err)
	}
	setups := map[string]string{}
	for block := range strings.SplitSeq(strings.TrimSuffix(string(content), "\n"), "\n\n") {
		if name, text, ok := strings.Cut(block, "]\n"); ok && strings.HasPrefix(name, "[") {
			setups[name[1:]] = text
		}
	}
	if len(setups) < 30 {
		t.Fatalf("%d healthy setups are too few", len(setups))
	}
	return setups
}

// versions are those of an app of today, for setups that state none.
const versions = "\nchannels==4.3.2\nchannels_redis==4.3.0\nredis==7.4.1"

func TestRun_HealthySetupsGiveNothing(t *testing.T) {
	// Certificates of Heroku are self-signed: the usual setting is worth a note.
	notes := map[string]finding.ID{"Heroku": "url/unverified-certificate"}
	for name, text := range healthy(t) {
		stated := text
		if !strings.Contains(text, "==") {
			stated += versions
		}
		got := Run(inputOf(t, stated))
		if note := notes[name]; note != "" && len(got.Findings) == 1 && got.Findings[0].ID == note && got.Findings[0].Severity == finding.Info {
			got.Findings = nil
		}
		if len(got.Findings) != 0 || got.Status != finding.Passed {
			t.Errorf("%s: %s with %v", name, got.Status, got.Findings)
		}
	}
}

func TestRun_HealthySetupsWithoutVersionsGiveNotesAtMost(t *testing.T) {
	for name, text := range healthy(t) {
		var unstated []string
		for line := range strings.SplitSeq(text, "\n") {
			if !strings.Contains(line, "==") {
				unstated = append(unstated, line)
			}
		}
		if got := Run(inputOf(t, strings.Join(unstated, "\n"))); got.Status != finding.Passed {
			t.Errorf("%s: %s with %v", name, got.Status, got.Findings)
		}
	}
}

func TestRun_SocketTimeoutGoesByTheVersion(t *testing.T) {
	const id = "layer/socket-timeout"
	for text, want := range map[string]finding.Severity{
		"REDIS_URL=redis://redis":                                                finding.Info,
		"REDIS_HOST=redis":                                                       finding.Info,
		"REDIS_URL=redis://redis\nredis==7.4.1":                                  0,
		"REDIS_URL=redis://redis\nredis==8.0.0":                                  finding.Error,
		"REDIS_URL=unix:///run/redis.sock\nredis==8.1.0":                         finding.Error,
		"REDIS_URL=redis://redis?socket_timeout=10\nredis==8.1.0":                0,
		"REDIS_URL=redis://redis?socket_timeout=10":                              0,
		"REDIS_URL=redis://redis?socket_timeout=5":                               finding.Error,
		"REDIS_URL=redis://redis?socket_timeout=5.5\nredis==7.4.1":               0,
		"REDIS_URL=redis://redis?socket_timeout=0\nredis==4.3.4":                 finding.Error,
		"REDIS_URL=redis://redis?socket_timeout=nan":                             finding.Error,
		"REDIS_URL=redis://redis?socket_timeout=inf\nredis==8.1.0":               0,
		"BACKEND=pubsub\nREDIS_URL=redis://redis\nredis==8.1.0":                  0,
		"BACKEND=pubsub\nREDIS_URL=redis://redis?socket_timeout=1":               0,
		"BACKEND=pubsub\nREDIS_URL=redis://redis?socket_timeout=0\nredis==7.4.1": finding.Error,
		"DEBUG=True\nredis==8.1.0":                                               0,
		"DEBUG=True\nREDIS_URL=redis://redis\nredis==8.1.0":                      finding.Error,
		"REDIS_URL=redis://redis?socket_connect_timeout=1\nredis==7.4.1":         0,
		"REDIS_URL=redis://redis?socket_connect_timeout=10\nredis==8.1.0":        finding.Error,
	} {
		got := Run(inputOf(t, text))
		switch {
		case want == 0 && got.Has(id):
			t.Errorf("%q gives %s", text, id)
		case want != 0 && (len(got.Findings) != 1 || got.Findings[0].ID != id || got.Findings[0].Severity != want):
			t.Errorf("%q gives %v, want %s as %s alone", text, got.Findings, id, want)
		}
	}
}

func TestRun_WhatHangsOnAVersionIsSaidOfThatVersion(t *testing.T) {
	const core = "REDIS_URL=rediss://redis.example.com?socket_timeout=10"
	const pubsub = "BACKEND=pubsub\nREDIS_URL=redis://redis"
	const none = core + "&ssl_cert_reqs=none"
	for _, c := range []struct {
		id       finding.ID
		text     string
		versions map[string]finding.Severity
	}{
		{"layer/pubsub-needs-url", "BACKEND=pubsub\nREDIS_HOST=redis", map[string]finding.Severity{
			"": finding.Info, "channels_redis==4.0.0": finding.Error, "channels_redis==4.1.0": 0, "channels_redis==4.3.0": 0,
		}},
		{"config/encryption-ignored", pubsub + "\nCONFIG.symmetric_encryption_keys=[\"made-up-key\"]", map[string]finding.Severity{
			"": finding.Info, "channels_redis==4.0.0": finding.Error, "channels_redis==4.2.0": finding.Error, "channels_redis==4.2.1": 0,
		}},
		{"config/encryption-ignored", core + "\nCONFIG.symmetric_encryption_keys=[\"made-up-key\"]", map[string]finding.Severity{
			"": 0, "channels_redis==4.1.0": 0,
		}},
		{"config/serializer-format", core + "\nCONFIG.serializer_format=json", map[string]finding.Severity{
			"": finding.Info, "channels_redis==4.1.0": finding.Error, "channels_redis==4.2.1": 0,
		}},
		{"config/serializer-unknown", core + "\nCONFIG.serializer_format=yaml", map[string]finding.Severity{
			"": finding.Error, "channels_redis==4.1.0": finding.Error, "channels_redis==4.3.0": finding.Error,
		}},
		{"packages/connection-leak", core, map[string]finding.Severity{
			"": 0, "channels_redis==4.0.0": finding.Warning, "channels_redis==4.1.0": 0, "channels_redis==3.4.1": 0,
		}},
		{"packages/redis-too-old", core, map[string]finding.Severity{
			"": 0, "redis==4.1.4": finding.Error, "redis==4.2.0": 0, "redis==4.3.0": 0,
		}},
		{"url/cert-none-with-hostname", none, map[string]finding.Severity{
			"": finding.Info, "redis==5.3.1": 0, "redis==6.0.0": finding.Error, "redis==6.1.0": 0, "redis==8.1.0": 0,
		}},
		{"url/unverified-certificate", none, map[string]finding.Severity{
			"": finding.Info, "redis==5.3.1": finding.Info, "redis==6.0.0": 0, "redis==8.1.0": finding.Info,
		}},
		{"url/ssl-min-version", core + "&ssl_min_version=771", map[string]finding.Severity{
			"redis==5.0.1": 0, "redis==5.0.2": finding.Error, "redis==8.0.0": finding.Error, "redis==8.0.1": 0, "redis==8.1.0": 0,
		}},
		{"url/unknown-argument", core + "&ssl_min_version=771", map[string]finding.Severity{
			"redis==5.0.1": finding.Error, "redis==5.0.2": 0,
		}},
	} {
		for version, want := range c.versions {
			got := severityOf(Run(inputOf(t, strings.TrimSuffix(c.text+"\n"+version, "\n"))), c.id)
			if got != want {
				t.Errorf("%s with %q for %q: severity %d, want %d", c.id, version, c.text, got, want)
			}
		}
	}
}

// severityOf is 0 where there is no such finding.
func severityOf(o finding.Outcome, id finding.ID) finding.Severity {
	for _, f := range o.Findings {
		if f.ID == id {
			return f.Severity
		}
	}
	return 0
}

func TestRun_MaxConnectionsGoesByTheBackend(t *testing.T) {
	const url = "REDIS_URL=redis://redis?socket_timeout=10&max_connections="
	for text, want := range map[string]finding.Severity{
		url + "0": 0, url + "1": finding.Error, url + "2": finding.Warning, url + "20": finding.Warning, url + "21": 0,
		"BACKEND=pubsub\n" + url + "1": finding.Error, "BACKEND=pubsub\n" + url + "2": 0,
	} {
		if got := severityOf(Run(inputOf(t, text)), "url/max-connections"); got != want {
			t.Errorf("%q: severity %d, want %d", text, got, want)
		}
	}
}

func TestRun_OneCauseGivesOneFinding(t *testing.T) {
	cases := map[string]finding.ID{
		"REDIS_URL=redis://:pa#ss@h:6379/abc?foo=1":               "url/unescaped-delimiter",
		"REDIS_URL=redis://:12#ss@h":                              "url/unescaped-delimiter",
		"REDIS_URL=redis://:p@a/b@h:6379":                         "url/unescaped-delimiter",
		"REDIS_URL=redis://:p?a=b@h:6379/0":                       "url/unescaped-delimiter",
		"REDIS_URL=redis://u:pa[s#s]@h:6379":                      "url/unescaped-delimiter",
		"REDIS_URL=unix://:a/b@/run/redis.sock":                   "url/unescaped-delimiter",
		"REDIS_URL=\"redis://:p#w@h:6379/0\"":                     "url/quoted",
		"REDIS_URL=redis://${USER}:${PASSWORD}@${HOST}:${PORT}/0": "url/unexpanded-variable",
		"REDIS_URL=redis://:${PW}@redis:${PORT}":                  "url/unexpanded-variable",
		"REDIS_URL=$REDIS_URL":                                    "url/unexpanded-variable",
		"REDIS_URL=redis://a:6379,b:6379,c:6379":                  "url/several-hosts",
		"REDIS_URL=redis://a:6379/0,redis://b:6379/0":             "url/several-hosts",
		"REDIS_URL=redis://fe80::1":                               "url/ipv6-brackets",
		"REDIS_URL=redis:///tmp/redis.sock":                       "url/socket-scheme",
		"REDIS_URL=redis://h:6379 /0":                             "url/whitespace",
		"REDIS_URL=valkey://:a#b@h":                               "url/scheme",
		"REDIS_URL=localhost:6379":                                "url/scheme-missing",
		"REDIS_URL=redis+sentinel://a:26379,b:26379/mymaster":     "url/scheme",
		"REDIS_HOST=\"redis:6379\"":                               "host/quoted",
		"REDIS_HOST=redis://default:p@redis:6379/0":               "host/is-url",
		"REDIS_HOST=redis:6379 ":                                  "host/has-port",
		"REDIS_HOST=[::1]:6379":                                   "host/brackets",
		"REDIS_HOST=redis\nREDIS_PORT=\"6379\"":                   "port/quoted",
		"REDIS_HOST=redis\nREDIS_PORT=${REDIS_PORT:-6379}":        "port/unexpanded-variable",
		"REDIS_URL=redis://:6379":                                 "url/no-host",
		"REDIS_URL=redis:localhost:6379":                          "url/no-authority",
		"REDIS_URL=":                                              "url/empty",
		"BACKEND=core\nREDIS_URL=":                                "url/empty",
		"BACKEND=in_memory\nREDIS_HOST=redis":                     "layer/in-memory-outside-debug",
		"BACKEND=in_memory\nREDIS_URL=redis://:a#b@h":             "layer/in-memory-outside-debug",
	}
	for text, want := range cases {
		got := look(t, text).IDs()
		if len(got) != 1 || got[0] != want {
			t.Errorf("%q gives %v, want %q alone", text, got, want)
		}
	}
}

func TestRun_TwoCausesGiveTwoFindings(t *testing.T) {
	cases := map[string][]finding.ID{
		"REDIS_URL=redis://:a#b@h:6379\nREDIS_PORT=tcp://10.0.0.1:6379": {"port/kubernetes-service", "url/unescaped-delimiter"},
		"REDIS_HOST=redis:6379\nREDIS_PORT=":                            {"host/has-port", "port/empty"},
		"REDIS_HOST=localhost\nREDIS_PORT=":                             {"port/empty", "host/loopback"},
		"REDIS_URL=\nREDIS_HOST=localhost":                              {"host/loopback", "url/empty"},
		"REDIS_HOST= redis\nREDIS_PORT=70000":                           {"host/whitespace", "port/out-of-range"},
		"REDIS_URL=redis://example@redis:0/abc":                         {"url/database-ignored", "url/port-zero", "url/user-without-password"},
	}
	for text, want := range cases {
		got := look(t, text).IDs()
		if len(got) != len(want) {
			t.Errorf("%q gives %v, want %v", text, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q gives %v, want %v", text, got, want)
			}
		}
	}
}

// refusals has a URL for each reason that redis-py may have to refuse one, and
// the finding that names it.
func refusals() map[redisurl.Reason]struct {
	text string
	want finding.ID
} {
	type refused = struct {
		text string
		want finding.ID
	}
	return map[redisurl.Reason]refused{
		redisurl.UnbalancedBracket:      {"redis://:a[b@h:6379/0", "url/invalid-bracket"},
		redisurl.TextAroundBrackets:     {"redis://a[::1]:6379/0", "url/invalid-bracket"},
		redisurl.NotIPv6:                {"redis://[h]:6379/0", "url/invalid-bracket"},
		redisurl.HiddenDelimiter:        {"redis://:a\uff20b@h:6379/0", "url/hidden-delimiter"},
		redisurl.ArgumentValue:          {"redis://h:6379/0?socket_timeout=soon", "url/argument-value"},
		redisurl.NoScheme:               {"//h:6379/0", "url/scheme-missing"},
		redisurl.UnknownScheme:          {"valkey://h:6379/0", "url/scheme"},
		redisurl.PortNotNumber:          {"redis://h:six/0", "url/port-invalid"},
		redisurl.PortOutOfRange:         {"redis://h:66666/0", "url/port-invalid"},
		redisurl.NegativeMaxConnections: {"redis://h:6379/0?max_connections=-5", "url/argument-value"},
		redisurl.UnknownArgument:        {"redis://h:6379/0?colour=blue", "url/unknown-argument"},
		redisurl.CertReqs:               {"rediss://h:6379/0?ssl_cert_reqs=no", "url/ssl-cert-reqs"},
		redisurl.CredentialConflict:     {"redis://:a@h:6379/0?credential_provider=x", "url/argument-object"},
		redisurl.NotFromURL:             {"redis://h:6379/0?parser_class=x", "url/argument-object"},
		redisurl.Protocol:               {"redis://h:6379/0?protocol=9", "url/argument-value"},
	}
}

func TestRun_EveryReasonOfRefusalHasOneFindingOfSeverityError(t *testing.T) {
	for _, reason := range redisurl.Reasons() {
		c, ok := refusals()[reason]
		if !ok {
			t.Errorf("no case for the reason %s", reason)
			continue
		}
		for _, line := range redisurl.Lines() {
			version := line.Version()
			in := inputOf(t, "REDIS_URL="+c.text+"\nredis=="+version.String())
			refusal := in.Readings[0].Err
			if refusal == nil || refusal.Reason != reason {
				continue // not every line has every reason
			}
			got := look(t, "REDIS_URL="+c.text+"\nredis=="+version.String())
			got.Findings = slices.DeleteFunc(got.Findings, func(f finding.Finding) bool { return f.ID == "layer/socket-timeout" })
			if ids := got.IDs(); len(ids) != 1 || ids[0] != c.want || got.Findings[0].Severity != finding.Error {
				t.Errorf("%s with redis-py %s: %v, want %s alone, an error", reason, version, got.Findings, c.want)
			}
		}
		if newest := read(secret.New(c.text), redisurl.Newest); !newest.refused(reason) {
			t.Errorf("%s: the newest redis-py says %v, so the case shows nothing", reason, newest.Err)
		}
	}
}

func TestRun_WhatHoldsForSomeVersionsOnlyIsInformationThatNamesThem(t *testing.T) {
	const text = "REDIS_URL=redis://redis:6379/0?protocol=3"
	got := look(t, text)
	if len(got.Findings) != 1 || got.Findings[0].Severity != finding.Info || got.Status != finding.Passed {
		t.Fatalf("unstated: %s with %v, want one piece of information", got.Status, got.Findings)
	}
	if !strings.Contains(got.Findings[0].Detail, "before 5.0") {
		t.Errorf("the detail does not name the versions: %q", got.Findings[0].Detail)
	}
	if got := look(t, text+"\nredis==4.6.0"); got.Status != finding.Failed || !got.Has("url/unknown-argument") {
		t.Errorf("4.6 stated: %s with %v, want an error", got.Status, got.Findings)
	}
	if got := look(t, text+"\nredis==6.4.0"); len(got.Findings) != 0 {
		t.Errorf("6.4 stated: %v, want nothing", got.Findings)
	}
}

func TestRun_RefusedByAllForDifferentReasonsIsAnError(t *testing.T) {
	// Before 5.0 there is no argument protocol; from 5.0 on it is not 9.
	got := look(t, "REDIS_URL=redis://redis:6379/0?protocol=9")
	if got.Status != finding.Failed || !got.Has("url/unknown-argument") || !got.Has("url/argument-value") {
		t.Errorf("%s with %v, want errors", got.Status, got.Findings)
	}
}

func TestRun_UnknownSettingsAreUndeterminedAndSayNothing(t *testing.T) {
	unknown := channelconfig.Unknown[secret.String]()
	text := channelconfig.Unknown[string]()
	cases := map[string]func(*channelconfig.Settings){
		"URL":     func(s *channelconfig.Settings) { s.RedisURL = unknown },
		"host":    func(s *channelconfig.Settings) { s.RedisHost = text },
		"port":    func(s *channelconfig.Settings) { s.RedisPort = text },
		"backend": func(s *channelconfig.Settings) { s.Backend = channelconfig.Unknown[channelconfig.Backend]() },
		"debug": func(s *channelconfig.Settings) {
			s.Debug, s.RedisHost = channelconfig.Unknown[bool](), channelconfig.Known("redis")
		},
	}
	for name, change := range cases {
		s := channelconfig.Settings{Variables: channelconfig.DefaultVariables()}
		change(&s)
		got := Run(NewInput(s, channelconfig.Resolve(s), false))
		if got.Status != finding.Undetermined || len(got.Findings) != 0 {
			t.Errorf("unknown %s: %s with %v, want undetermined and nothing", name, got.Status, got.Findings)
		}
	}
}

func TestRun_UnknownURLDoesNotHideWhatIsKnown(t *testing.T) {
	s := channelconfig.Settings{RedisURL: channelconfig.Unknown[secret.String](), RedisPort: channelconfig.Known("tcp://10.0.0.1:6379")}
	if got := Run(NewInput(s, channelconfig.Resolve(s), false)); !got.Has("port/kubernetes-service") {
		t.Errorf("%v, want port/kubernetes-service", got.IDs())
	}
}

func TestRun_EmptyURLIsAWarningOnlyWhereTheDefaultHostIsTheFallback(t *testing.T) {
	cases := map[string]finding.Severity{
		"REDIS_URL=":                           finding.Warning,
		"REDIS_URL=\nREDIS_HOST=redis":         finding.Info,
		"REDIS_URL=\nDEBUG=True":               finding.Info,
		"REDIS_URL=\nBACKEND=core":             finding.Warning,
		"REDIS_URL=   ":                        finding.Error,
		"REDIS_URL=\nDEBUG=True\nBACKEND=core": finding.Info,
	}
	for text, want := range cases {
		got := look(t, text)
		if len(got.Findings) != 1 || got.Findings[0].ID != "url/empty" || got.Findings[0].Severity != want {
			t.Errorf("%q gives %v, want url/empty as %s", text, got.Findings, want)
		}
	}
}

func TestRun_PlacesAreThoseOfTheTextAsGiven(t *testing.T) {
	// Urlsplit drops what stands before the scheme, and tabs anywhere.
	got := look(t, "REDIS_URL= \tredis://:ab\tc#d@h:6379")
	if len(got.Findings) == 0 || !strings.Contains(got.Findings[0].Detail, "at byte 16 ") {
		t.Errorf("%v, want byte 16", got.Findings)
	}
}

func TestRun_LoopbackIsSaidWhereTheAppRunsElsewhere(t *testing.T) {
	for text, want := range map[string]finding.Severity{
		"DEBUG=False":                        finding.Warning,
		"REDIS_PORT=6379":                    finding.Warning,
		"REDIS_HOST=127.1":                   finding.Warning,
		"REDIS_HOST=Localhost.":              finding.Warning,
		"REDIS_HOST=0.0.0.0":                 finding.Warning,
		"REDIS_URL=redis://LOCALHOST":        finding.Warning,
		"REDIS_URL=redis://redis.localhost":  finding.Warning,
		"REDIS_URL=redis://[::1]:6379":       finding.Warning,
		"REDIS_URL=rediss://[::ffff:7f00:1]": finding.Warning,
		"BACKEND=pubsub\nREDIS_HOST=127.0.0.1\nchannels_redis==4.3.0": finding.Warning,
		"DEBUG=on\nREDIS_URL=redis://127.0.0.1":                       finding.Info,
		"REDIS_HOST=127.example.com":                                  0,
		"REDIS_HOST=localhost.example.com":                            0,
		"REDIS_URL=redis://10.0.0.1":                                  0,
		"DEBUG=True\nBACKEND=core":                                    0,
		"DEBUG=True\nREDIS_URL=redis://[::1]":                         0,
		"REDIS_URL=unix:///localhost":                                 0,
	} {
		in := inputOf(t, text)
		got := look(t, text)
		switch {
		case want == 0 && got.Has("host/loopback"):
			t.Errorf("%q gives host/loopback", text)
		case want != 0 && (len(got.Findings) != 1 || got.Findings[0].ID != "host/loopback" || got.Findings[0].Severity != want):
			t.Errorf("%q gives %v, want host/loopback as %s alone", text, got.Findings, want)
		}
		in.Here = true
		if Run(in).Has("host/loopback") {
			t.Errorf("%q gives host/loopback where the app itself runs", text)
		}
	}
}

func TestRun_LoopbackIsUndeterminedWhileDebugIsNotKnown(t *testing.T) {
	for host, want := range map[string]finding.Status{"localhost": finding.Undetermined, "redis": finding.Passed} {
		s := channelconfig.Settings{RedisURL: channelconfig.Known(secret.New("redis://" + host)), Debug: channelconfig.Unknown[bool]()}
		s.Packages.Redis = &packages.Version{Major: 7, Minor: 4, Micro: 1}
		if got := Run(NewInput(s, channelconfig.Resolve(s), false)); got.Status != want || len(got.Findings) != 0 {
			t.Errorf("%s: %s with %v, want %s", host, got.Status, got.Findings, want)
		}
	}
}
