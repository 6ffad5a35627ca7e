package channelconfig

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Variable is an environment variable of the app.
type Variable struct {
	Name string
	// Value is unknown where it is not known yet, and unset where nothing that
	// could stand there would reach the app.
	Value Value[secret.String]
	// Spelled is another spelling that the app reads as the same, for .env text
	// that cannot carry Value; unset where there is none.
	Spelled Value[secret.String]
}

// Environment are exactly the variables the app needs, in a fixed order; not
// known where it is not known yet which those are. REDIS_PORT is always among
// them: the settings code computes int(REDIS_PORT) even when REDIS_URL is
// set, and a Kubernetes Service named "redis" would inject "tcp://...".
//
// What is write-only stands there as unknown.
func Environment(s Settings, r Resolution) Value[[]Variable] {
	backend, ok := r.Backend.Get()
	if !ok || s.SettingsModule.IsUnknown() || backend.UsesRedis() && s.Config.KeysUncertain {
		return Unknown[[]Variable]()
	}
	names := s.Variables
	var vars []Variable
	add := func(name string, value Value[secret.String]) {
		if name != "" {
			vars = append(vars, Variable{Name: name, Value: value})
		}
	}
	several := s.HasHosts()
	if backend.UsesRedis() && several && names.Hosts != "" {
		vars = append(vars, hostsVariable(s, r))
	}
	if backend.UsesRedis() && !several && hasURL(s.RedisURL) {
		add(names.RedisURL, hideIf(s.RedisURLWriteOnly, appURL(s, r)))
	}
	if backend.UsesRedis() && !several && !hasURL(s.RedisURL) {
		add(names.RedisHost, asSecret(s.RedisHost.Else(Known(DefaultRedisHost))))
	}
	add(names.RedisPort, asSecret(s.RedisPort.Else(Known(DefaultRedisPort))))
	add(names.Debug, debugText(names, r.Debug))
	if backend.UsesRedis() && s.Config.SymmetricEncryptionKeys.IsSet() {
		add(names.EncryptionKeys, hideIf(s.Config.KeysWriteOnly, joinKeys(s.Config.SymmetricEncryptionKeys)))
	}
	add(names.SettingsModule, asSecret(s.SettingsModule.Else(Known(DefaultSettingsModule))))
	return Known(vars)
}

// hostsVariable carries hosts as JSON.
func hostsVariable(s Settings, r Resolution) Variable {
	hosts, known := r.Hosts.Get()
	if !known || s.HostsWriteOnly {
		return Variable{Name: s.Variables.Hosts, Value: Unknown[secret.String](), Spelled: Unknown[secret.String]()}
	}
	text, err := HostsJSON(hosts)
	if err != nil {
		return Variable{Name: s.Variables.Hosts}
	}
	return Variable{Name: s.Variables.Hosts, Value: Known(text), Spelled: Known(SpelledHosts(text))}
}

// appURL is REDIS_URL as the app gets it: as it was written, and with what
// people want of TLS.
func appURL(s Settings, r Resolution) Value[secret.String] {
	if !s.TLS.IsSet() {
		return s.RedisURL
	}
	hosts, ok := r.Hosts.Get()
	if !ok || len(hosts) != 1 {
		return Unknown[secret.String]()
	}
	return Known(hosts[0].URL)
}

func hideIf(writeOnly bool, v Value[secret.String]) Value[secret.String] {
	if writeOnly {
		return Unknown[secret.String]()
	}
	return v
}

func asSecret(v Value[string]) Value[secret.String] {
	text, ok := v.Get()
	if !ok {
		return Unknown[secret.String]()
	}
	return Known(secret.New(text))
}

func debugText(names Variables, debug Value[bool]) Value[secret.String] {
	on, ok := debug.Get()
	switch {
	case !ok:
		return Unknown[secret.String]()
	case on:
		return Known(secret.New(names.DebugTrue))
	default:
		return Known(secret.New(names.DebugFalse))
	}
}

// joinKeys is the text of the encryption keys' variable, which the rendered
// settings split at commas.
func joinKeys(keys Value[[]secret.String]) Value[secret.String] {
	list, ok := keys.Get()
	if !ok {
		return Unknown[secret.String]()
	}
	texts := make([]string, len(list))
	for i, key := range list {
		texts[i] = key.Reveal()
	}
	return Known(secret.New(strings.Join(texts, ",")))
}

// SettingsFrom reads settings from the environment variables of an app, which
// may hold others too. A DEBUG that cannot be read is unknown; [DebugReader]
// says which can.
func SettingsFrom(vars map[string]Value[secret.String], names Variables, debug DebugReader) Settings {
	s := Settings{
		RedisURL:  lookup(vars, names.RedisURL),
		RedisHost: plain(lookup(vars, names.RedisHost)),
		RedisPort: plain(lookup(vars, names.RedisPort)),
		HostsText: lookup(vars, names.Hosts),
		Variables: names,
	}
	s.SettingsModule = plain(lookup(vars, names.SettingsModule))
	text := plain(lookup(vars, names.Debug))
	s.Debug = debug.Read(text)
	s.DebugUnreadable = text.IsKnown() && s.Debug.IsUnknown()
	return s
}

func lookup(vars map[string]Value[secret.String], name string) Value[secret.String] {
	if name == "" {
		return Value[secret.String]{}
	}
	return vars[name]
}

func plain(v Value[secret.String]) Value[string] {
	text, ok := v.Get()
	if ok {
		return Known(text.Reveal())
	}
	if v.IsUnknown() {
		return Unknown[string]()
	}
	return Value[string]{}
}

// DebugReader says how an app reads its DEBUG variable. Each app has code of
// its own for that, so only the spellings that all of them agree on are read
// without being told: True, true, 1 and False, false, 0.
type DebugReader struct {
	// True and False are further spellings, exactly as written.
	True, False []string
	// Unset is what the app takes DEBUG for where it is not set.
	Unset bool
}

// Read is unset only where text is, and Unset is false then; unknown where
// text is, or cannot be read.
func (d DebugReader) Read(text Value[string]) Value[bool] {
	if !text.IsSet() {
		if d.Unset {
			return Known(true)
		}
		return Value[bool]{}
	}
	t, ok := text.Get()
	switch {
	case !ok:
		return Unknown[bool]()
	case oneOf(t, d.True):
		return Known(true)
	case oneOf(t, d.False):
		return Known(false)
	case oneOf(t, []string{"True", "true", "1"}):
		return Known(true)
	case oneOf(t, []string{"False", "false", "0"}):
		return Known(false)
	default:
		return Unknown[bool]()
	}
}

func oneOf(text string, list []string) bool {
	for _, item := range list {
		if item == text {
			return true
		}
	}
	return false
}
