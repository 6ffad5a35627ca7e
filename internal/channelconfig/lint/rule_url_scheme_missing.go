package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLSchemeMissing = Rule{
	Doc: finding.Doc{
		ID:       "url/scheme-missing",
		Title:    "REDIS_URL does not begin with redis:// or rediss://",
		Severity: finding.Error,
		Why: "A host and port, or a bare password, is not a URL. redis-py, the library that channels_redis connects with, " +
			"does not guess.",
		Django: "\"ValueError: Redis URL must specify one of the following schemes (redis://, rediss://, unix://)\" at the " +
			"first message through the layer.",
		Fix: "Write redis:// (plain) or rediss:// (TLS) before the address.",
		Bad: []string{
			"REDIS_URL=redis.example.com:6379",
			"REDIS_URL=//redis:6379/0",
			"REDIS_URL=default:example@redis:6379/0",
			"REDIS_URL=redis_url=redis://redis:6379/0",
		},
		Good:    []string{"REDIS_URL=redis://redis.example.com:6379"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/frappe/gameplan/issues/402"},
	},
	Rank: Prefix,
	Check: onURL(func(in Input) string {
		u := in.url
		if u.knownScheme() || u.scheme != "" && u.hasAuthority || strings.TrimFunc(u.text.Reveal(), isBlank) == "" {
			return ""
		}
		return "REDIS_URL does not begin with redis://, rediss:// or unix://. " + refusal("ValueError")
	}),
}
