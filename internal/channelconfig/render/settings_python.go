package render

import (
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
)

// SettingsPython is the Python code of these settings' CHANNEL_LAYERS: the
// settings code that channelconfig.Resolve mirrors, with the names of the
// app's variables and the layer's options. It reads the environment and holds
// no secret, and it depends on REDIS_URL, REDIS_HOST, REDIS_PORT and DEBUG
// only where a variable is left out: their values then stand in the code. It
// expects DEBUG to be defined where the backend is Auto.
//
// With hosts the code reads them first, from a variable of their own, and falls
// back to the rest where that is not set: one settings file serves a machine
// with one Redis and a deployment with several.
//
// Unknown where the code hangs on something not known yet. The error is an
// [*OptionError], a [*ValueError], or the *channelconfig.Exception that
// Python would raise for a port that stands in the code.
func SettingsPython(s channelconfig.Settings) (channelconfig.Value[string], error) {
	none := channelconfig.Value[string]{}
	opts, known, err := configured(s)
	if err != nil {
		return none, err
	}
	alias := s.Alias.Else(channelconfig.Known(channelconfig.DefaultAlias))
	name, aliasKnown := alias.Get()
	if err := checkText("alias", name); err != nil {
		return none, err
	}
	head, headKnown, err := preamble(s)
	if err != nil {
		return none, err
	}
	if !known || !aliasKnown || !headKnown || !tlsKnown(s) {
		return channelconfig.Unknown[string](), nil
	}
	config, err := pythonConfig(s, opts)
	if err != nil {
		return none, err
	}
	backend, condition := pythonBackend(s)
	return channelconfig.Known(head + "CHANNEL_LAYERS = {\n" +
		"    " + pythonString(name) + ": {\n" +
		"        'BACKEND': " + backend + ",\n" +
		"        'CONFIG': " + config + condition + ",\n" +
		"    },\n}\n"), nil
}

// pythonBackend is the expression for BACKEND, and what follows CONFIG's dict.
func pythonBackend(s channelconfig.Settings) (backend, condition string) {
	asked := s.Backend.Or(channelconfig.Auto)
	if asked != channelconfig.Auto {
		return pythonString(asked.Class()), ""
	}
	test := "not DEBUG"
	if s.Variables.RedisURL != "" {
		test = "REDIS_URL or " + test
	}
	if s.HasHosts() {
		test = "REDIS_HOSTS or " + test
	}
	if test != "not DEBUG" {
		test = "(" + test + ")"
	}
	return fmt.Sprintf("%s if %s else %s", pythonString(channelconfig.Core.Class()), test,
		pythonString(channelconfig.InMemory.Class())), fmt.Sprintf(" if %s else {}", test)
}

// preamble reads the environment, as the settings code does.
func preamble(s channelconfig.Settings) (code string, known bool, err error) {
	if s.Backend.IsUnknown() {
		return "", false, nil
	}
	if s.Backend.Or(channelconfig.Auto) == channelconfig.InMemory {
		return "", true, nil
	}
	names := s.Variables
	var lines []string
	if names.RedisURL != "" {
		lines = append(lines, fmt.Sprintf("REDIS_URL = os.getenv(%s)", pythonString(names.RedisURL)))
	} else if s.RedisURL.IsSet() {
		return "", false, &ValueError{Reason: NoVariable, Setting: channelconfig.SettingRedisURL, Index: -1}
	}
	host, known, err := hostLine(s)
	if err != nil || !known {
		return "", false, err
	}
	port, known, err := portLine(s)
	if err != nil || !known {
		return "", false, err
	}
	lines = append(lines, host, port, "", "")
	code = strings.Join(lines, "\n")
	if s.HasHosts() {
		several, err := hostsLines(s)
		return several + code, err == nil, err
	}
	if names.RedisURL+names.RedisHost+names.RedisPort != "" || s.Config.SymmetricEncryptionKeys.IsSet() {
		code = "import os\n\n" + code
	}
	return code, true, nil
}

// hostsLines read the variable for hosts, in the spelling of .env files too.
func hostsLines(s channelconfig.Settings) (string, error) {
	if s.Variables.Hosts == "" {
		return "", &ValueError{Reason: NoVariable, Setting: channelconfig.SettingHosts, Index: -1}
	}
	return "import json\nimport os\nfrom urllib.parse import unquote\n\n" +
		"REDIS_HOSTS = os.getenv(" + pythonString(s.Variables.Hosts) + ") or '[]'\n" +
		"REDIS_HOSTS = json.loads(REDIS_HOSTS if '\"' in REDIS_HOSTS else unquote(REDIS_HOSTS))\n", nil
}

func hostLine(s channelconfig.Settings) (line string, known bool, err error) {
	if name := s.Variables.RedisHost; name != "" {
		return fmt.Sprintf("REDIS_HOST = os.getenv(%s, %s)", pythonString(name),
			pythonString(channelconfig.DefaultRedisHost)), true, nil
	}
	host, known := s.RedisHost.Else(channelconfig.Known(channelconfig.DefaultRedisHost)).Get()
	return "REDIS_HOST = " + pythonString(host), known, checkText(channelconfig.SettingRedisHost, host)
}

func portLine(s channelconfig.Settings) (line string, known bool, err error) {
	if name := s.Variables.RedisPort; name != "" {
		return fmt.Sprintf("REDIS_PORT = int(os.getenv(%s, %s))", pythonString(name),
			channelconfig.DefaultRedisPort), true, nil
	}
	r := channelconfig.Resolve(s)
	if r.Exception != nil {
		return "", false, r.Exception
	}
	port, known := r.Port.Get()
	return fmt.Sprintf("REDIS_PORT = %v", port), known, nil
}

// pythonConfig is the dict of CONFIG.
func pythonConfig(s channelconfig.Settings, opts []option) (string, error) {
	var lines []string
	if s.Backend.Or(channelconfig.Auto) != channelconfig.InMemory {
		lines = append(lines, `"hosts": `+hostsExpression(s)+",")
	}
	for _, o := range opts {
		value, err := pythonOption(s, o)
		if err != nil {
			return "", err
		}
		lines = append(lines, fmt.Sprintf(`"%s": %s,`, o.name, value))
	}
	if len(lines) == 0 {
		return "{}", nil
	}
	return "{\n            " + strings.Join(lines, "\n            ") + "\n        }", nil
}

func hostsExpression(s channelconfig.Settings) string {
	one := "[(REDIS_HOST, REDIS_PORT)]"
	if s.Variables.RedisURL != "" {
		one = "[" + pythonURL(s) + "] if REDIS_URL else " + one
	}
	switch {
	case !s.HasHosts():
		return one
	case s.Variables.RedisURL != "":
		return "REDIS_HOSTS or (" + one + ")"
	default:
		return "REDIS_HOSTS or " + one
	}
}

func pythonOption(s channelconfig.Settings, o option) (string, error) {
	switch value := o.value.(type) {
	case string:
		return pythonString(value), nil
	case []channelconfig.ChannelCapacity:
		entries := make([]string, len(value))
		for i, c := range value {
			entries[i] = fmt.Sprintf("%s: %d", pythonString(c.Pattern), c.Capacity)
		}
		return "{" + strings.Join(entries, ", ") + "}", nil
	case int64:
		return fmt.Sprint(value), nil
	default: // the keys
		name := s.Variables.EncryptionKeys
		if name == "" {
			return "", &ValueError{Reason: NoVariable, Setting: o.setting(), Index: -1}
		}
		return fmt.Sprintf("os.environ[%s].split(',')", pythonString(name)), nil
	}
}
