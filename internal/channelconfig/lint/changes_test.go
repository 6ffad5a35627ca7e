package lint_test

import (
	"math/big"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func TestHostsChanged_SaysWhatMovesAndNothingElse(t *testing.T) {
	url := func(text string) channelconfig.Host { return channelconfig.Host{URL: secret.New(text)} }
	watched := func(master string, hosts ...string) channelconfig.Host {
		s := &channelconfig.Sentinel{MasterName: master}
		for _, host := range hosts {
			s.Addresses = append(s.Addresses, channelconfig.SentinelAddress{Host: host, Port: big.NewInt(26379)})
		}
		return channelconfig.Host{Sentinel: s}
	}
	type list = []channelconfig.Host
	a, b := url("redis://a.example.com"), url("redis://b.example.com")
	for name, test := range map[string]struct {
		before, after list
		moved         bool
	}{
		"nothing":                    {list{a, b}, list{a, b}, false},
		"another order":              {list{a, b}, list{b, a}, true},
		"one more":                   {list{a, b}, list{a, b, url("redis://c.example.com")}, true},
		"another password":           {list{a}, list{url("redis://:made-up@a.example.com")}, false},
		"another database":           {list{a}, list{url("redis://a.example.com/1")}, true},
		"an URL that is refused":     {list{a}, list{url("nonsense")}, false},
		"Sentinels in another order": {list{watched("chat", "s1", "s2")}, list{watched("chat", "s2", "s1")}, false},
		"a Sentinel more":            {list{watched("chat", "s1", "s2")}, list{watched("chat", "s1", "s2", "s3")}, false},
		"other Sentinels":            {list{watched("chat", "s1")}, list{watched("chat", "t1")}, true},
		"another master":             {list{watched("chat", "s1")}, list{watched("talk", "s1")}, true},
		"from a host to Sentinels":   {list{a}, list{watched("chat", "s1")}, true},
	} {
		f, moved := lint.HostsChanged(test.before, test.after)
		if moved != test.moved || moved && f.ID != "hosts/order-changed" {
			t.Errorf("%s: %t, %s; want %t", name, moved, f.ID, test.moved)
		}
	}
}
