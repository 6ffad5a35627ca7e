package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostInvalidCharacter = Rule{
	Doc: finding.Doc{
		ID:       "host/invalid-character",
		Title:    "REDIS_HOST has a character that no host name can have",
		Severity: finding.Error,
		Why:      "REDIS_HOST takes the name or the address of a machine. A path, a database or an option does not belong there.",
		Django: "\"redis.exceptions.ConnectionError\" at the first message through the layer: name not known, or a name that cannot be " +
			"encoded.",
		Fix:     "Give REDIS_HOST only the name or the address of the Redis, without path, database or options.",
		Bad:     []string{"REDIS_HOST=redis/0", "REDIS_HOST=/run/redis.sock", "REDIS_HOST=redis..example.com"},
		Good:    []string{"REDIS_HOST=redis_one", "REDIS_HOST=redis.example.com."},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/socket.html#socket.getaddrinfo"},
	},
	Rank: Parts,
	Check: onHost(func(host string) string {
		if !strings.ContainsAny(host, "/?#\\<>\"'`|^") && !strings.Contains(host, "..") && !strings.HasPrefix(host, ".") {
			return ""
		}
		return "REDIS_HOST has a character, or a dot without a name before it, that no host name can have. Django starts; the first " +
			"message through the layer fails with \"redis.exceptions.ConnectionError\"."
	}),
}
