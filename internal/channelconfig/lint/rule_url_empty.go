package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLEmpty = Rule{
	Doc: finding.Doc{
		ID:       "url/empty",
		Title:    "REDIS_URL is set but empty",
		Severity: finding.Warning,
		Varies: "An error where it holds nothing but white space, which Python takes for a URL. Information where DEBUG holds, " +
			"REDIS_HOST is set or the backend is in memory: the fallback is then likely to be meant.",
		Why: "An empty REDIS_URL counts as none. The layer falls back to REDIS_HOST, and where that is not set either to " +
			"127.0.0.1: inside a container that is the container itself, where no Redis listens. It happens when the " +
			"variable that should have filled it in was empty.",
		Django: "The settings code uses (REDIS_HOST, REDIS_PORT). Settings that pass the text on unlooked at raise " +
			"\"ValueError: Redis URL must specify one of the following schemes\" at the first message.",
		Fix:     "Give REDIS_URL the URL of the Redis, or remove the variable (null in Terraform).",
		Bad:     []string{"REDIS_URL=", "REDIS_URL=\nREDIS_HOST=redis", "REDIS_URL=  "},
		Good:    []string{"REDIS_HOST=redis", "REDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/os.html#os.getenv"},
	},
	Rank:  First,
	Check: checkURLEmpty,
}

func checkURLEmpty(doc finding.Doc, in Input) finding.Outcome {
	url, known := in.Settings.RedisURL.Get()
	if in.several {
		return finding.Pass()
	}
	if !known {
		return finding.Outcome{Status: passUnless(in.Settings.RedisURL.IsUnknown())}
	}
	if !url.IsEmpty() {
		if strings.TrimFunc(url.Reveal(), isBlank) != "" || in.urlStatus() != finding.Failed {
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingRedisURL,
			"REDIS_URL holds white space and nothing else, which Python takes for a URL. "+refusal("ValueError")).WithSeverity(finding.Error))
	}
	f := doc.New(channelconfig.SettingRedisURL, "REDIS_URL is set to an empty text, which counts as not set. "+emptyURLFallback(in))
	if !in.Existing {
		f = f.WithFix("Pass null instead of an empty text, or the URL of the Redis.")
	}
	backend, ok := in.sound.Backend.Get()
	if !ok || !backend.UsesRedis() || in.Settings.RedisHost.IsSet() || in.sound.Debug.Or(false) {
		f = f.WithSeverity(finding.Info)
	}
	return finding.Fail(f)
}

func emptyURLFallback(in Input) string {
	backend, known := in.sound.Backend.Get()
	switch {
	case !known:
		return "DEBUG, which is not known here, decides what the layer falls back to."
	case !backend.UsesRedis():
		return "The layer keeps its messages in memory."
	case in.Settings.RedisHost.IsSet():
		return "Django connects to REDIS_HOST instead."
	default:
		return "REDIS_HOST is not set either, so Django connects to 127.0.0.1 without a password; where no Redis listens there, " +
			"the first message raises \"redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1\"."
	}
}
