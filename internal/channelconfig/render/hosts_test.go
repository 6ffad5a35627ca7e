package render

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
)

// One settings file serves a machine with one Redis and a deployment with
// several: without the variable for hosts the code does what it did before.
func TestSettingsPython_WithoutItsVariableHostsFallBack(t *testing.T) {
	code, _ := rendered(t, settings(withHosts))
	var list []pythonCase
	for _, s := range []channelconfig.Settings{settings(withURL), settings(withHost), settings(withDebug), settings()} {
		c := pythonOf(t, s)
		c.Code = code
		for _, text := range []string{"", "[]", "null"} {
			c.Environment["CHANNEL_LAYERS_HOSTS"] = text
			list = append(list, pythonCase{c.Code, c.Debug, map[string]string{}, c.Expected, false})
			for name, value := range c.Environment {
				list[len(list)-1].Environment[name] = value
			}
		}
		delete(c.Environment, "CHANNEL_LAYERS_HOSTS")
		list = append(list, c)
	}
	for i, answer := range execute(t, "readers", list) {
		if !answer.Same || answer.Error != "" {
			t.Errorf("case %d, %q: %+v", i, list[i].Environment, answer)
		}
	}
}

func TestSettingsPython_HostsThatAreNoJSONStopTheApp(t *testing.T) {
	c := pythonOf(t, settings(withHosts))
	c.Environment["CHANNEL_LAYERS_HOSTS"] = "redis://redis.example.com"
	if answer := execute(t, "readers", []pythonCase{c})[0]; answer.Error != "JSONDecodeError" {
		t.Errorf("%+v", answer)
	}
}

// The .env text of hosts is read back by every reader as the spelling that
// stands in it.
func TestDotEnv_HostsReachTheAppThroughEveryReader(t *testing.T) {
	environment := channelconfig.Environment(settings(withHosts), channelconfig.Resolve(settings(withHosts)))
	text, err := EnvironmentDotEnv(environment)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	list, _ := environment.Get()
	for _, v := range list {
		value, _ := v.Spelled.Else(v.Value).Get()
		want[v.Name] = value.Reveal()
	}
	file, ok := text.Get()
	if !ok || want["CHANNEL_LAYERS_HOSTS"] == "" {
		t.Fatalf("no text for %v", want)
	}
	for _, reader := range readers.All(t) {
		for _, result := range reader.Read(t, file.Reveal()) {
			if !result.Is(want) {
				t.Errorf("%s: %v, %v", reader, result.Err, result.Vars)
			}
		}
	}
}
