package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostsNotJSON = Rule{
	Doc: finding.Doc{
		ID:       "hosts/not-json",
		Title:    "The variable for several hosts is not JSON",
		Severity: finding.Error,
		Why: "Several hosts reach the app as one text, a list in JSON. A text that was cut off, that has single quotes, or whose double quotes a " +
			"shell has eaten is none.",
		Django: "Does not start: importing the settings raises \"json.decoder.JSONDecodeError\".",
		Fix: "Write a list in JSON, as in [\"redis://a:6379/0\",\"redis://b:6379/0\"], or take the variable from the outputs environment or dotenv of " +
			"channels_layer.",
		Bad: []string{
			"CHANNEL_LAYERS_HOSTS=[redis://a:6379/0,redis://b:6379/0]",
			"CHANNEL_LAYERS_HOSTS=['redis://a:6379/0']",
			"CHANNEL_LAYERS_HOSTS=redis://a:6379/0",
			"CHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\"",
		},
		Good: []string{
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"redis://b:6379/0\"]",
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[%22redis://a:6379/0%22,%22redis://b:6379/0%22]",
		},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/json.html#json.loads"},
	},
	Rank: First,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		switch {
		case brokenHosts(in.Resolution):
			return finding.Fail(doc.New(channelconfig.SettingHosts, "The text for hosts "+in.Resolution.Exception.Err.Error()+
				": Django does not start, with \"json.decoder.JSONDecodeError\"."))
		case in.Settings.HostsText.IsUnknown():
			return finding.Unknown()
		default:
			return finding.Pass()
		}
	},
}
