package redisurl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
)

func TestCorpus_ParseDoesWhatRedisPyDid(t *testing.T) {
	cases := python.URLCases(t)
	if len(cases) < 1500 {
		t.Fatalf("only %d cases", len(cases))
	}
	compared := 0
	for _, environment := range python.Environments() {
		version := python.Version(t, environment)
		line := lineOf(t, version)
		for i, c := range cases {
			recorded, ok := c.For(version)
			if !ok {
				t.Fatalf("line %d: no result for redis-py %s; run internal/testsupport/python/corpus.py", i+1, version)
			}
			compared++
			found := difference(t, parsed(t, c.URL, line), recorded)
			if (found != "") != (c.Differs != "") {
				t.Errorf("redis-py %s, line %d: %q, marked as different: %q%s", version, i+1, c.URL, c.Differs, found)
			}
		}
	}
	t.Logf("%d results", compared)
}

func TestOracle_CorpusIsWhatRedisPyDoes(t *testing.T) {
	cases := python.URLCases(t)
	for _, environment := range python.Environments() {
		t.Run(environment, func(t *testing.T) {
			oracle := python.Start(t, environment)
			version := oracle.Versions().Packages["redis"]
			for i, c := range cases {
				recorded, _ := c.For(version)
				now := oracle.URL(c.URL)
				if inJSON(t, now) != inJSON(t, recorded) && !knownGap(oracle, now, recorded) {
					t.Errorf("line %d: %q\n  recorded: %s\n  now:      %s", i+1, c.URL, inJSON(t, recorded), inJSON(t, now))
				}
			}
		})
	}
}

func TestCorpus_HasEveryReason(t *testing.T) {
	seen := map[redisurl.Reason]int{}
	for _, c := range python.URLCases(t) {
		for _, line := range redisurl.Lines() {
			_, err := redisurl.Parse(secret.New(c.URL), line)
			var refused *redisurl.Error
			if errors.As(err, &refused) {
				seen[refused.Reason]++
			}
		}
	}
	for _, reason := range redisurl.Reasons() {
		if seen[reason] == 0 {
			t.Errorf("no case for %s", reason)
		}
		delete(seen, reason)
	}
	if len(seen) > 0 {
		t.Errorf("reasons that Reasons does not list: %v", seen)
	}
}

func TestReasons_HaveTextsOfTheirOwn(t *testing.T) {
	texts := map[string]redisurl.Reason{}
	for _, reason := range redisurl.Reasons() {
		text := reason.Text()
		if other, twice := texts[text]; twice || text == redisurl.Reason("").Text() {
			t.Errorf("%s has the text of %s", reason, other)
		}
		texts[text] = reason
	}
}

// checkInvariants holds for any text at all.
func checkInvariants(t *testing.T, url string, line redisurl.Line) {
	t.Helper()
	got, err := redisurl.Parse(secret.New(url), line)
	if err == nil {
		if got.DB == nil || got.Options == nil || (got.Port == nil) != (got.Transport == redisurl.Unix) {
			t.Errorf("%q: an accepted URL lacks a part", url)
		}
		return
	}
	var refused *redisurl.Error
	if got != nil || !errors.As(err, &refused) {
		t.Fatalf("%q: %T", url, err)
	}
	if refused.Offset < -1 || refused.Offset > len(url) {
		t.Errorf("%q: offset %d", url, refused.Offset)
	}
	if refused.Exception == "" || refused.Stage == 0 || refused.Reason.Text() == redisurl.Reason("").Text() {
		t.Errorf("%q: an error lacks a part: %#v", url, refused)
	}
	// With an argument's name blanked, nothing in the message is from the URL:
	// it is one of a few constant ones.
	constant := redisurl.Error{Reason: refused.Reason, Exception: refused.Exception, Argument: refused.Argument, Offset: refused.Offset}
	if err.Error() != constant.Error() {
		t.Errorf("%q: the message has more than reason, argument and offset", url)
	}
}

// FuzzParse: no panic, offsets in range, errors without anything of the text.
func FuzzParse(f *testing.F) {
	for _, c := range python.URLCases(f) {
		if len(c.URL) < 200 {
			f.Add(c.URL)
		}
	}
	f.Fuzz(func(t *testing.T, url string) {
		for _, line := range []redisurl.Line{redisurl.Lines()[0], redisurl.Newest} {
			checkInvariants(t, url, line)
		}
		checkHides(t, url)
	})
}

const canary = "cAnArY5eCrEt"

// checkHides: where the canary stands after a ":", "=" or "%" that follows the
// scheme, the error says nothing of it.
func checkHides(t *testing.T, url string) {
	t.Helper()
	places := 0
	for i, r := range url {
		if r != ':' && r != '=' && r != '%' || i < 6 {
			continue
		}
		if places++; places > 8 { // a long text has too many
			break
		}
		planted := secret.New(url[:i+1] + canary + url[i+1:])
		if _, err := redisurl.Parse(planted, redisurl.Newest); err != nil && holdsCanary(err.Error()) {
			t.Errorf("Parse of %q: %v", planted.Reveal(), err)
		}
	}
}

// holdsCanary: a piece of four characters is too much.
func holdsCanary(text string) bool {
	text = strings.ToLower(text)
	low := strings.ToLower(canary)
	for i := 0; i+4 <= len(low); i++ {
		if strings.Contains(text, low[i:i+4]) {
			return true
		}
	}
	return false
}

func TestCorpus_KeepsInvariants(t *testing.T) {
	for _, c := range python.URLCases(t) {
		for _, line := range redisurl.Lines() {
			checkInvariants(t, c.URL, line)
		}
		checkHides(t, c.URL)
	}
}
