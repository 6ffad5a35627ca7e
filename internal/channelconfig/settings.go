package channelconfig

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Names of settings, as findings and origins use them. They are the names of
// the settings code, whatever an app calls its environment variables.
const (
	SettingRedisURL   = "REDIS_URL"
	SettingRedisHost  = "REDIS_HOST"
	SettingRedisPort  = "REDIS_PORT"
	SettingHosts      = "hosts"
	SettingDebug      = "DEBUG"
	SettingBackend    = "BACKEND"
	SettingModule     = "DJANGO_SETTINGS_MODULE"
	SettingPrefix     = "CONFIG.prefix"
	SettingKeys       = "CONFIG.symmetric_encryption_keys"
	SettingSerializer = "CONFIG.serializer_format"

	SettingExpiry      = "CONFIG.expiry"
	SettingGroupExpiry = "CONFIG.group_expiry"
	SettingCapacity    = "CONFIG.capacity"
)

// What the settings code falls back to.
const (
	DefaultRedisHost      = "127.0.0.1"
	DefaultRedisPort      = "6379"
	DefaultAlias          = "default"
	DefaultSettingsModule = "config.settings"
)

// Settings are what decides about one entry of CHANNEL_LAYERS in one
// environment. What is unset stays so: defaults are resolved, not stored, so
// that every value can say where it comes from.
type Settings struct {
	// Alias is the key in CHANNEL_LAYERS.
	Alias Value[string]
	// RedisURL, RedisHost and RedisPort are the texts that os.getenv returns.
	// A set but empty URL counts as unset, as in the settings code; an empty
	// host stays empty.
	RedisURL  Value[secret.String]
	RedisHost Value[string]
	RedisPort Value[string]
	// RedisURLWriteOnly is set where the URL may differ between two looks at
	// the same settings: nothing that outlives a look may carry its value.
	RedisURLWriteOnly bool
	// Hosts are several hosts, in place of the three above. HostsText is the
	// text of the variable that carries them, for settings that are read from
	// an environment; only one of the two is set.
	Hosts     Value[[]HostEntry]
	HostsText Value[secret.String]
	// HostsWriteOnly is to the hosts what RedisURLWriteOnly is to the URL.
	HostsWriteOnly bool
	// TLS is what people want of the encryption; unset where they leave it to
	// the URL and to redis-py.
	TLS Value[TLS]
	// Debug is Django's DEBUG. DebugUnreadable is set where there is a text
	// for it that cannot be read as true or false; Debug is unknown then.
	Debug           Value[bool]
	DebugUnreadable bool
	// Backend is the one asked for; unset is Auto.
	Backend Value[Backend]
	Config  Config
	// SettingsModule is DJANGO_SETTINGS_MODULE.
	SettingsModule Value[string]
	Variables      Variables
	Packages       packages.Set
}

// HasHosts reports whether hosts decide where Redis is, and not REDIS_URL or
// REDIS_HOST. Hosts that are not known yet count, since whoever passes some means
// them.
func (s Settings) HasHosts() bool {
	hosts, err := resolveHostList(s)
	return err == nil && hosts.IsSet()
}

// Config are the options of the layer's CONFIG other than hosts.
type Config struct {
	Prefix          Value[string]
	Expiry          Value[int64] // seconds
	GroupExpiry     Value[int64] // seconds
	Capacity        Value[int64] // messages
	ChannelCapacity Value[[]ChannelCapacity]
	// SymmetricEncryptionKeys encrypt with the first and decrypt with any.
	SymmetricEncryptionKeys Value[[]secret.String]
	// KeysUncertain is set where it is not even known yet whether there are
	// keys.
	KeysUncertain bool
	// KeysWriteOnly is to the keys what RedisURLWriteOnly is to the URL.
	KeysWriteOnly      bool
	SerializerFormat   Value[string]
	RandomPrefixLength Value[int64] // bytes
	// OnDisconnect and OnReconnect are types of messages, pub/sub only.
	// channels_redis 4.0 to 4.3 stores and never sends them (pubsub.py).
	OnDisconnect Value[string]
	OnReconnect  Value[string]
}

// ChannelCapacity is the capacity of the channels whose name matches a glob
// pattern. The first match counts.
type ChannelCapacity struct {
	Pattern  string
	Capacity int64
}

// Variables are the names and spellings of the environment variables, for
// apps that use others than the settings code. An empty name leaves the
// variable out.
type Variables struct {
	RedisURL, RedisHost, RedisPort, Hosts, Debug, SettingsModule, EncryptionKeys string
	// DebugTrue and DebugFalse are how DEBUG is written.
	DebugTrue, DebugFalse string
}

// DefaultVariables are the names of the settings code.
func DefaultVariables() Variables {
	return Variables{
		RedisURL:       "REDIS_URL",
		RedisHost:      "REDIS_HOST",
		RedisPort:      "REDIS_PORT",
		Hosts:          "CHANNEL_LAYERS_HOSTS",
		Debug:          "DEBUG",
		SettingsModule: "DJANGO_SETTINGS_MODULE",
		EncryptionKeys: "CHANNEL_LAYERS_SYMMETRIC_ENCRYPTION_KEYS",
		DebugTrue:      "True",
		DebugFalse:     "False",
	}
}
