package netprobe

import (
	"net/netip"
	"strings"
)

// IsLoopback reports a host that means the machine that asks.
func IsLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, ok := ParseAddress(host)
	return ok && address.Unmap().IsLoopback()
}

// IsSingleLabel reports a name without a dot, such as Docker and Kubernetes
// give to their services.
func IsSingleLabel(host string) bool {
	if _, ok := ParseAddress(host); ok {
		return false
	}
	return IsPlain(host, "") && !strings.Contains(host, ".")
}

// IsPlain reports text of letters, digits, ".", "-", "_" and the extra bytes:
// what may be shown without a look at who wrote it.
func IsPlain(text, extra string) bool {
	if text == "" || len(text) > 253 {
		return false
	}
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("._-"+extra, r):
		default:
			return false
		}
	}
	return true
}

// ShowHost is a host for people, with brackets around an IPv6 address; not ok
// where what stands in its place does not look like one and may be a secret.
func ShowHost(host string) (shown string, ok bool) {
	if address, err := netip.ParseAddr(host); err == nil {
		shown = address.WithZone("").String()
		if address.Is6() {
			shown = "[" + shown + "]"
		}
		return shown, true
	}
	return host, IsPlain(host, "")
}
