package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleDebugUnreadable = Rule{
	Doc: finding.Doc{
		ID:       "debug/unreadable",
		Title:    "DEBUG is neither True nor False, so the layer is not certain",
		Severity: finding.Warning,
		Why: "Without REDIS_URL, DEBUG decides whether messages go through Redis or stay in the memory of one process. Every app " +
			"reads the variable in its own way: for one only \"True\" is true, for another every text that is not empty is, " +
			"\"off\" included.",
		Django: "Uses Redis at REDIS_HOST, or keeps messages in memory, depending on the code in the settings.",
		Fix:    "Set DEBUG to True or False, or set REDIS_URL, which makes the layer use Redis whatever DEBUG is.",
		Bad:    []string{"DEBUG=off", "DEBUG="},
		Good:   []string{"DEBUG=False\nREDIS_HOST=redis", "DEBUG=1", "DEBUG=off\nREDIS_URL=redis://redis:6379/0"},
		Since:  "0.1.0",
		Sources: []string{
			"https://docs.djangoproject.com/en/5.2/ref/settings/#debug",
		},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		backend, known := in.explicitBackend()
		switch {
		case !in.Settings.DebugUnreadable, in.hasURL():
			return finding.Pass()
		case !known:
			return finding.Unknown()
		case backend != channelconfig.Auto:
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingDebug, "DEBUG is set to something else than True, true, 1, False, false and 0, and "+
			"REDIS_URL is not set: whether Django uses Redis or keeps the messages in memory depends on how the app reads it."))
	},
}
