package canary_test

import (
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
)

// The documents have OPEN where nothing is marked, and HIDDEN where it is.
func TestSplit_OnlyWhatIsMarkedIsSensitive(t *testing.T) {
	for name, document := range map[string]string{
		"state": `{"values": {"root_module": {"resources": [{
			"values": {"url": "HIDDEN", "host": "OPEN", "list": ["OPEN", "HIDDEN"], "deep": {"a": "HIDDEN", "b": "OPEN"}},
			"sensitive_values": {"url": true, "list": [false, true], "deep": {"a": true}}}],
			"child_modules": [{"resources": [{"values": {"x": "HIDDEN", "y": "OPEN"}, "sensitive_values": {"x": true}}]}]},
			"outputs": {"a": {"sensitive": true, "value": {"b": "HIDDEN"}}, "c": {"sensitive": false, "value": "OPEN"}}}}`,
		"plan": `{"variables": {"v": {"value": {"a": "HIDDEN"}}, "w": {"value": "OPEN"}},
			"configuration": {"root_module": {"variables": {"v": {"sensitive": true}, "w": {}},
				"resources": [{"expressions": {"redis_url": {"constant_value": "a literal, left out"}, "x": "OPEN"}}]}},
			"resource_changes": [{"change": {"before": {"a": "HIDDEN"}, "before_sensitive": {"a": true}, "after": {"a": "OPEN"}, "after_sensitive": {}}}],
			"output_changes": {"o": {"before": null, "after": "HIDDEN", "before_sensitive": false, "after_sensitive": true}}}`,
		"output": `{"a": {"sensitive": true, "type": "string", "value": "HIDDEN"}, "b": {"sensitive": false, "value": "OPEN"}}`,
		"neighbours": `{"values": {"a": "OPEN"}, "sensitive_values": {"b": true}, "sensitive": "no",
			"other": {"value": "OPEN"}, "more": {"sensitive": true, "value": "HIDDEN", "comment": "OPEN"}}`,
	} {
		got, err := canary.Split(document)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(got.Public, "HIDDEN") || strings.Count(got.Public, "OPEN") != strings.Count(document, "OPEN") {
			t.Errorf("%s: the public part is %s", name, got.Public)
		}
		if strings.Contains(got.Sensitive, "OPEN") || strings.Count(got.Sensitive, "HIDDEN") != strings.Count(document, "HIDDEN") {
			t.Errorf("%s: the sensitive part is %s", name, got.Sensitive)
		}
		if strings.Contains(got.Public+got.Sensitive, "a literal") {
			t.Errorf("%s: a literal of the configuration is left in", name)
		}
	}
	if _, err := canary.Split("not JSON"); err == nil {
		t.Error("what is no JSON gives no error")
	}
}
