package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleTLSArgumentConflict = Rule{
	Doc: finding.Doc{
		ID:       "tls/argument-conflict",
		Title:    "tls and an argument of the URL say different things",
		Severity: finding.Error,
		Why: "tls reaches the app as ssl_ arguments of the connection. One that the URL, or the entry of hosts, has already is not replaced: redis-py takes " +
			"the first of two, so that what tls asks for would not happen.",
		Django:  "Connects by the argument that stands in the URL, whatever tls says.",
		Fix:     "Remove that argument from the URL, or leave it out of tls.",
		Bad:     []string{"REDIS_URL=rediss://redis.example.com:6379/0?ssl_check_hostname=false\ntls.verify=full\nredis==7.4.1"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0?ssl_check_hostname=true\ntls.verify=full\nredis==7.4.1"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Place,
	Check: onEncrypted(func(doc finding.Doc, wanted channelconfig.TLS, host channelconfig.Host, in Input) (finding.Finding, bool) {
		names := conflicts(wanted, host.ConnectionArguments(), in)
		if len(names) == 0 {
			return finding.Finding{}, false
		}
		return doc.New(host.Setting, host.Setting+" has "+strings.Join(names, " and ")+", and tls asks for something else: redis-py would go by the former."), true
	}),
}

// conflicts are the arguments that an entry has and that tls wants otherwise.
func conflicts(wanted channelconfig.TLS, own map[string]string, in Input) (names []string) {
	for _, argument := range wanted.Arguments(in.Settings.Packages, func(string) bool { return false }) {
		have, has := own[argument.Name]
		switch {
		case !has:
		case argument.Name == "ssl_ca_data" && channelconfig.Certificates(have) == argument.Value:
		case argument.Name == "ssl_check_hostname" && isFalse(have) == isFalse(argument.Value):
		case have != argument.Value:
			names = append(names, argument.Name)
		}
	}
	verify := wanted.Verify.Or("")
	if own["ssl_cert_reqs"] == "none" && (verify == channelconfig.VerifyFull || verify == channelconfig.VerifyChain) {
		names = append(names, "ssl_cert_reqs")
	}
	return names
}

// isFalse is redis-py's to_bool.
func isFalse(text string) bool {
	switch strings.ToUpper(text) {
	case "0", "F", "FALSE", "N", "NO":
		return true
	}
	return false
}
