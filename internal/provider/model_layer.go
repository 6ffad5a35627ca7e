package provider

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// layerModel is a layer as written in the configuration.
type layerModel struct {
	settings channelconfig.Settings
	packages packagesModel
	findings severities
	check    checkModel
	// variablesUnknown is set while names or spellings of variables are not
	// known yet, versionsUnknown while versions of packages are not.
	variablesUnknown, versionsUnknown bool
	// tls are the provider's texts in the place of the app's files, serverName
	// is the name that a check compares certificates with, and tlsKeyWriteOnly
	// is set where the key in tls is write-only.
	tls             tlsDefaults
	serverName      channelconfig.Value[string]
	tlsKeyWriteOnly bool
}

// readConnection reads connectionFields.
func readConnection(ctx context.Context, from attributes) (layerModel, diag.Diagnostics) {
	r := &reader{ctx: ctx, from: from}
	m := layerModel{packages: readPackages(r.object("packages"))}
	m.settings = channelconfig.Settings{
		RedisURL:  r.secret("redis_url"),
		RedisHost: r.text("redis_host"),
		RedisPort: portText(get[types.Int64](r, "redis_port")),
		Hosts:     readHosts(r, "hosts"),
		Backend:   backendValue(r.text("backend")),
		Config:    readConfig(r.object("config")),
		Variables: channelconfig.DefaultVariables(),
	}
	return m, r.diags
}

// readLayer reads layerFields. The write-only arguments are not among them:
// see readWriteOnly.
func readLayer(ctx context.Context, from attributes) (layerModel, diag.Diagnostics) {
	m, diags := readConnection(ctx, from)
	r := &reader{ctx: ctx, from: from, diags: diags}
	m.settings.Alias = r.text("alias")
	m.settings.Debug = r.boolean("debug")
	m.settings.TLS = readTLS(r.object("tls"))
	m.settings.SettingsModule = r.text("django_settings_module")
	m.settings.Variables, m.variablesUnknown = readVariables(r.object("variables"))
	m.findings = readSeverities(get[types.Map](r, "findings"))
	return m, r.diags
}

// readWriteOnly adds the write-only arguments, which only the configuration
// has, never the plan.
func (m *layerModel) readWriteOnly(ctx context.Context, configuration attributes) diag.Diagnostics {
	r := &reader{ctx: ctx, from: configuration}
	if url := r.secret("redis_url_wo"); url.IsSet() {
		m.settings.RedisURL, m.settings.RedisURLWriteOnly = url, true
	}
	if hosts := readHosts(r, "hosts_wo"); hosts.IsSet() {
		m.settings.Hosts, m.settings.HostsWriteOnly = hosts, true
	}
	// Of a config that is not known at all nobody knows whether it has keys.
	config := r.object("config")
	if keys := config.secrets("symmetric_encryption_keys_wo"); keys.IsSet() && !config.object.IsUnknown() {
		m.settings.Config.SymmetricEncryptionKeys, m.settings.Config.KeysWriteOnly = keys, true
		m.settings.Config.KeysUncertain = config.uncertain("symmetric_encryption_keys_wo")
	}
	return r.diags
}

func portText(v types.Int64) channelconfig.Value[string] {
	port, ok := intValue(v).Get()
	switch {
	case ok:
		return channelconfig.Known(strconv.FormatInt(port, 10))
	case v.IsUnknown():
		return channelconfig.Unknown[string]()
	default:
		return channelconfig.Value[string]{}
	}
}

func backendValue(name channelconfig.Value[string]) channelconfig.Value[channelconfig.Backend] {
	if name.IsUnknown() {
		return channelconfig.Unknown[channelconfig.Backend]()
	}
	text, ok := name.Get()
	if !ok {
		return channelconfig.Value[channelconfig.Backend]{}
	}
	// A name that is none has been refused by the schema.
	backend, _ := channelconfig.BackendNamed(text)
	return channelconfig.Known(backend)
}

func readConfig(o objectReader) channelconfig.Config {
	return channelconfig.Config{
		Prefix:                  o.text("prefix"),
		Expiry:                  o.integer("expiry"),
		GroupExpiry:             o.integer("group_expiry"),
		Capacity:                o.integer("capacity"),
		ChannelCapacity:         readChannelCapacity(o),
		SymmetricEncryptionKeys: noneIfEmpty(o.secrets("symmetric_encryption_keys")),
		KeysUncertain:           o.uncertain("symmetric_encryption_keys"),
		SerializerFormat:        o.text("serializer_format"),
		RandomPrefixLength:      o.integer("random_prefix_length"),
		OnDisconnect:            o.text("on_disconnect"),
		OnReconnect:             o.text("on_reconnect"),
	}
}

// noneIfEmpty makes an empty list of keys no keys: the layer treats it so
// (channels_redis, core.py, _setup_encryption, 4.0 to 4.3).
func noneIfEmpty(keys channelconfig.Value[[]secret.String]) channelconfig.Value[[]secret.String] {
	if list, ok := keys.Get(); ok && len(list) == 0 {
		return channelconfig.Value[[]secret.String]{}
	}
	return keys
}

func readChannelCapacity(o objectReader) channelconfig.Value[[]channelconfig.ChannelCapacity] {
	objects, isSet, unknown := o.objects("channel_capacity")
	if unknown {
		return channelconfig.Unknown[[]channelconfig.ChannelCapacity]()
	}
	if !isSet {
		return channelconfig.Value[[]channelconfig.ChannelCapacity]{}
	}
	list := make([]channelconfig.ChannelCapacity, 0, len(objects))
	for _, item := range objects {
		pattern, ok := item.text("pattern").Get()
		capacity, also := item.integer("capacity").Get()
		if !ok || !also {
			return channelconfig.Unknown[[]channelconfig.ChannelCapacity]()
		}
		list = append(list, channelconfig.ChannelCapacity{Pattern: pattern, Capacity: capacity})
	}
	return channelconfig.Known(list)
}

// readVariables fills in the defaults of variables that are null, and reports
// whether any is not known yet.
func readVariables(o objectReader) (v channelconfig.Variables, unknown bool) {
	v = channelconfig.DefaultVariables()
	for name, target := range map[string]*string{
		"redis_url":                 &v.RedisURL,
		"redis_host":                &v.RedisHost,
		"redis_port":                &v.RedisPort,
		"hosts":                     &v.Hosts,
		"debug":                     &v.Debug,
		"debug_true":                &v.DebugTrue,
		"debug_false":               &v.DebugFalse,
		"django_settings_module":    &v.SettingsModule,
		"symmetric_encryption_keys": &v.EncryptionKeys,
	} {
		text := o.text(name)
		*target = text.Or(*target)
		unknown = unknown || text.IsUnknown()
	}
	return v, unknown
}

// withDefaults fills in what the provider's arguments say.
func (m *layerModel) withDefaults(d *defaults) diag.Diagnostics {
	set, diags := m.packages.set(d.packages, path.Root("packages"))
	m.settings.Packages = set
	m.versionsUnknown = m.packages.unknown() || d.versionsUnknown
	m.withTLSDefaults(d)
	m.findings = m.findings.over(d.findings)
	m.check = m.check.over(d.check)
	return diags
}

// nameProblems are variables that cannot all stand in one environment: the
// later would replace the earlier, without a word.
func nameProblems(o objectReader) diag.Diagnostics {
	var diags diag.Diagnostics
	v, unknown := readVariables(o)
	if unknown {
		return nil
	}
	taken := map[string]string{}
	for _, named := range [][2]string{
		{"redis_url", v.RedisURL}, {"redis_host", v.RedisHost}, {"redis_port", v.RedisPort}, {"hosts", v.Hosts}, {"debug", v.Debug},
		{"django_settings_module", v.SettingsModule}, {"symmetric_encryption_keys", v.EncryptionKeys},
	} {
		argument, name := named[0], named[1]
		at := path.Root("variables").AtName(argument)
		switch {
		case name == "":
		case !variableName.MatchString(name):
			diags.AddAttributeError(at, "Not the name of an environment variable",
				at.String()+" must be a letter or underscore, then letters, digits and underscores.")
		case taken[name] != "":
			diags.AddAttributeError(at, "Two variables have the same name",
				fmt.Sprintf("%s and variables.%s both name %s: the app would get only one of them.", at, taken[name], name))
		default:
			taken[name] = argument
		}
	}
	return diags
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
