package packages

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// text is a version for messages, "none" for nil.
func text(v *Version) string {
	if v == nil {
		return "none"
	}
	return v.String()
}

func summary(s Set) string {
	return text(s.Channels) + " " + text(s.ChannelsRedis) + " " + text(s.Redis)
}

func TestParseVersion_KeepsTheRelease(t *testing.T) {
	for in, want := range map[string]string{
		"4.3.0": "4.3.0", "7": "7.0.0", "7.4": "7.4.0", "v4.3.0": "4.3.0", "V1": "1.0.0", "0!4.3.0": "4.3.0", "1!2.3": "2.3.0",
		"4.3.0rc1": "4.3.0", "4.3.0-beta.2": "4.3.0", "4.3.0.post1": "4.3.0", "4.3.0-1": "4.3.0", "4.3.0.dev5": "4.3.0",
		"8.0.0b1.post2.dev3+local.7": "8.0.0", "4.0.0+debian-1": "4.0.0", " 4.3.0\n": "4.3.0", "4.3.0.1": "4.3.0", "04.03": "4.3.0",
		"2025.10.5": "2025.10.5", "4.3a": "4.3.0",
	} {
		got, err := ParseVersion(in)
		if err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func TestParseVersion_RefusesWhatIsNoVersion(t *testing.T) {
	for _, in := range []string{"", "latest", "4.", ".4", "4..3", "4.3.x", ">=4.3", "4.3.*", "4 .3", "1!", "4.3+", "4,3", "\u0664.3", "vv4", "4.3.0-", "4.3.0+local+"} {
		if v, err := ParseVersion(in); !isError(err, NotAVersion) {
			t.Errorf("%q: %v, %v", in, v, err)
		}
	}
	for _, in := range []string{"99999999999.0", "1." + strings.Repeat("9", 5000)} {
		if _, err := ParseVersion(in); !isError(err, NumberTooLarge) {
			t.Errorf("a number of %d digits: %v", len(in), err)
		}
	}
}

func isError(err error, reason Reason) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == reason
}

func TestFromRequirements_ReadsEachKindOfFile(t *testing.T) {
	for file, want := range map[string]string{
		"requirements.txt": "4.3.2 4.3.0 7.4.1",
		"uv.lock":          "4.3.2 4.3.0 none",
		"poetry.lock":      "4.3.2 4.3.0 5.2.1",
	} {
		content, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, variant := range []string{string(content), "\ufeff" + string(content), strings.ReplaceAll(string(content), "\n", "\r\n")} {
			set, err := FromRequirements(variant)
			if err != nil || summary(set) != want {
				t.Errorf("%s: %s, %v", file, summary(set), err)
			}
		}
	}
	const pylock = "lock-version = '1.0'\n[[packages]]\nname = 'redis'\nversion = '8.1.0'\n[[packages]]\nname = 'channels'\nversion = '4.3.2'\n[packages.directory]\npath = '.'\n"
	if set, err := FromRequirements(pylock); err != nil || text(set.Redis) != "8.1.0" {
		t.Errorf("pylock.toml: %s, %v", summary(set), err)
	}
}

// lines are texts with the version of redis that they determine.
func lines() map[string]string {
	return map[string]string{
		"":                                "none",
		"redis":                           "none",
		"redis==7.4.1":                    "7.4.1",
		"REDIS == 7.4.1":                  "7.4.1",
		"redis===7.4.1":                   "7.4.1",
		"redis[hiredis]==7.4.1":           "7.4.1",
		"redis [hiredis, ocsp] ==7.4.1":   "7.4.1",
		"redis (==7.4.1)":                 "7.4.1",
		"redis==7.4.1,!=7.4.0":            "7.4.1",
		"redis>=7,==7.4.1":                "7.4.1",
		"redis==7.4.1 # why":              "7.4.1",
		"redis==7.4.1 --hash=sha256:00":   "7.4.1",
		"redis \\\n  == \\\n  7.4.1":      "7.4.1",
		"redis==7.4.1;python_version>'3'": "7.4.1",
		"redis==7.4.1\nredis==7.4.1":      "7.4.1",
		"redis>=7\nredis==7.4.1":          "7.4.1",
		"redis>=7.4.1":                    "none",
		"redis~=7.4.1":                    "none",
		"redis==7.*":                      "none",
		"redis!=7.4.1":                    "none",
		"redis<8,>=7":                     "none",
		"redis==${VERSION}":               "none",
		"redis @ https://packages.example.com/redis-7.4.1-py3-none-any.whl":     "none",
		"redis==6.4.0;python_version<'3.9'\nredis==7.4.1;python_version>='3.9'": "none",
		"redis==6.4.0\nredis==7.4.1":                                            "none",
		"redis==6.4.0;python_version<'3.9'\nredis>=7;python_version>='3.9'":     "none",
		"redis-py==7.4.1":                    "none",
		"django-redis==7.4.1":                "none",
		"# redis==7.4.1":                     "none",
		"-c redis==7.4.1":                    "none",
		"redis-7.4.1-py3-none-any.whl":       "none",
		"./redis==7.4.1":                     "none",
		"other==not.a.version\nredis==7.4.1": "7.4.1",
		"redis == \\\n# a comment\n7.4.1":    "error",
		"redis=7.4.1":                        "error",
		"redis 7.4.1":                        "error",
		"redis==":                            "error",
		"redis==latest":                      "error",
		"[tool.poetry]":                      "error",
		"{\"redis\": \"7.4.1\"}":             "error",
		"Package    Version":                 "error",
	}
}

func TestFromRequirements_OnlyWhatIsPinnedIsDetermined(t *testing.T) {
	for in, want := range lines() {
		set, err := FromRequirements(in)
		got := text(set.Redis)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %s, %v; not %s", in, got, err, want)
		}
	}
}

func TestFromRequirements_NamesAreNormalised(t *testing.T) {
	for _, name := range []string{"channels_redis", "Channels-Redis", "channels.redis", "channels-_.redis", "CHANNELS_REDIS[cryptography]"} {
		if set, err := FromRequirements(name + "==4.3.0"); err != nil || text(set.ChannelsRedis) != "4.3.0" || set.Redis != nil {
			t.Errorf("%s: %s, %v", name, summary(set), err)
		}
	}
}

func TestFromRequirements_ErrorsSayLineAndQuoteNothing(t *testing.T) {
	const canary = "cAnArY"
	for _, test := range []struct {
		text string
		want Error
	}{
		{"asgiref==3.9.1\n\n" + canary + " " + canary, Error{NotARequirement, 3, ""}},
		{"asgiref \\\n==3.9.1\nredis==" + canary, Error{NotAVersion, 3, "redis"}},
		{"redis==9999999999.1", Error{NumberTooLarge, 1, "redis"}},
		{"[[package]]\nname = \"redis\"\nversion = " + canary, Error{NotTOML, 3, ""}},
		{"[[package]]\nname = \"redis\"\nversion = \"" + canary + "\"", Error{NotAVersion, 0, "redis"}},
		{"[[package]]\nname = 5\n", Error{NotTOML, 2, ""}},
		{"[[package]]\na = " + strings.Repeat("[", 1<<20), Error{NotTOML, 2, ""}},
		{strings.Repeat(canary+"\n", MaxText/len(canary)), Error{TextTooLarge, 0, ""}},
	} {
		_, err := FromRequirements(test.text)
		var got *Error
		if !errors.As(err, &got) || *got != test.want {
			t.Errorf("want %+v, got %v", test.want, err)
			continue
		}
		if strings.Contains(err.Error(), canary) {
			t.Errorf("%v: the text shows", got.Reason)
		}
	}
}

// A line with an address of an index holds its password, whatever is wrong.
func TestFromRequirements_IndexLinesArePassedOver(t *testing.T) {
	set, err := FromRequirements("--extra-index-url https://u:made-up@packages.example.com\n-i https://packages.example.com\nredis==7.4.1")
	if err != nil || text(set.Redis) != "7.4.1" {
		t.Errorf("%s, %v", summary(set), err)
	}
}

func FuzzFromRequirements(f *testing.F) {
	for in := range lines() {
		f.Add(in)
	}
	for _, file := range []string{"requirements.txt", "uv.lock", "poetry.lock"} {
		content, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content))
	}
	f.Fuzz(func(t *testing.T, in string) {
		set, err := FromRequirements(in)
		var typed *Error
		if err != nil && !errors.As(err, &typed) {
			t.Fatalf("an untyped error: %T", err)
		}
		if err != nil && set != (Set{}) {
			t.Fatal("an error and a version")
		}
		if typed != nil && (typed.Line < 0 || typed.Line > 1+strings.Count(in, "\n")+strings.Count(in, "\r")) {
			t.Fatalf("line %d of %d", typed.Line, 1+strings.Count(in, "\n"))
		}
		// What is determined stands in the text as digits.
		if set.Redis != nil && !strings.Contains(strings.ToLower(in), "redis") {
			t.Fatal("a version of redis from nowhere")
		}
	})
}
