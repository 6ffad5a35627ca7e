package canary_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
)

func TestNew_PlacesHaveSecretsOfTheirOwn(t *testing.T) {
	one, same, other := canary.New("one"), canary.New("one"), canary.New("other")
	if one.Text != same.Text {
		t.Error("the secret of a place changes")
	}
	if one.Text == other.Text {
		t.Error("two places have the same secret")
	}
	if broken := canary.Broken("one", "#/"); strings.Count(broken.Text, "#") != 1 || strings.Count(broken.Text, "/") != 1 {
		t.Errorf("the delimiters are not in %q", broken.Text)
	}
}

// everyPercent encodes all bytes.
func everyPercent(format string) func(string) string {
	return func(text string) string {
		var b strings.Builder
		for i := range len(text) {
			fmt.Fprintf(&b, format, text[i])
		}
		return b.String()
	}
}

func TestFind_EveryEncodingOfAnyPieceIsFound(t *testing.T) {
	secret := canary.Broken("the place", "#/?@:[]% \"'\n")
	finder := canary.NewFinder(canary.New("another"), secret)
	jsonOf := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	encodings := map[string]func(string) string{
		"clear":         func(s string) string { return s },
		"upper case":    strings.ToUpper,
		"query":         url.QueryEscape,
		"path":          url.PathEscape,
		"percent lower": everyPercent("%%%02x"),
		"percent upper": everyPercent("%%%02X"),
		"percent twice": func(s string) string { return url.QueryEscape(everyPercent("%%%02X")(s)) },
		"JSON":          func(s string) string { return jsonOf(s) },
		"JSON in JSON":  func(s string) string { return jsonOf(jsonOf(s)) },
		"JSON escapes":  everyPercent(`\u%04X`),
		"Go":            strconv.Quote,
		"hexadecimal":   func(s string) string { return hex.EncodeToString([]byte(s)) },
		"bytes":         func(s string) string { return fmt.Sprintf("%d", []byte(s)) },
		"Go bytes":      func(s string) string { return fmt.Sprintf("%#v", []byte(s)) },
		"Base64 at 0":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"Base64 at 1":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte("x" + s + "y")) },
		"Base64 at 2":   func(s string) string { return base64.URLEncoding.EncodeToString([]byte("xy" + s + "z")) },
		"UTF-16":        func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") },
	}
	texts := append(strings.FieldsFunc(secret.Text, func(r rune) bool { return strings.ContainsRune("#/?@:[]% \"'\n", r) }), secret.Text)
	for name, encode := range encodings {
		for _, text := range texts {
			got := finder.Find("before " + encode(text) + " after")
			if len(got) == 0 || got[0].Place != "the place" {
				t.Errorf("%s: %q is not found in %q: %v", name, text, encode(text), got)
			}
		}
	}
	for _, text := range texts[:len(texts)-1] {
		if len(finder.Find("cut off: "+text[:6])) == 0 || len(finder.Find(text[len(text)-6:]+" is the end")) == 0 {
			t.Errorf("six letters of %q are not found", text)
		}
	}
}

func TestFind_OtherTextIsNoLeak(t *testing.T) {
	finder := canary.NewFinder(canary.New("a"), canary.Broken("b", "#/?"))
	for _, text := range []string{
		"", "short", "redis://default:***@redis.example.com:6379/0?socket_timeout=10",
		strings.Repeat("0123456789abcdef", 100), strings.Repeat("The quick brown fox jumps over the lazy dog. ", 50),
		canary.New("a").Text[:5], canary.New("c").Text,
	} {
		if got := finder.FindPrinted(text); len(got) != 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFindPrinted_BrokenLinesHideNothing(t *testing.T) {
	secret := canary.New("a")
	finder := canary.NewFinder(secret)
	printed := "│ the password is " + secret.Text[:4] + "\n│ " + secret.Text[4:8] + "\n│ " + secret.Text[8:] + "\n"
	if len(finder.Find(printed)) != 0 {
		t.Error("this test needs a text that only joining finds")
	}
	if len(finder.FindPrinted(printed)) != 1 {
		t.Error("a secret over two lines is not found")
	}
}

func TestMissing_NamesPlacesThatAreNotThere(t *testing.T) {
	a, b, c := canary.New("a"), canary.New("b"), canary.New("c")
	finder := canary.NewFinder(a, b, c)
	if got := finder.Missing("x " + b.Text); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("missing are %q", got)
	}
	if !finder.Has("b", b.Encoded()) || finder.Has("a", b.Text) {
		t.Error("Has finds another place's secret, or not its own")
	}
}
