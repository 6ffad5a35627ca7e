package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
)

// packagesModel is a packages attribute as written.
type packagesModel struct {
	channels, channelsRedis, redis, requirements channelconfig.Value[string]
}

func readPackages(o objectReader) packagesModel {
	return packagesModel{
		channels:      o.text("channels"),
		channelsRedis: o.text("channels_redis"),
		redis:         o.text("redis"),
		requirements:  o.text("requirements"),
	}
}

// unknown reports whether a part is not known yet.
func (m packagesModel) unknown() bool {
	return m.channels.IsUnknown() || m.channelsRedis.IsUnknown() || m.redis.IsUnknown() || m.requirements.IsUnknown()
}

// set are the versions, those of the layer before those of the provider. A
// version that is not known yet counts as not stated.
func (m packagesModel) set(defaults packages.Set, at path.Path) (packages.Set, diag.Diagnostics) {
	var diags diag.Diagnostics
	result := defaults
	if text, ok := m.requirements.Get(); ok {
		read, err := packages.FromRequirements(text)
		if err != nil {
			// At no attribute: core would print its source line, and addresses
			// of private indexes carry passwords.
			diags.AddError("Requirements cannot be read", at.AtName("requirements").String()+": "+err.Error())
		}
		overlay(&result, read)
	}
	var stated packages.Set
	for _, p := range []struct {
		name   string
		text   channelconfig.Value[string]
		target **packages.Version
	}{
		{"channels", m.channels, &stated.Channels},
		{"channels_redis", m.channelsRedis, &stated.ChannelsRedis},
		{"redis", m.redis, &stated.Redis},
	} {
		text, ok := p.text.Get()
		if !ok {
			continue
		}
		version, err := packages.ParseVersion(text)
		if err != nil {
			diags.AddAttributeError(at.AtName(p.name), "Not a version", at.AtName(p.name).String()+": "+err.Error()+".")
			continue
		}
		*p.target = &version
	}
	overlay(&result, stated)
	return result, diags
}

func overlay(onto *packages.Set, from packages.Set) {
	if from.Channels != nil {
		onto.Channels = from.Channels
	}
	if from.ChannelsRedis != nil {
		onto.ChannelsRedis = from.ChannelsRedis
	}
	if from.Redis != nil {
		onto.Redis = from.Redis
	}
}
