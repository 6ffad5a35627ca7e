package redisurl

import (
	"net/netip"
	"strings"
)

// isBracketedHost mirrors urllib.parse._check_bracketed_host: an IPv6 address,
// or an address of a future version, "v1.anything".
func isBracketedHost(host string) bool {
	if !strings.HasPrefix(host, "v") {
		return isIPv6(host)
	}
	version, address, dot := strings.Cut(host[1:], ".")
	for i := range len(version) {
		if !isHex(version[i]) {
			return false
		}
	}
	return version != "" && dot && address != ""
}

// isIPv6 mirrors what ipaddress.IPv6Address takes: an address, and a zone that
// is not empty and has no "%" and no "/".
func isIPv6(host string) bool {
	address, zone, hasZone := strings.Cut(host, "%")
	if hasZone && (zone == "" || strings.ContainsAny(zone, "%/")) {
		return false
	}
	// Without a zone, netip reads the same addresses as Python does.
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Is6()
}
