package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleConfigEncryptionIgnored = Rule{
	Doc: finding.Doc{
		ID:       "config/encryption-ignored",
		Title:    "The pub/sub layer sends in clear although there are keys",
		Severity: finding.Error,
		Varies:   "Information where the version of channels_redis is not stated.",
		Why: "The pub/sub layer takes symmetric_encryption_keys from channels_redis 4.2.1 on. Before that it drops options that it does " +
			"not know, this one included, without a word: whoever can read the Redis reads every message.",
		Django:  "Starts and works, and publishes each message unencrypted.",
		Fix:     "Use channels_redis 4.2.1 or later, or the core backend.",
		Bad:     []string{"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0\nCONFIG.symmetric_encryption_keys=[\"made-up-key\"]\nchannels_redis==4.1.0", "BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0\nCONFIG.symmetric_encryption_keys=[\"made-up-key\"]"},
		Good:    []string{"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0\nCONFIG.symmetric_encryption_keys=[\"made-up-key\"]\nchannels_redis==4.2.1"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/blob/4.1.0/channels_redis/pubsub.py"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		keys := option(in.Settings.Config.SymmetricEncryptionKeys)
		if in.Settings.Config.KeysWriteOnly && keys == finding.Undetermined {
			keys = finding.Failed // that there are keys is all that counts
		}
		if status := first(in.isBackend(channelconfig.PubSub), keys); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		if list, known := in.Settings.Config.SymmetricEncryptionKeys.Get(); known && len(list) == 0 {
			return finding.Pass()
		}
		return in.before4(2, 1, doc.New(channelconfig.SettingKeys, "symmetric_encryption_keys are set, and the pub/sub layer ignores them: every "+
			"message goes through Redis in clear."))
	},
}
