package render

import (
	"maps"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
)

// pythonURL is the entry of CONFIG.hosts for REDIS_URL: the URL, or, where a URL
// cannot say what is wanted of TLS, a dict with it. A URL without TLS, as in
// development, takes no such argument.
func pythonURL(s channelconfig.Settings) string {
	wanted, _ := s.TLS.Get()
	if wanted.MinVersionForm(s.Packages) != channelconfig.MinVersionInDict {
		return "REDIS_URL"
	}
	// 772 is ssl.TLSVersion.TLSv1_3.
	return `{"address": REDIS_URL, "ssl_min_version": 772} if REDIS_URL.startswith('rediss:') else REDIS_URL`
}

// jsonURL is a URL, with what stands beside it.
func jsonURL(host channelconfig.Host) string {
	if len(host.Arguments) == 0 {
		return jsonText(host.URL.Reveal())
	}
	entries := []string{entry("address", jsonText(host.URL.Reveal()))}
	for _, name := range slices.Sorted(maps.Keys(host.Arguments)) {
		// The only one that tls puts there is a number.
		entries = append(entries, entry(name, host.Arguments[name].Reveal()))
	}
	return object(entries...)
}

// tlsKnown reports whether the code is known as far as it hangs on tls.
func tlsKnown(s channelconfig.Settings) bool {
	wanted, known := s.TLS.Get()
	return !s.TLS.IsSet() || known && !wanted.MinVersion.IsUnknown()
}
