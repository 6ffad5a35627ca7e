package lint

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// longestCA is how many bytes of certificates may stand in a URL: percent-encoded
// they take a third more, and platforms limit all variables of an app together,
// some to 32 KiB.
const longestCA = 16 << 10

var ruleTLSCATooLong = Rule{
	Doc: finding.Doc{
		ID:       "tls/ca-too-long",
		Title:    "So many certificates do not fit into a URL",
		Severity: finding.Error,
		Why: "ca_pem reaches the app inside of the URL, as ssl_ca_data, where nothing names a file. Environment variables are limited: Linux takes 128 KiB for one, " +
			"and platforms as little as 32 KiB for all of them together. Whole bundles of a system's authorities do not fit.",
		Django:  "The app's process does not start (\"Argument list too long\"), or the platform refuses its variables.",
		Fix:     "Leave in ca_pem the authority of Redis alone, or name the file that the app has in ca_file.",
		Bad:     []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.ca_pem=BUNDLE\nredis==7.4.1"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.ca_pem=BUNDLE\ntls.ca_file=/etc/ssl/certs/ca-certificates.crt\nredis==7.4.1"},
		Since:   "0.1.0",
		Sources: []string{"https://man7.org/linux/man-pages/man2/execve.2.html"},
	},
	Rank: Parts,
	Check: onEncrypted(func(doc finding.Doc, wanted channelconfig.TLS, host channelconfig.Host, in Input) (finding.Finding, bool) {
		own := host.ConnectionArguments()
		for _, argument := range wanted.Arguments(in.Settings.Packages, func(option string) bool { return own[option] != "" }) {
			if argument.Name == "ssl_ca_data" && len(argument.Value) > longestCA {
				return doc.New(channelconfig.SettingTLS, fmt.Sprintf("ca_pem in tls holds %d KiB of certificates, which would stand in the URL.", len(argument.Value)>>10)), true
			}
		}
		return finding.Finding{}, false
	}),
}
