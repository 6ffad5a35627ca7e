package render

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// ChannelLayersJSON is CHANNEL_LAYERS as JSON: what [SettingsPython] comes to
// in the layer's environment, tuples as lists, with its secrets, on one line,
// and with the options in the order of the code.
//
// Unknown where it hangs on something not known yet, or on something that is
// write-only. The error is an [*OptionError], a [*ValueError], a
// *channelconfig.HostError, or the resolution's *channelconfig.Exception.
func ChannelLayersJSON(s channelconfig.Settings) (channelconfig.Value[secret.String], error) {
	none := channelconfig.Value[secret.String]{}
	opts, known, err := configured(s)
	if err != nil {
		return none, err
	}
	r := channelconfig.Resolve(s)
	if r.Exception != nil {
		return none, r.Exception
	}
	alias, aliasKnown := s.Alias.Else(channelconfig.Known(channelconfig.DefaultAlias)).Get()
	if err := checkText("alias", alias); err != nil {
		return none, err
	}
	backend, backendKnown := r.Backend.Get()
	hosts, hostsKnown := r.Hosts.Get()
	if !known || !aliasKnown || !backendKnown || !hostsKnown {
		return channelconfig.Unknown[secret.String](), nil
	}
	if backend == channelconfig.InMemory && s.Backend.Or(channelconfig.Auto) == channelconfig.Auto {
		opts = nil // the settings code's "else {}"
	}
	if hidden(s, hosts, opts) {
		return channelconfig.Unknown[secret.String](), nil
	}
	config, err := jsonConfig(s, backend, hosts, opts)
	if err != nil {
		return none, err
	}
	layer := object(entry("BACKEND", jsonText(backend.Class())), entry("CONFIG", config))
	return channelconfig.Known(secret.New(object(entry(alias, layer)))), nil
}

// hidden reports whether a write-only value would show.
func hidden(s channelconfig.Settings, hosts []channelconfig.Host, opts []option) bool {
	if s.HostsWriteOnly && len(hosts) > 0 {
		return true
	}
	for _, host := range hosts {
		if host.IsURL() && s.RedisURLWriteOnly {
			return true
		}
	}
	for _, o := range opts {
		if o.name == keysOption && s.Config.KeysWriteOnly {
			return true
		}
	}
	return false
}

func jsonConfig(s channelconfig.Settings, backend channelconfig.Backend, hosts []channelconfig.Host, opts []option) (string, error) {
	var entries []string
	if backend.UsesRedis() {
		list, err := jsonHosts(s, hosts)
		if err != nil {
			return "", err
		}
		entries = append(entries, entry("hosts", list))
	}
	for _, o := range opts {
		entries = append(entries, entry(o.name, jsonOption(o)))
	}
	return object(entries...), nil
}

func jsonHosts(s channelconfig.Settings, hosts []channelconfig.Host) (string, error) {
	if s.HasHosts() {
		text, err := channelconfig.HostsJSON(hosts)
		return text.Reveal(), err
	}
	list := make([]string, len(hosts))
	for i, host := range hosts {
		text := host.Host
		if host.IsURL() {
			text = host.URL.Reveal()
		}
		if err := checkText(host.Setting, text); err != nil {
			return "", err
		}
		list[i] = jsonURL(host)
		if !host.IsURL() {
			list[i] = array(jsonText(text), host.Port.String())
		}
	}
	return array(list...), nil
}

func jsonOption(o option) string {
	switch value := o.value.(type) {
	case []channelconfig.ChannelCapacity:
		entries := make([]string, len(value))
		for i, c := range value {
			entries[i] = entry(c.Pattern, jsonText(c.Capacity))
		}
		return object(entries...)
	case []secret.String:
		list := make([]string, len(value))
		for i, key := range value {
			list[i] = jsonText(key.Reveal())
		}
		return array(list...)
	default: // a string or an int64
		return jsonText(value)
	}
}

// entry, object and array exist because a Go map has no order, and in
// channel_capacity the order counts.
func entry(name, value string) string { return jsonText(name) + ":" + value }

func object(entries ...string) string { return "{" + strings.Join(entries, ",") + "}" }

func array(elements ...string) string { return "[" + strings.Join(elements, ",") + "]" }

// jsonText encodes a string or an int64, which cannot fail.
func jsonText(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return strings.TrimSuffix(b.String(), "\n")
}
