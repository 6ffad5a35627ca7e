package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleLayerInMemoryOutsideDebug = Rule{
	Doc: finding.Doc{
		ID:       "layer/in-memory-outside-debug",
		Title:    "The in-memory layer is used outside of DEBUG",
		Severity: finding.Warning,
		Why: "An in-memory layer lives in one process. A deployment has several (web workers, a worker for background jobs, the shell), " +
			"and what one sends the others never get. It works in a small test and loses messages in production.",
		Django:  "Sending raises nothing; sockets in other processes never get the message.",
		Fix:     "Leave the backend to \"auto\" or set \"core\", and give REDIS_URL.",
		Bad:     []string{"BACKEND=in_memory", "BACKEND=in_memory\nDEBUG=False\nREDIS_URL=redis://redis:6379/0"},
		Good:    []string{"BACKEND=in_memory\nDEBUG=True", "REDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels/issues/1060", "https://github.com/django/channels/issues/1189"},
	},
	Rank: Place,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		backend, known := in.explicitBackend()
		debug, debugKnown := in.sound.Debug.Get()
		switch {
		case known && backend != channelconfig.InMemory, debugKnown && debug:
			return finding.Pass()
		case !known, !debugKnown:
			return finding.Unknown()
		}
		return finding.Fail(doc.New(channelconfig.SettingBackend, "The backend is in_memory, and DEBUG is off. Django starts and sends without an error; "+
			"only sockets in the sending process get the message."))
	},
}
