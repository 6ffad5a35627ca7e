package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// tls is what people want of TLS for a layer with a Redis: Failed where that is
// there to be judged, as for every state of a setting.
func (in Input) tls() (channelconfig.TLS, finding.Status) {
	wanted, _ := in.Settings.TLS.Get()
	return wanted, first(option(in.Settings.TLS), in.isBackend(channelconfig.Core, channelconfig.PubSub))
}

// writtenHosts are the hosts as they were written, before TLS added anything;
// not known where they are not.
func (in Input) writtenHosts() ([]channelconfig.Host, bool) {
	s := in.Settings
	s.TLS = channelconfig.Value[channelconfig.TLS]{}
	if in.Resolution.Exception != nil {
		s.RedisPort = channelconfig.Value[string]{}
	}
	return channelconfig.Resolve(s).Hosts.Get()
}

// onEncrypted judges each host that speaks TLS and is read by redis-py. One
// host is enough: what is wrong with tls is wrong with all of them.
func onEncrypted(judge func(doc finding.Doc, wanted channelconfig.TLS, host channelconfig.Host, in Input) (finding.Finding, bool)) func(finding.Doc, Input) finding.Outcome {
	return func(doc finding.Doc, in Input) finding.Outcome {
		wanted, status := in.tls()
		if status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		hosts, known := in.writtenHosts()
		if !known {
			return finding.Outcome{Status: finding.Undetermined}
		}
		for _, host := range hosts {
			if !host.Encrypted() {
				continue
			}
			if f, bad := judge(doc, wanted, host, in); bad {
				return finding.Fail(f)
			}
		}
		return finding.Pass()
	}
}
