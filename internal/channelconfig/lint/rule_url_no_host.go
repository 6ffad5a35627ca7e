package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLNoHost = Rule{
	Doc: finding.Doc{
		ID:       "url/no-host",
		Title:    "REDIS_URL names no host, so localhost is used",
		Severity: finding.Warning,
		Why: "The place of the host is empty, mostly because the variable that should have filled it was. Inside a container " +
			"localhost is the container itself, where no Redis listens.",
		Django: "Silently connects to localhost. Where no Redis listens there, the first message raises " +
			"\"redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379\".",
		Fix:     "Write the host's name after redis://, localhost included if that is meant.",
		Bad:     []string{"REDIS_URL=redis://:6379/0", "REDIS_URL=redis://", "REDIS_URL=redis://default:example@:6379/0"},
		Good:    []string{"DEBUG=True\nREDIS_URL=redis://localhost:6379/0", "REDIS_URL=redis://?host=redis"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/issues/2098"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil || r.URL.Scheme == "unix" || !r.URL.Written.HasAuthority || r.URL.Written.HasHost || r.URL.Host != "localhost" {
			return note{}
		}
		return note{detail: "Nothing stands in the place of the host in REDIS_URL. Django starts and silently connects to localhost; inside " +
			"a container that is the container itself."}
	}),
}
