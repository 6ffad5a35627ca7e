package render

import (
	"slices"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// option is an entry of CONFIG other than hosts. The value is a string, an
// int64, a [channelconfig.ChannelCapacity] list or a list of secret keys.
type option struct {
	name  string
	value any
}

func (o option) setting() string { return "CONFIG." + o.name }

// keysOption is the option whose value never stands in Python code.
const keysOption = "symmetric_encryption_keys"

// options are the options that are set, in the order in which they are
// rendered; complete is false where the value of one is not known yet.
func options(c channelconfig.Config) (list []option, complete bool) {
	complete = true
	list, complete = appendOption(list, complete, "prefix", c.Prefix)
	list, complete = appendOption(list, complete, "expiry", c.Expiry)
	list, complete = appendOption(list, complete, "group_expiry", c.GroupExpiry)
	list, complete = appendOption(list, complete, "capacity", c.Capacity)
	list, complete = appendOption(list, complete, "channel_capacity", c.ChannelCapacity)
	list, complete = appendOption(list, complete, keysOption, c.SymmetricEncryptionKeys)
	list, complete = appendOption(list, complete, "serializer_format", c.SerializerFormat)
	list, complete = appendOption(list, complete, "random_prefix_length", c.RandomPrefixLength)
	list, complete = appendOption(list, complete, "on_disconnect", c.OnDisconnect)
	return appendOption(list, complete, "on_reconnect", c.OnReconnect)
}

func appendOption[T any](list []option, complete bool, name string, v channelconfig.Value[T]) ([]option, bool) {
	value, known := v.Get()
	switch {
	case known:
		return append(list, option{name, value}), complete
	case v.IsSet():
		return list, false
	default:
		return list, complete
	}
}

// accepts lists the options that the constructor of a backend's class takes:
// channels_redis 4.0.0 to 4.3.0, core.py and pubsub.py (serializer_format and
// random_prefix_length since 4.2.1); Channels 4.3.2, layers.py. The in-memory
// layer takes channel_capacity too, but does not compile its patterns, so that
// the first message sent with the documented form raises AttributeError
// (InMemoryChannelLayer.__init__, BaseChannelLayer.get_capacity).
func accepts(backend channelconfig.Backend) []string {
	switch backend {
	case channelconfig.PubSub:
		return []string{"prefix", keysOption, "serializer_format", "on_disconnect", "on_reconnect"}
	case channelconfig.InMemory:
		return []string{"expiry", "group_expiry", "capacity"}
	default: // core, and auto, whose Redis is core
		return []string{
			"prefix", "expiry", "group_expiry", "capacity", "channel_capacity",
			keysOption, "serializer_format", "random_prefix_length",
		}
	}
}

// usable are the options that go into CONFIG for a backend that was asked
// for. Options that only work with a Redis are left out in memory, so that one
// configuration serves both; otherwise an option that the backend
// does not take is an [*OptionError].
func usable(list []option, asked channelconfig.Backend) ([]option, error) {
	taken := accepts(asked)
	var result []option
	for _, o := range list {
		switch {
		case slices.Contains(taken, o.name):
			result = append(result, o)
		case asked == channelconfig.InMemory:
		default:
			return nil, refusal(o, asked)
		}
	}
	return result, nil
}

// refusal: the pub/sub layer passes what it does not know on to a **kwargs
// that nobody reads (channels_redis 4.3.0, pubsub.py, RedisPubSubLoopLayer).
func refusal(o option, asked channelconfig.Backend) error {
	if asked == channelconfig.PubSub {
		return &OptionError{Setting: o.setting(), Backend: asked.Class(), Effect: Ignores}
	}
	return &OptionError{Setting: o.setting(), Backend: channelconfig.Core.Class(), Effect: Raises}
}

// configured are the options to render for these settings; known is false
// where that hangs on something not known yet. What is wrong with a known
// option is an error all the same.
func configured(s channelconfig.Settings) (list []option, known bool, err error) {
	list, complete := options(s.Config)
	if s.Backend.IsUnknown() {
		return nil, false, nil
	}
	if list, err = usable(list, s.Backend.Or(channelconfig.Auto)); err != nil {
		return nil, false, err
	}
	for _, o := range list {
		if err := checkOption(o, s); err != nil {
			return nil, false, err
		}
	}
	return dropNoKeys(list), complete, nil
}

// dropNoKeys leaves an empty list of keys out: it means no encryption, and the
// text of a variable cannot say "no keys".
func dropNoKeys(list []option) []option {
	return slices.DeleteFunc(list, func(o option) bool {
		keys, ok := o.value.([]secret.String)
		return ok && len(keys) == 0
	})
}

func checkOption(o option, s channelconfig.Settings) error {
	switch value := o.value.(type) {
	case string:
		return checkText(o.setting(), value)
	case []secret.String:
		return checkKeys(value, s)
	case []channelconfig.ChannelCapacity:
		return checkCapacities(value)
	default:
		return nil
	}
}

func checkText(setting, text string) error {
	if !utf8.ValidString(text) {
		return &ValueError{Reason: NotText, Setting: setting, Index: -1}
	}
	return nil
}

// checkKeys: the keys reach the app as one variable, which it splits at
// commas.
func checkKeys(keys []secret.String, s channelconfig.Settings) error {
	fail := func(reason ValueReason, index int) error {
		return &ValueError{Reason: reason, Setting: channelconfig.SettingKeys, Index: index}
	}
	if len(keys) == 0 && s.Config.KeysWriteOnly {
		// The code is rendered without a look at the keys, so it would read
		// an empty variable, and encrypt with the key "".
		return fail(KeyEmpty, -1)
	}
	for i, key := range keys {
		text := key.Reveal()
		switch {
		case text == "":
			return fail(KeyEmpty, i)
		case !utf8.ValidString(text):
			return fail(NotText, i)
		case slices.Contains([]byte(text), ','):
			return fail(KeyHasComma, i)
		}
	}
	return nil
}

// checkCapacities: CONFIG has a dict, in which a repeated pattern would
// replace the first one's capacity.
func checkCapacities(list []channelconfig.ChannelCapacity) error {
	const setting = "CONFIG.channel_capacity"
	seen := map[string]bool{}
	for i, c := range list {
		if !utf8.ValidString(c.Pattern) {
			return &ValueError{Reason: NotText, Setting: setting, Index: i}
		}
		if seen[c.Pattern] {
			return &ValueError{Reason: PatternRepeated, Setting: setting, Index: i}
		}
		seen[c.Pattern] = true
	}
	return nil
}
