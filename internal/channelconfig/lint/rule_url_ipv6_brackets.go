package lint

import (
	"net/netip"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLIPv6Brackets = Rule{
	Doc: finding.Doc{
		ID:       "url/ipv6-brackets",
		Title:    "The IPv6 address in REDIS_URL needs square brackets",
		Severity: finding.Error,
		Why: "An IPv6 address is full of colons, and in a URL a colon begins the port. Brackets around the address tell the two " +
			"apart.",
		Django: "\"ValueError: Port could not be cast to integer value\" at the first message through the layer.",
		Fix:    "Write the address in square brackets, as in redis://[2001:db8::1]:6379/0.",
		Bad:    []string{"REDIS_URL=redis://::1:6379/0", "REDIS_URL=redis://default:example@2001:db8::1/0"},
		Good:   []string{"REDIS_URL=redis://[2001:db8::1]:6379/0"},
		Since:  "0.1.0",
		Sources: []string{
			"https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2",
		},
	},
	Rank: Split,
	Check: onReading(func(in Input, r Reading) note {
		if !r.refused(redisurl.PortNotNumber) || !isBareIPv6(in.url.hostAndPort().in(in.url.text)) {
			return note{}
		}
		return note{detail: "The host is an IPv6 address without brackets, so redis-py takes what follows its first colon for the port. " +
			refusal("ValueError")}
	}),
}

// isBareIPv6 reports whether text is an IPv6 address, or one with a port.
func isBareIPv6(text string) bool {
	if address, err := netip.ParseAddr(text); err == nil {
		return address.Is6()
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return false
	}
	address, err := netip.ParseAddr(text[:i])
	return err == nil && address.Is6()
}
