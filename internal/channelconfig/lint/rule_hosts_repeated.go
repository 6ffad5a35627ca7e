package lint

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostsRepeated = Rule{
	Doc: finding.Doc{
		ID:       "hosts/repeated",
		Title:    "The same Redis stands in hosts twice",
		Severity: finding.Warning,
		Why: "Several hosts share the load: each takes the channels and groups whose names belong to its place in the list. A Redis that stands there " +
			"twice takes the share of two, and one that was meant to be there is missing.",
		Django: "Works, with more load on that Redis than on the others.",
		Fix:    "Remove the second entry, or name the Redis that was meant there.",
		Bad: []string{
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"redis://b:6379/0\",\"redis://A\"]",
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://u:example@a\",\"rediss://a:6379/0?socket_timeout=10\"]",
		},
		Good: []string{
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"redis://a:6380/0\",\"redis://a:6379/1\"]\nCONFIG.prefix=shop",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis#configuration"},
	},
	Rank:  Parts,
	Check: onHosts(checkHostsRepeated),
}

func checkHostsRepeated(doc finding.Doc, _ Input, hosts []channelconfig.Host) finding.Outcome {
	first := map[string]string{}
	for _, host := range hosts {
		place := placeOf(host)
		if place == "" {
			continue
		}
		if before, has := first[place]; has {
			return finding.Fail(doc.New(host.Setting, host.Setting+" is the Redis that "+before+" is, and the same database: it takes the share of both."))
		}
		first[place] = host.Setting
	}
	return finding.Pass()
}

// placeOf is the Redis and the database that an entry leads to; "" where that is
// not certain. Who logs in and how the connection is secured makes no other
// Redis.
func placeOf(host channelconfig.Host) string {
	c, err := host.Connection(redisurl.Newest)
	switch {
	case err != nil:
		return ""
	case host.Sentinel != nil:
		return "sentinel " + strings.Join(sentinelsOf(host.Sentinel), " ") + " " + masterOf(host)
	case c.Transport == redisurl.Unix:
		return "unix " + c.Path + " " + c.DB.String()
	}
	name := strings.ToLower(strings.TrimSuffix(c.Host, "."))
	if address, err := netip.ParseAddr(name); err == nil {
		name = address.Unmap().String()
	}
	return "tcp " + name + " " + c.Port.String() + " " + c.DB.String()
}

// sentinelsOf are the addresses of Sentinels whose order is no matter: all of
// them know the same master.
func sentinelsOf(s *channelconfig.Sentinel) []string {
	var addresses []string
	for _, at := range s.Addresses {
		addresses = append(addresses, strings.ToLower(at.Host)+" "+at.Port.String())
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// masterOf is the name of the master of an entry with Sentinels, and the
// database.
func masterOf(host channelconfig.Host) string {
	c, err := host.Connection(redisurl.Newest)
	if err != nil {
		return ""
	}
	return host.Sentinel.MasterName + " " + c.DB.String()
}
