package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLPortInvalid = Rule{
	Doc: finding.Doc{
		ID:       "url/port-invalid",
		Title:    "The port in REDIS_URL is not a number from 0 to 65535",
		Severity: finding.Error,
		Why: "What follows the colon after the host is the port. A password in that place, a unit, or a typing error makes the " +
			"whole URL unusable.",
		Django: "\"ValueError: Port could not be cast to integer value as ...\" or \"Port out of range 0-65535\" at the first " +
			"message through the layer. The first prints what stands there, a misplaced password included.",
		Fix: "Write the port as digits after the host, mostly 6379, and a password before an @ in front of the host.",
		Bad: []string{
			"REDIS_URL=redis://redis:637g/0",
			"REDIS_URL=redis://redis:70000/0",
			"REDIS_URL=redis://default:example",
		},
		Good:    []string{"REDIS_URL=redis://redis:6379/0", "REDIS_URL=redis://redis:/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/issues/143"},
	},
	Rank: Parts,
	Check: onReading(func(in Input, r Reading) note {
		switch {
		case r.refused(redisurl.PortOutOfRange):
			return note{detail: "The port in REDIS_URL is above 65535. " + refusal("ValueError")}
		case !r.refused(redisurl.PortNotNumber) || isBareIPv6(in.url.hostAndPort().in(in.url.text)):
			return note{}
		default:
			return note{detail: "What stands in the place of the port," + r.where() + ", is not made of the digits 0 to 9 alone. " +
				refusal("ValueError") + " The exception prints what stands there."}
		}
	}),
}
