package redisurl_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
)

// randomText is text of any characters, those that mean something in URLs and
// shells above all.
func randomText(r *rand.Rand, atMost int) string {
	alphabet := []rune("abcXYZ0189 @:/?#[]%&=+;,!$'()*\"<>^`{|}\\~-._\t\n\r\x00\x7féß\u0130Σ€🔑ключ\u2100\uff20\ufffd")
	text := make([]rune, r.IntN(atMost+1))
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

func randomParts(r *rand.Rand) redisurl.Parts {
	yes := r.IntN(2) == 0
	parts := redisurl.Parts{
		Host:     []string{"redis", "redis.example.com", "10.0.0.1", "my_redis", "::1", "fe80::1%eth0", "2001:db8::1"}[r.IntN(7)],
		Username: randomText(r, 6), Password: secret.New(randomText(r, 12)),
		Query: map[string]secret.String{},
	}
	switch r.IntN(4) {
	case 0:
		parts.TLS = &yes
	case 1:
		parts.Scheme = "rediss"
	case 2:
		parts.Host, parts.Path = "", "/"+randomText(r, 8)
	}
	if r.IntN(2) == 0 && parts.Path == "" {
		parts.Port = big.NewInt(int64(r.IntN(65535) + 1))
	}
	if r.IntN(2) == 0 {
		parts.DB = big.NewInt(int64(r.IntN(100)))
	}
	if r.IntN(2) == 0 {
		parts.Query["client_name"] = secret.New("a" + strings.NewReplacer("%", "").Replace(randomText(r, 8)))
	}
	if r.IntN(3) == 0 {
		parts.Query["socket_timeout"] = secret.New("7.5")
	}
	return parts
}

func TestBuild_EveryLineReadsTheSameParts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		parts := randomParts(r)
		built, err := redisurl.Build(parts)
		if err != nil {
			t.Fatalf("%+v: %v", parts, err)
		}
		for _, line := range redisurl.Lines() {
			got, err := redisurl.Parse(built, line)
			if err != nil {
				t.Fatalf("redis-py %s: %q: %v", line, built.Reveal(), err)
			}
			checkParts(t, built.Reveal(), got, parts)
		}
	}
}

func checkParts(t *testing.T, built string, got *redisurl.URL, parts redisurl.Parts) {
	t.Helper()
	if got.Host != parts.Host || got.Path != parts.Path || got.Username.Reveal() != parts.Username || got.Password != parts.Password {
		t.Errorf("%q does not read back: %q %q %q %q", built, got.Host, got.Path, got.Username.Reveal(), got.Password.Reveal())
	}
	if parts.DB != nil && got.DB.Cmp(parts.DB) != 0 || parts.DB == nil && got.DB.Sign() != 0 {
		t.Errorf("%q: database %s", built, got.DB)
	}
	if parts.Port != nil && got.Port.Cmp(parts.Port) != 0 || parts.Port == nil && got.Transport != redisurl.Unix && got.Port.Int64() != 6379 {
		t.Errorf("%q: port %s", built, got.Port)
	}
	if len(got.Options) != len(parts.Query) {
		t.Errorf("%q: %d arguments", built, len(got.Options))
	}
	for name, value := range parts.Query {
		if got.Options[name].Text != value {
			t.Errorf("%q: %s reads back as %q", built, name, got.Options[name].Text.Reveal())
		}
	}
	if wantTLS := parts.Scheme == "rediss" || parts.TLS != nil && *parts.TLS; wantTLS != (got.Transport == redisurl.TLS) {
		t.Errorf("%q: TLS %v", built, !wantTLS)
	}
}

func TestBuild_WritesOnlyHarmlessCharacters(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._%:/@?=&[]"
	for range 2000 {
		parts := randomParts(r)
		built, err := redisurl.Build(parts)
		if err != nil {
			t.Fatal(err)
		}
		if rest := strings.Trim(built.Reveal(), allowed); rest != "" {
			t.Fatalf("%q has other characters", built.Reveal())
		}
		if len(parts.Query) < 2 && parts.Path == "" && strings.Contains(built.Reveal(), "&") {
			t.Fatalf("%q has an & without need", built.Reveal())
		}
	}
}

func TestBuild_IsWhatOnePutsIntoTheEnvironment(t *testing.T) {
	yes := true
	for want, parts := range map[string]redisurl.Parts{
		"redis://redis":                                        {Host: "redis"},
		"redis://redis:6379/0":                                 {Host: "redis", Port: big.NewInt(6379), DB: new(big.Int)},
		"rediss://default:p%40ss%2Fw%23rd@redis:6380":          {TLS: &yes, Host: "Redis", Port: big.NewInt(6380), Username: "default", Password: secret.New("p@ss/w#rd")},
		"redis://:%7Eopen%21@10.0.0.1":                         {Host: "10.0.0.1", Password: secret.New("~open!")},
		"redis://nopass@h":                                     {Host: "h", Username: "nopass"},
		"redis://[::1]:1":                                      {Host: "::1", Port: big.NewInt(1)},
		"redis://[fe80::1%25eth0]":                             {Host: "fe80::1%eth0"},
		"unix:///run/my%20redis.sock?db=2":                     {Path: "/run/my redis.sock", DB: big.NewInt(2)},
		"redis://h?health_check_interval=30&socket_timeout=10": {Host: "h", Query: map[string]secret.String{"socket_timeout": secret.New("10"), "health_check_interval": secret.New("30")}},
		"rediss://h?ssl_ca_certs=%2Fetc%2Fca.pem":              {Scheme: "rediss", Host: "h", Query: map[string]secret.String{"ssl_ca_certs": secret.New("/etc/ca.pem")}},
	} {
		built, err := redisurl.Build(parts)
		if err != nil || built.Reveal() != want {
			t.Errorf("got %q, %v, want %q", built.Reveal(), err, want)
		}
	}
}

func TestBuild_RefusesWhatWouldReadBackAsSomethingElse(t *testing.T) {
	no := false
	argument := func(name, value string) map[string]secret.String {
		return map[string]secret.String{name: secret.New(value)}
	}
	for name, one := range map[string]struct {
		parts    redisurl.Parts
		part     string
		argument string
	}{
		"no host":               {redisurl.Parts{}, "host", ""},
		"scheme":                {redisurl.Parts{Scheme: "valkey", Host: "h"}, "scheme", ""},
		"tls against scheme":    {redisurl.Parts{Scheme: "rediss", TLS: &no, Host: "h"}, "tls", ""},
		"host with port":        {redisurl.Parts{Host: "h:6379"}, "host", ""},
		"host with a space":     {redisurl.Parts{Host: "h "}, "host", ""},
		"host in brackets":      {redisurl.Parts{Host: "[::1]"}, "host", ""},
		"URL as host":           {redisurl.Parts{Host: "redis://h"}, "host", ""},
		"port 0":                {redisurl.Parts{Host: "h", Port: new(big.Int)}, "port", ""},
		"port too large":        {redisurl.Parts{Host: "h", Port: big.NewInt(65536)}, "port", ""},
		"negative database":     {redisurl.Parts{Host: "h", DB: big.NewInt(-1)}, "db", ""},
		"path and host":         {redisurl.Parts{Scheme: "unix", Host: "h", Path: "/x"}, "host", ""},
		"path without unix":     {redisurl.Parts{Scheme: "redis", Host: "h", Path: "/x"}, "path", ""},
		"relative path":         {redisurl.Parts{Path: "x"}, "path", ""},
		"password not UTF-8":    {redisurl.Parts{Host: "h", Password: secret.New("p\xffw")}, "password", ""},
		"unknown argument":      {redisurl.Parts{Host: "h", Query: argument("zqxjkv", "1")}, "query", ""},
		"object argument":       {redisurl.Parts{Host: "h", Query: argument("retry", "1")}, "query", ""},
		"decoded twice":         {redisurl.Parts{Host: "h", Query: argument("client_name", "a%20b")}, "query", "client_name"},
		"empty argument":        {redisurl.Parts{Host: "h", Query: argument("client_name", "")}, "query", "client_name"},
		"argument's value":      {redisurl.Parts{Host: "h", Query: argument("socket_timeout", "zqxjkv")}, "query", "socket_timeout"},
		"text in old lines":     {redisurl.Parts{Host: "h", Query: argument("socket_read_size", "zqxjkv")}, "query", "socket_read_size"},
		"argument of TLS alone": {redisurl.Parts{Host: "h", Query: argument("ssl_cert_reqs", "none")}, "query", "ssl_cert_reqs"},
		"bad certificate mode":  {redisurl.Parts{Scheme: "rediss", Host: "h", Query: argument("ssl_cert_reqs", "None")}, "query", "ssl_cert_reqs"},
	} {
		_, err := redisurl.Build(one.parts)
		var refused *redisurl.PartsError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if refused.Part != one.part || refused.Argument != one.argument || leaks(err.Error()) {
			t.Errorf("%s: %q, %q: %v", name, refused.Part, refused.Argument, err)
		}
	}
}

func TestOracle_BuiltURLsReadBack(t *testing.T) {
	for _, environment := range python.Environments() {
		t.Run(environment, func(t *testing.T) {
			oracle := python.Start(t, environment)
			r := rand.New(rand.NewPCG(5, 6))
			for range python.Cases(t, 500) {
				parts := randomParts(r)
				built, err := redisurl.Build(parts)
				if err != nil {
					t.Fatal(err)
				}
				c := oracle.URL(built.Reveal()).Connection
				if c == nil || c.Host != parts.Host || c.Path != parts.Path || c.Username != parts.Username || c.Password != parts.Password.Reveal() {
					t.Fatalf("%q does not read back: %+v", built.Reveal(), c)
				}
			}
		})
	}
}
