package redisurl_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func TestRedact_ShowsWhatIsCertain(t *testing.T) {
	for url, want := range map[string]string{
		"":                                            "",
		"redis://redis:6379/0":                        "redis://redis:6379/0",
		"redis://default:sesame@Redis:6379":           "redis://default:***@Redis:6379",
		"redis://:sesame@h":                           "redis://:***@h",
		"redis://:p@s:s@h/3":                          "redis://:***@h/3",
		"redis://:p%40ss@h/":                          "redis://:***@h/",
		"redis://:@h":                                 "redis://:***@h",
		"redis://sesame@h":                            "redis://***@h",
		"redis://sesame:@h":                           "redis://***:***@h",
		"redis://ses%61me:x@h":                        "redis://***:***@h",
		"rediss://u:sesame@[2001:db8::1]:6380":        "rediss://u:***@[2001:db8::1]:6380",
		"unix://u:sesame@/run/redis.sock?db=2":        "unix://u:***@/run/redis.sock?db=2",
		"redis://h?socket_timeout=10&password=sesame": "redis://h?socket_timeout=10&password=***",
		"redis://h?db=sesame":                         "redis://h?db=***",
		"redis://h?sesame=1&db=1":                     "redis://h?***&db=1",
		"rediss://h?ssl_cert_reqs=none":               "rediss://h?ssl_cert_reqs=none",
		"redis://h/sesame":                            "redis://h/***",
		"redis://h/0#sesame":                          "redis://h/0#***",
		"  redis://:sesame@h\n":                       "redis://:***@h",
		"valkey://u:sesame@h:6379":                    "valkey://u:***@h:6379",
		// Where a raw delimiter makes the parts ambiguous:
		"redis://:ses#ame@h:6379": "redis://***",
		"redis://:12/same@h":      "redis://***",
		"redis://:7?db=1@h":       "redis://***",
		"redis://:[same@h":        "redis://***",
		"redis://h:sesame":        "redis://***",
		"redis:sesame":            "redis://***",
		"redis://u:sesame":        "redis://***",
		"sesame":                  "***",
		"sesame://h":              "***",
		"'redis://:sesame@h'":     "***",
		"u:sesame@h:6379":         "***",
	} {
		if got := redisurl.Redact(secret.New(url)); got != want {
			t.Errorf("%q is shown as %q, want %q", url, got, want)
		}
	}
}

// pieces is made of pairs of letters that stand in no scheme, host or argument
// name of the test, so that even two of its characters are noticed.
const pieces = "zqxjkvzqxjkv"

func leaks(shown string) bool {
	for i := 0; i+2 <= len(pieces); i++ {
		if strings.Contains(strings.ToLower(shown), pieces[i:i+2]) {
			return true
		}
	}
	return false
}

func TestRedact_NoPieceOfAPasswordComesOut(t *testing.T) {
	places := []string{
		"redis://:{}@h:6379/0", "redis://u:{}@h", "rediss://u:{}@h.example.com:6380/1?ssl_cert_reqs=none", "redis://{}@h:1",
		"redis://u:{}@[::1]:6379", "unix://:{}@/run/r.sock", "unix://u:{}@/run/r.sock?db=1", "redis://h?password={}",
		"redis://h/0?password={}&db=1", "rediss://h?ssl_password={}", "redis://u:{}@h?socket_timeout=5#f", "redis:{}@h", "redis:/:{}@h",
		"redis:///:{}@h", "valkey://:{}@h", ":{}@h", "u:{}@h:6379", "'redis://:{}@h'", "redis://:{}@h1,h2:6379", "redis://:{}@h:x", "redis://:{}@:1",
		"redis://:{}@h:1/2/3", "redis://u:{}@h/{}", "{}", "redis://h:6379:{}@h", "redis://u:{}@", "redis://u@v:{}@h", "tcp://:{}@h", "http://u:{}@h/p",
	}
	inserts := []string{"", "#", "/", "?", "@", ":", "[", "]", "%", "%40", " ", "\n", "\\", "&", "=", ";", "+", "//", "://", "?db=", "&db=", "é", "\uff03", "@@", "/1", "#1", "?1", "[::1]", "@x:", "\x00"}
	checked := 0
	for _, place := range places {
		for _, insert := range inserts {
			for at := 0; at <= len(pieces); at += 3 {
				for _, twice := range inserts {
					password := pieces[:at] + insert + pieces[at:at+(len(pieces)-at)/2] + twice + pieces[at+(len(pieces)-at)/2:]
					url := strings.ReplaceAll(place, "{}", password)
					if (place == "redis://{}@h:1" || place == "redis:{}@h") && strings.Contains(password, ":") {
						continue // what comes before it reads as a user name, which is shown
					}
					checked++
					if shown := redisurl.Redact(secret.New(url)); leaks(shown) {
						t.Fatalf("%q is shown as %q", url, shown)
					}
					for _, line := range []redisurl.Line{redisurl.Lines()[0], redisurl.Newest} {
						if _, err := redisurl.Parse(secret.New(url), line); err != nil && leaks(err.Error()) {
							t.Fatalf("%q gives the error %q", url, err)
						}
					}
				}
			}
		}
	}
	t.Logf("%d URLs", checked)
}

// FuzzRedact: whatever stands around it in the password, it does not come out.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{"", "@", "#", "/", "?db=", "[", "%40", ":", "\n", "@h/", "&password="} {
		f.Add("redis://u:", seed, "", "@h:6379/0")
		f.Add("rediss://:", "", seed, "@h")
		f.Add("unix://:", seed, seed, "@/x")
		f.Add("redis://h?password=", seed, "", "")
	}
	f.Fuzz(func(t *testing.T, before, left, right, after string) {
		switch {
		case !strings.HasSuffix(before, ":") && !strings.HasSuffix(before, "password="),
			strings.HasSuffix(before, ":") && !strings.HasPrefix(after, "@"),
			leaks(before), leaks(left), leaks(right), leaks(after), strings.Contains(before, "\n"):
			return
		case strings.HasSuffix(before, "password=") && !strings.HasPrefix(before, "redis://h?"):
			return
		case strings.HasSuffix(before, ":") && !strings.HasPrefix(before, "redis://") && !strings.HasPrefix(before, "rediss://") && !strings.HasPrefix(before, "unix://"):
			return
		}
		url := before + left + pieces + right + after
		if shown := redisurl.Redact(secret.New(url)); leaks(shown) {
			t.Errorf("%q is shown as %q", url, shown)
		}
	})
}

func TestShow_IsNotOKWhereNothingIsLeft(t *testing.T) {
	for url, want := range map[string]string{
		"redis://default:sesame@h:6379/0": "redis://default:***@h:6379/0",
		"valkey://:sesame@h":              "valkey://:***@h",
		"redis://h?db=x":                  "redis://h?db=***",
		"redis://:ses#ame@h":              "",
		"redis://h:sesame":                "",
		"sesame":                          "",
		"":                                "",
	} {
		got, ok := redisurl.Show(secret.New(url))
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q is shown as %q, %v; want %q", url, got, ok, want)
		}
	}
}

func TestShowable_PiecesOfBrokenPasswordAreNot(t *testing.T) {
	for text, want := range map[string]bool{
		"redis://h:6379/1":            true,
		"redis://u:p@Redis_1.example": true,
		"redis://:p%23q@10.0.0.1":     true,
		"redis://[::1]:6379":          true,
		"redis://":                    true,
		"unix:///run/redis.sock?db=2": true,
		"redis://piece#rest@h":        false,
		"redis://piece/rest@h":        false,
		"redis://piece?rest@h":        false,
		"redis://:12/3456#rest@h":     false,
		"redis://[fe80::1%25piece]":   false,
		"redis://pi%65ce%20x":         false,
		"unix://:p/q@/run/redis.sock": false,
		"unix:///run/pie ce.sock":     false,
	} {
		u, err := redisurl.Parse(secret.New(text), redisurl.Newest)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := u.Showable(); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
	if redisurl.HostPort("redis://:p@h:6379", big.NewInt(6379)).Showable() {
		t.Error("a whole URL in the place of a host is showable")
	}
}
