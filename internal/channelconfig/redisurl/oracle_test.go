package redisurl_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python/generate"
)

// lineOf is the line of a version as packages spell it.
func lineOf(t testing.TB, version string) redisurl.Line {
	t.Helper()
	var parts [3]int
	for i, text := range strings.SplitN(version, ".", 3) {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = n
	}
	line, err := redisurl.LineOf(packages.Version{Major: parts[0], Minor: parts[1], Micro: parts[2]})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// knownGap: this Python lacks the check of brackets that Go mirrors (doc.go),
// and that check decides.
func knownGap(oracle *python.Oracle, results ...python.URLResult) bool {
	if oracle.Versions().ChecksBrackets {
		return false
	}
	for _, result := range results {
		if result.Error != nil && (result.Error.Reason == "brackets" || result.Error.Reason == string(redisurl.NotIPv6)) {
			return true
		}
	}
	return false
}

func TestOracle_GeneratedURLs(t *testing.T) {
	seed := python.Seed(t, 1)
	count := python.Cases(t, 1000)
	for _, environment := range python.EveryLine(t) {
		t.Run(environment, func(t *testing.T) {
			oracle := python.Start(t, environment)
			line := lineOf(t, oracle.Versions().Packages["redis"])
			accepted, differences := 0, 0
			for index := range uint64(count) {
				url := generate.URL(seed, index)
				goes, pythons := parsed(t, url, line), oracle.URL(url)
				if pythons.Connection != nil {
					accepted++
				}
				found := difference(t, goes, pythons)
				if found == "" || knownGap(oracle, goes, pythons) {
					continue
				}
				if differences++; differences <= 20 {
					t.Errorf("case %d: %q%s", index, shrink(t, oracle, line, url), found)
				}
			}
			t.Logf("redis-py %s: %d URLs, %d accepted, %d differences", oracle.Versions().Packages["redis"], count, accepted, differences)
			if count > 100 && (accepted < count/10 || accepted > count*9/10) {
				t.Errorf("only %d of %d are accepted: too one-sided to prove much", accepted, count)
			}
		})
	}
}

// shrink takes characters out of the URL as long as Go and Python differ.
func shrink(t *testing.T, oracle *python.Oracle, line redisurl.Line, url string) string {
	for size := len(url) / 2; size > 0; {
		smaller := ""
		for i := 0; i+size <= len(url); i++ {
			shorter := strings.ToValidUTF8(url[:i]+url[i+size:], "")
			if len(shorter) < len(url) && difference(t, parsed(t, shorter, line), oracle.URL(shorter)) != "" {
				smaller = shorter
				break
			}
		}
		if smaller == "" {
			size /= 2
			continue
		}
		url = smaller
		size = min(size, len(url))
	}
	return url
}

func TestEveryLine_HasAReleaseToCompareWith(t *testing.T) {
	t.Setenv("CHANNELS_FULL", "1")
	compared := map[redisurl.Line]bool{}
	for _, environment := range python.EveryLine(t) {
		compared[lineOf(t, python.Version(t, environment))] = true
	}
	for _, line := range redisurl.Lines() {
		if !compared[line] {
			t.Errorf("no environment has a redis-py of the line %s", line)
		}
	}
}
