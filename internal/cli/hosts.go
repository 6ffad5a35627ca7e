package cli

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

// severalHosts shows each host as it may be shown.
func (p plan) severalHosts() []Value {
	hosts, ok := p.resolution.Hosts.Get()
	if !ok {
		return []Value{*uncertain(channelconfig.SettingHosts)}
	}
	shown := make([]Value, len(hosts))
	for i, host := range hosts {
		shown[i] = Value{Origin: host.Setting, Note: noteHidden}
		url, err := host.AsURL()
		switch {
		case host.Problem != nil || err != nil:
		case host.Sentinel != nil:
			shown[i].Value, shown[i].Note = host.Sentinel.MasterName+", by Sentinels", ""
		default:
			shown[i].Value, shown[i].Note = redisurl.Redact(url), ""
		}
	}
	return shown
}
