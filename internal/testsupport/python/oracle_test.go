package python_test

import (
	"encoding/json"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python/generate"
)

func inJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOracle_EnvironmentsAreWhatTheSettingsCompute(t *testing.T) {
	oracle := python.Start(t, "redis-8.1")
	cases := python.EnvironmentCases(t)
	if len(cases) < 400 {
		t.Fatalf("only %d cases", len(cases))
	}
	for i, c := range cases {
		for _, debug := range []bool{true, false} {
			if now := oracle.Settings(c.Environ, debug); inJSON(t, now) != inJSON(t, c.For(debug)) {
				t.Errorf("line %d, DEBUG %v: %v\n  recorded: %s\n  now:      %s", i+1, debug, c.Environ, inJSON(t, c.For(debug)), inJSON(t, now))
			}
		}
	}
}

func TestOracle_SettingsLeaveTheProcessAsItWas(t *testing.T) {
	oracle := python.Start(t, "redis-8.1")
	first := oracle.Settings(map[string]string{"REDIS_HOST": "other"}, false)
	second := oracle.Settings(map[string]string{}, false)
	if *first.Layer.Hosts[0].Host != "other" || *second.Layer.Hosts[0].Host != "127.0.0.1" {
		t.Errorf("%s, then %s", inJSON(t, first), inJSON(t, second))
	}
	if third := oracle.Settings(map[string]string{"REDIS_PORT": "x"}, true); third.Error == nil || third.Error.Exception != "ValueError" {
		t.Errorf("%s", inJSON(t, third))
	}
}

func TestEnvironments_RunTheVersionTheyPin(t *testing.T) {
	for _, environment := range python.Environments() {
		oracle := python.Start(t, environment)
		if got, want := oracle.Versions().Packages["redis"], python.Version(t, environment); got != want {
			t.Errorf("%s has redis-py %s, pinned is %s", environment, got, want)
		}
	}
}

func TestCorpus_SettingsBothCrashAndWork(t *testing.T) {
	crashes, memory, urls, tuples := 0, 0, 0, 0
	for _, c := range python.EnvironmentCases(t) {
		for _, debug := range []bool{true, false} {
			switch result := c.For(debug); {
			case result.Error != nil:
				crashes++
			case result.Layer.Hosts == nil:
				memory++
			case result.Layer.Hosts[0].URL != nil:
				urls++
			default:
				tuples++
			}
		}
	}
	if min(crashes, memory, urls, tuples) < 50 {
		t.Errorf("too few of a kind: %d crashes, %d in memory, %d URLs, %d hosts", crashes, memory, urls, tuples)
	}
}

func TestGenerate_SameSeedSameCases(t *testing.T) {
	different := 0
	for index := range uint64(200) {
		url, environment := generate.URL(3, index), inJSON(t, generate.Environment(3, index))
		if again := generate.URL(3, index); again != url || inJSON(t, generate.Environment(3, index)) != environment {
			t.Fatalf("case %d is not the same twice", index)
		}
		if url != generate.URL(4, index) {
			different++
		}
	}
	if different < 150 {
		t.Errorf("another seed gives only %d other URLs", different)
	}
}
