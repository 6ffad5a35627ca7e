package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleConfigKeysRepeated = Rule{
	Doc: finding.Doc{
		ID:       "config/keys-repeated",
		Title:    "An encryption key is given twice",
		Severity: finding.Warning,
		Why: "The first key encrypts, and each decrypts. The same key a second time adds nothing; it happens when a new key was meant to be " +
			"put in front of the old one, and then the old one is still what encrypts.",
		Django:  "Works as if the key were given once.",
		Fix:     "Put the new key first and the old one behind it, each once.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.symmetric_encryption_keys=[\"made-up-key\",\"made-up-key\"]"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.symmetric_encryption_keys=[\"made-up-new\",\"made-up-old\"]"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis#symmetric_encryption_keys"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		keys := option(in.Settings.Config.SymmetricEncryptionKeys)
		if status := first(in.isBackend(channelconfig.Core, channelconfig.PubSub), keys); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		list, _ := in.Settings.Config.SymmetricEncryptionKeys.Get()
		seen := map[string]bool{}
		for _, key := range list {
			if seen[key.Reveal()] {
				return finding.Fail(doc.New(channelconfig.SettingKeys, "One of symmetric_encryption_keys stands in the list twice. Messages are encrypted "+
					"with the first and read with any, so that the second changes nothing."))
			}
			seen[key.Reveal()] = true
		}
		return finding.Pass()
	},
}
