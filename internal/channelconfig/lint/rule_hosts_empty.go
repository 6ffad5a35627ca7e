package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostsEmpty = Rule{
	Doc: finding.Doc{
		ID:       "hosts/empty",
		Title:    "There are no hosts in hosts",
		Severity: finding.Error,
		Varies: "Information where REDIS_URL or REDIS_HOST is set, DEBUG holds or the backend is in memory: what the layer falls back to is then " +
			"likely to be meant.",
		Why: "An empty list counts as none. The settings fall back to REDIS_URL and REDIS_HOST, and where those are not set either to 127.0.0.1. " +
			"channels_redis does the same with an empty list of its own: it uses localhost, without a word.",
		Django:  "Starts, and connects to a Redis that nobody named: in a container the container itself.",
		Fix:     "Name the hosts, or leave hosts out (null in Terraform).",
		Bad:     []string{"CHANNEL_LAYERS_HOSTS=[]", "CHANNEL_LAYERS_HOSTS=null", "CHANNEL_LAYERS_HOSTS=[]\nREDIS_URL=redis://redis:6379/0"},
		Good:    []string{"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"redis://b:6379/0\"]", "CHANNEL_LAYERS_HOSTS=\nREDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/blob/4.3.0/channels_redis/utils.py"},
	},
	Rank: First,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		switch {
		case in.Settings.HostsText.IsUnknown(), in.Settings.Hosts.IsUnknown():
			return finding.Unknown()
		case in.several, !in.givenHosts():
			return finding.Pass()
		}
		f := doc.New(channelconfig.SettingHosts, "hosts hold nothing, which counts as not set. "+emptyHostsFallback(in))
		if backend, ok := in.sound.Backend.Get(); !ok || !backend.UsesRedis() || in.hasURL() || in.Settings.RedisHost.IsSet() || in.sound.Debug.Or(false) {
			f = f.WithSeverity(finding.Info)
		}
		return finding.Fail(f)
	},
}

func emptyHostsFallback(in Input) string {
	if in.hasURL() {
		return "Django connects to REDIS_URL instead."
	}
	return emptyURLFallback(in)
}
