package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostsFormTooNew = Rule{
	Doc: finding.Doc{
		ID:       "hosts/form-too-new",
		Title:    "channels_redis 4.0 does not take this form of a host",
		Severity: finding.Error,
		Varies:   "Information where the version of channels_redis is not stated.",
		Why: "channels_redis 4.0.0 takes URLs. Of other forms it takes some with one layer and not with the other, and of a master behind Sentinels " +
			"it forgets what it needs to know: the core layer the Sentinels, from the second event loop on; the pub/sub layer the password and the " +
			"database. From 4.1.0 on all forms work with both.",
		Django: "AttributeError or KeyError at the first message for a pair or an object without Sentinels; for Sentinels, connects to localhost (core, under " +
			"async_to_sync), or raises \"Authentication required\" (pub/sub).",
		Fix: "Use channels_redis 4.1.0 or later.",
		Bad: []string{
			"CHANNEL_LAYERS_HOSTS=[[\"redis\",6379]]\nchannels_redis==4.0.0\nredis==4.6.0\nBACKEND=pubsub",
			"CHANNEL_LAYERS_HOSTS=[{\"master_name\":\"chat\",\"sentinels\":[[\"s1\",26379]]}]",
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[{\"address\":\"rediss://redis\",\"ssl_cert_reqs\":\"required\"}]",
		},
		Good: []string{
			"CHANNEL_LAYERS_HOSTS=[[\"redis\",6379]]\nchannels_redis==4.1.0",
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://redis\"]\nchannels_redis==4.0.0",
			"CHANNEL_LAYERS_HOSTS=[{\"master_name\":\"chat\",\"sentinels\":[[\"s1\",26379]]}]\nchannels_redis==4.1.0",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/issues/334", "https://github.com/django/channels_redis/blob/4.0.0/channels_redis/pubsub.py"},
	},
	Rank:  Place,
	Check: onHosts(checkHostsForm),
}

func checkHostsForm(doc finding.Doc, in Input, hosts []channelconfig.Host) finding.Outcome {
	core := in.isBackend(channelconfig.Core) == finding.Failed
	for _, host := range hosts {
		if why := whyTooNew(host, core); why != "" && host.Problem == nil {
			return in.before4(1, 0, doc.New(host.Setting, host.Setting+" "+why))
		}
	}
	return finding.Pass()
}

// whyTooNew is what channels_redis 4.0.0 does with the form of an entry; "" where
// it does what later ones do (core.py, decode_hosts and create_pool; pubsub.py,
// RedisSingleShardConnection).
func whyTooNew(host channelconfig.Host, core bool) string {
	switch {
	case host.Form == channelconfig.FormList:
		return "is a list of host and port, which is taken for a URL: the first message raises AttributeError."
	case host.Form != channelconfig.FormDict:
		return ""
	case host.Sentinel != nil && core:
		return "is found through Sentinels, which the layer forgets after the first event loop: under async_to_sync it connects to localhost."
	case host.Sentinel != nil && (!host.Username.IsEmpty() || !host.Password.IsEmpty() || host.DB != nil || host.TLS || len(host.Arguments) > 0):
		return "is found through Sentinels, and the pub/sub layer passes neither password nor database nor other arguments on to it."
	case host.Sentinel != nil:
		return ""
	case host.IsURL() && (len(host.Arguments) > 0 || !host.Username.IsEmpty() || !host.Password.IsEmpty()):
		return "is a URL with further arguments, which are dropped."
	case !host.IsURL() && !core:
		return "is an object without an address: the first message raises KeyError."
	default:
		return ""
	}
}
