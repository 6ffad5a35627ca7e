package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// readHosts reads a list of hosts. An empty one stays empty, since a finding says
// what becomes of it.
func readHosts(r *reader, name string) channelconfig.Value[[]channelconfig.HostEntry] {
	list := get[types.List](r, name)
	switch {
	case list.IsUnknown():
		return channelconfig.Unknown[[]channelconfig.HostEntry]()
	case list.IsNull():
		return channelconfig.Value[[]channelconfig.HostEntry]{}
	}
	entries := make([]channelconfig.HostEntry, 0, len(list.Elements()))
	for _, element := range list.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		entries = append(entries, readHost(objectReader{object}))
	}
	return channelconfig.Known(entries)
}

func readHost(o objectReader) channelconfig.HostEntry {
	return channelconfig.HostEntry{
		URL:              o.secret("url"),
		Host:             o.text("host"),
		Port:             o.integer("port"),
		Path:             o.text("path"),
		Username:         o.secret("username"),
		Password:         o.secret("password"),
		DB:               o.integer("db"),
		TLS:              o.boolean("tls"),
		Arguments:        o.secretMap("arguments"),
		Sentinels:        readSentinels(o),
		MasterName:       o.text("master_name"),
		SentinelUsername: o.secret("sentinel_username"),
		SentinelPassword: o.secret("sentinel_password"),
		SentinelTLS:      o.boolean("sentinel_tls"),

		SentinelArguments: o.secretMap("sentinel_arguments"),
	}
}

func readSentinels(o objectReader) channelconfig.Value[[]channelconfig.SentinelEntry] {
	objects, isSet, unknown := o.objects("sentinels")
	switch {
	case unknown:
		return channelconfig.Unknown[[]channelconfig.SentinelEntry]()
	case !isSet:
		return channelconfig.Value[[]channelconfig.SentinelEntry]{}
	}
	entries := make([]channelconfig.SentinelEntry, 0, len(objects))
	for _, object := range objects {
		entries = append(entries, channelconfig.SentinelEntry{Host: object.text("host"), Port: object.integer("port")})
	}
	return channelconfig.Known(entries)
}

// secretMap reads a map of strings; null elements count as absent.
func (o objectReader) secretMap(name string) channelconfig.Value[map[string]secret.String] {
	v, unknown := member[types.Map](o, name)
	switch {
	case unknown || v.IsUnknown():
		return channelconfig.Unknown[map[string]secret.String]()
	case v.IsNull():
		return channelconfig.Value[map[string]secret.String]{}
	}
	values := map[string]secret.String{}
	for key, element := range v.Elements() {
		text, _ := element.(types.String)
		switch {
		case text.IsUnknown():
			return channelconfig.Unknown[map[string]secret.String]()
		case !text.IsNull():
			values[key] = secret.New(text.ValueString())
		}
	}
	return channelconfig.Known(values)
}
