package redisurl_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python/generate"
)

func accepted(t *testing.T, url string, line redisurl.Line) *redisurl.URL {
	t.Helper()
	got, err := redisurl.Parse(secret.New(url), line)
	if err != nil {
		t.Fatalf("%q: %v", url, err)
	}
	return got
}

func refusedBecause(t *testing.T, url string, line redisurl.Line) *redisurl.Error {
	t.Helper()
	_, err := redisurl.Parse(secret.New(url), line)
	var refused *redisurl.Error
	if !errors.As(err, &refused) {
		t.Fatalf("%q is not refused: %v", url, err)
	}
	return refused
}

func TestParse_OffsetsPointIntoTheGivenText(t *testing.T) {
	for marked, reason := range map[string]redisurl.Reason{
		"redis://:pa^ss#w@h:6379":            redisurl.PortNotNumber,
		"redis://h:^x":                       redisurl.PortNotNumber,
		" \tredis://h\n:^7000\n0":            redisurl.PortOutOfRange,
		"redis://u:p@[::1]:^x/1":             redisurl.PortNotNumber,
		"redis://:p^[w@h":                    redisurl.UnbalancedBracket,
		"redis://:p^]w@h":                    redisurl.UnbalancedBracket,
		"redis://:p^[x]w@h":                  redisurl.NotIPv6,
		"redis://[^x]":                       redisurl.NotIPv6,
		"redis://^x[::1]":                    redisurl.TextAroundBrackets,
		"redis://u@[::1]^x":                  redisurl.TextAroundBrackets,
		"redis://a^\u2100b":                  redisurl.HiddenDelimiter,
		"^h":                                 redisurl.NoScheme,
		"  ^valkey://h":                      redisurl.UnknownScheme,
		"redis://h?db=1&socket_timeout=^x":   redisurl.ArgumentValue,
		"redis://h?db=1&^foo=1&bar=2":        redisurl.UnknownArgument,
		"redis://h?x&&^f%6Fo=1":              redisurl.UnknownArgument,
		"redis://h?max_connections=^-1":      redisurl.NegativeMaxConnections,
		"rediss://h?ssl_cert_reqs=^None":     redisurl.CertReqs,
		"redis://h?protocol=^4":              redisurl.Protocol,
		"redis://h?port=^x":                  redisurl.ArgumentValue,
		"redis://h?^retry=3":                 redisurl.NotFromURL,
		"redis://u@h?^credential_provider=x": redisurl.CredentialConflict,
		"redis://h?db=1&^connection_class=x": redisurl.NotFromURL,
	} {
		at := strings.IndexByte(marked, '^')
		url := marked[:at] + marked[at+1:]
		if marked == "redis://:pa^ss#w@h:6379" {
			at = len("redis://:") // the port is the text after the first colon
		}
		if got := refusedBecause(t, url, redisurl.Newest); got.Reason != reason || got.Offset != at {
			t.Errorf("%q: %s at %d, want %s at %d", url, got.Reason, got.Offset, reason, at)
		}
	}
}

func TestParse_NamesOnlyKnownArguments(t *testing.T) {
	for url, want := range map[string]string{
		"redis://h?ssl=1":              "ssl",
		"redis://h?skip_verify=true":   "skip_verify",
		"redis://h?db=x":               "db",
		"rediss://h?ssl_cert_reqs=x":   "ssl_cert_reqs",
		"redis://:7?hunter=2@h":        "",
		"redis://h?Ssl_cert_reqs=none": "",
	} {
		if got := refusedBecause(t, url, redisurl.Newest); got.Argument != want || strings.Contains(got.Error(), "hunter") {
			t.Errorf("%q: argument %q, %v", url, got.Argument, got)
		}
	}
}

func TestParse_WrittenTellsWhatStandsThere(t *testing.T) {
	yes := func(w redisurl.Written) map[string]bool {
		return map[string]bool{
			"authority": w.HasAuthority, "userinfo": w.HasUserinfo, "user": w.HasUsername, "password": w.HasPassword, "host": w.HasHost, "port": w.HasPort,
			"zero": w.PortZero, "path": w.HasPath, "query": w.HasQuery, "fragment": w.HasFragment, "late": w.LateAt, "case": w.SchemeCase,
			"leading": w.LeadingSpace, "trailing": w.TrailingSpace, "stripped": w.Stripped, "notdb": w.PathNotADB,
			"unescaped": w.Unescaped, "badescape": w.BadEscape, "notutf8": w.NotUTF8,
		}
	}
	for url, facts := range map[string]string{
		"redis://h":               "authority host",
		"redis://u:p@h:6379/0":    "authority userinfo user password host port path",
		"redis://:p@h:0/":         "authority userinfo password host port zero",
		"redis:h":                 "path notdb",
		"redis://:6379":           "authority port",
		"redis://:7/w@h":          "authority port path late notdb",
		"redis://h/1/2?db=1#x":    "authority host path query fragment notdb",
		" REDIS://h":              "authority host case leading",
		"redis://h/0\n":           "authority host path trailing",
		"redis://h\n/0":           "authority host path stripped",
		"redis://:p w%zz%FF@h":    "authority userinfo password host unescaped badescape notutf8",
		"redis://:a:b!c@h":        "authority userinfo password host",
		"unix:///run/redis.sock":  "authority path",
		"redis://u@h?a=b@c&db=1":  "authority userinfo user host query late",
		"redis://h/\u0661":        "authority host path notdb",
		"redis://h?foo=1&foo=&db": "authority host query",
	} {
		var written redisurl.Written
		if got, err := redisurl.Parse(secret.New(url), redisurl.Newest); err == nil {
			written = got.Written
		} else {
			written = refusedBecause(t, url, redisurl.Newest).Written
		}
		want := map[string]bool{}
		for _, fact := range strings.Fields(facts) {
			want[fact] = true
		}
		for fact, is := range yes(written) {
			if is != want[fact] {
				t.Errorf("%q: %s is %v", url, fact, is)
			}
		}
	}
	w := accepted(t, "redis://h/1//2/?db=3&db=4&client_name=&socket_timeout", redisurl.Newest).Written
	if w.Duplicates != 1 || w.Blanks != 2 || w.PathSegments != 2 || w.DB != redisurl.DBQuery {
		t.Errorf("%+v", w)
	}
	for url, want := range map[string]redisurl.DBOrigin{"redis://h": redisurl.DBDefault, "redis://h//": redisurl.DBDefault, "redis://h/1/2": redisurl.DBPath, "redis://h/x": redisurl.DBIgnored, "unix:///x": redisurl.DBDefault} {
		if got := accepted(t, url, redisurl.Newest).Written.DB; got != want {
			t.Errorf("%q: %d", url, got)
		}
	}
}

func TestParse_LinesDiffer(t *testing.T) {
	line := func(version string) redisurl.Line { return lineOf(t, version) }
	for _, one := range []struct {
		url          string
		before, from string // the last version that refuses, the first that accepts
	}{
		{"redis://h?retry_on_error=x", "4.3.3", "4.3.4"},
		{"redis://h?protocol=3", "4.6.0", "5.0.0"},
		{"rediss://h?ssl_min_version=771", "5.0.1", "5.0.2"},
		{"rediss://h?ssl_ciphers=HIGH", "5.0.3", "5.0.4"},
		{"rediss://h?ssl_include_verify_flags=VERIFY_X509_STRICT", "6.4.0", "7.0.0"},
		{"rediss://h?ssl_password=sesame", "7.1.1", "7.2.0"},
		{"redis://h?legacy_responses=no", "7.4.1", "8.0.0"},
		{"redis://h?orig_host_address=h", "8.0.1", "8.1.0"},
	} {
		if got := refusedBecause(t, one.url, line(one.before)); got.Reason != redisurl.UnknownArgument || got.Stage != redisurl.AtConnect {
			t.Errorf("%q with %s: %v", one.url, one.before, got)
		}
		accepted(t, one.url, line(one.from))
	}
	name := func(version string) string {
		return accepted(t, "redis://h?client_name=a%2520b", line(version)).Options["client_name"].Text.Reveal()
	}
	if name("8.0.1") != "a b" || name("8.1.0") != "a%20b" {
		t.Errorf("values are decoded twice before 8.1.0, once since: %q, %q", name("8.0.1"), name("8.1.0"))
	}
}

func TestConnection_TLSSettingsFollowTheLine(t *testing.T) {
	settings := func(url, version string) redisurl.TLSSettings {
		line := lineOf(t, version)
		return accepted(t, url, line).TLSSettings(line)
	}
	if settings("rediss://h", "5.3.1").CheckHostname || !settings("rediss://h", "6.0.0").CheckHostname {
		t.Error("the host name is checked by default since 6.0.0")
	}
	if !settings("rediss://h?ssl_cert_reqs=none", "6.0.0").Impossible {
		t.Error("6.0.0 fails with none and the default check of the host name")
	}
	if s := settings("rediss://h?ssl_cert_reqs=none", "6.1.0"); s.Impossible || s.CheckHostname || s.CertReqs != redisurl.CertNone {
		t.Errorf("6.1.0: %+v", s)
	}
	if s := settings("rediss://h?ssl_certfile=/c", "7.1.1"); s.CertFile != "" {
		t.Error("before 7.2.0 a certificate without key is ignored")
	}
	if s := settings("rediss://h?ssl_certfile=/c", "7.2.0"); s.CertFile != "/c" {
		t.Error("since 7.2.0 it is not")
	}
	if s := settings("rediss://h?ssl_min_version=771", "8.0.0"); !s.Impossible {
		t.Error("before 8.0.1 ssl_min_version is text")
	}
	if s := settings("rediss://h?ssl_min_version=771", "8.0.1"); s.Impossible || s.MinVersion.Int64() != 771 {
		t.Errorf("8.0.1: %+v", s)
	}
	if s := accepted(t, "redis://h", redisurl.Newest).TLSSettings(redisurl.Newest); s.CertReqs != "" {
		t.Errorf("without TLS: %+v", s)
	}
}

func TestConnection_SocketTimeoutsFollowTheLine(t *testing.T) {
	const none = -1
	for _, one := range []struct {
		url, version   string
		reply, connect float64
	}{
		{"redis://h", "7.4.1", none, none},
		{"redis://h", "8.0.0", 5, 5},
		{"redis://h?socket_timeout=10", "4.3.6", 10, 10},
		{"redis://h?socket_timeout=10", "7.4.1", 10, 10},
		{"redis://h?socket_timeout=10", "8.1.0", 10, 5},
		{"redis://h?socket_connect_timeout=0", "4.5.5", none, none},
		{"redis://h?socket_connect_timeout=0", "4.6.0", none, 0},
		{"unix:///x", "8.1.0", 5, 5},
	} {
		line := lineOf(t, one.version)
		reply, connect := accepted(t, one.url, line).SocketTimeouts(line)
		if !sameSeconds(reply, one.reply) || !sameSeconds(connect, one.connect) {
			t.Errorf("%q with %s: %v, %v", one.url, one.version, reply, connect)
		}
	}
}

func sameSeconds(got *float64, want float64) bool {
	if got == nil {
		return want == -1
	}
	return *got == want
}

func TestHostPort_IsPassedOnAsItIs(t *testing.T) {
	c := redisurl.HostPort("Redis ", big.NewInt(-3))
	if c.Host != "Redis " || c.Port.Int64() != -3 || c.DB.Sign() != 0 || c.Transport != redisurl.TCP || !c.Username.IsEmpty() || !c.Password.IsEmpty() {
		t.Errorf("%+v", c)
	}
	if got := redisurl.HostPort("", nil); got.Host != "" || got.Port.Int64() != 6379 {
		t.Errorf("%+v", got)
	}
}

func TestLineOf_FindsTheLineOfEveryVersion(t *testing.T) {
	lines := redisurl.Lines()
	for i, line := range lines {
		if got, err := redisurl.LineOf(line.Version()); err != nil || got != line {
			t.Errorf("%s: %s, %v", line, got, err)
		}
		if i > 0 && (lines[i-1] >= line || lines[i-1].Version().Compare(line.Version()) >= 0) {
			t.Errorf("%s does not come after %s", line, lines[i-1])
		}
	}
	if lines[len(lines)-1] != redisurl.Newest || redisurl.Newest != redisurl.Line(0) || redisurl.Newest.String() != "8.1" || lines[0].String() != "4.3" {
		t.Errorf("oldest %s, newest %s", lines[0], redisurl.Newest)
	}
	for version, want := range map[packages.Version]string{{Major: 4, Minor: 3, Micro: 3}: "4.3", {Major: 5, Minor: 2, Micro: 1}: "5.1", {Major: 7, Minor: 4, Micro: 9}: "7.4.1", {Major: 8, Minor: 1, Micro: 7}: "8.1"} {
		if got, err := redisurl.LineOf(version); err != nil || got.String() != want {
			t.Errorf("%s: %s, %v", version, got, err)
		}
	}
}

func TestLineOf_SaysWhatIsNotMirrored(t *testing.T) {
	for version, tooNew := range map[packages.Version]bool{{Major: 4, Minor: 2, Micro: 2}: false, {Major: 3}: false, {Major: 8, Minor: 2}: true, {Major: 9}: true} {
		line, err := redisurl.LineOf(version)
		var outside *redisurl.VersionError
		if !errors.As(err, &outside) || outside.TooNew != tooNew || outside.Version != version {
			t.Fatalf("%s: %v", version, err)
		}
		if want := map[bool]redisurl.Line{true: redisurl.Newest, false: redisurl.Lines()[0]}[tooNew]; line != want {
			t.Errorf("%s: the best guess is %s", version, line)
		}
	}
}

// TestOracle_HostsAreLoweredAsByPython goes through the one place that lower
// cases and unquotes text of any script.
func TestOracle_HostsAreLoweredAsByPython(t *testing.T) {
	oracle := python.Start(t, "redis-8.1")
	seed := python.Seed(t, 1)
	compared := 0
	for index := range uint64(python.Cases(t, 3000)) {
		text := generate.Text(seed, index)
		if strings.ContainsAny(text, "/?#@:[]%\t\r\n") || text == "" {
			continue
		}
		got, err := redisurl.Parse(secret.New("redis://"+text), redisurl.Newest)
		if err != nil {
			continue
		}
		compared++
		if want := oracle.Text("lower", text); got.Host != want {
			t.Errorf("case %d: %q is lowered to %q, by Python to %q", index, text, got.Host, want)
		}
	}
	if compared < 100 {
		t.Errorf("only %d compared", compared)
	}
}

func TestParse_ConstructorsCheckInTheirLinesOrder(t *testing.T) {
	for _, one := range []struct {
		url, version string
		want         redisurl.Reason // "" is accepted
	}{
		{"rediss://h?ssl_cert_reqs=x&foo=1", "4.5.5", redisurl.UnknownArgument},
		{"rediss://h?ssl_cert_reqs=x&foo=1", "4.6.0", redisurl.CertReqs},
		{"redis://u@h?port=x&credential_provider=y", "4.5.5", redisurl.CredentialConflict},
		{"redis://h?port=x&foo=1", "4.5.5", redisurl.UnknownArgument},
		{"redis://h?port=x&foo=1", "4.6.0", redisurl.ArgumentValue},
		{"unix:///x?retry=3", "4.5.5", ""},
		{"unix:///x?retry=3", "4.6.0", redisurl.NotFromURL},
		{"unix:///x?encoder_class=y", "4.5.5", redisurl.UnknownArgument},
		{"redis://h?retry=3", "4.3.6", ""},
		{"redis://h?retry=3", "4.4.0", redisurl.NotFromURL},
		{"redis://h?retry=3&retry_on_timeout=1", "4.3.3", ""},
		{"redis://h?retry=3&retry_on_timeout=1", "4.3.4", redisurl.NotFromURL},
		{"redis://h?driver_info=x", "7.2.1", ""},
		{"redis://h?driver_info=x", "7.2.2", redisurl.NotFromURL},
		{"redis://h?driver_info=x", "7.3.0", ""},
		{"redis://h?driver_info=x", "7.4.1", redisurl.NotFromURL},
	} {
		_, err := redisurl.Parse(secret.New(one.url), lineOf(t, one.version))
		var refused *redisurl.Error
		if errors.As(err, &refused) != (one.want != "") || refused != nil && refused.Reason != one.want {
			t.Errorf("%q with %s: %v, want %q", one.url, one.version, err, one.want)
		}
	}
	before := refusedBecause(t, "redis://h?protocol=x", lineOf(t, "7.2.0")).Exception
	since := refusedBecause(t, "redis://h?protocol=x", lineOf(t, "7.2.1")).Exception
	if before != "UnboundLocalError" || since != "redis.exceptions.ConnectionError" {
		t.Errorf("%s, %s", before, since)
	}
}

// Bytes that are not UTF-8 are lone surrogates in Python: they stay.
func TestParse_KeepsBytesThatAreNotUTF8(t *testing.T) {
	got := accepted(t, "\x01redis://u\xff:p\xc3%41%ffw@H\xfe%41", redisurl.Newest)
	if user, password := got.Username.Reveal(), got.Password.Reveal(); user != "u\xff" || password != "p\xc3A\ufffdw" || got.Host != "h\xfeA" {
		t.Errorf("%q %q %q", user, password, got.Host)
	}
}
