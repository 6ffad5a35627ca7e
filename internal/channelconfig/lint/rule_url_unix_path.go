package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLUnixPath = Rule{
	Doc: finding.Doc{
		ID:       "url/unix-path",
		Title:    "The socket path in REDIS_URL is not the one that was meant",
		Severity: finding.Error,
		Why: "A socket URL has three slashes, and everything after the second is the file's path: unix:///run/redis.sock. What " +
			"stands between the second and the third is taken for a host and dropped, and a database number after the file " +
			"becomes part of its name.",
		Django: "\"redis.exceptions.ConnectionError: Error 2 connecting to ...: No such file or directory\" (20, Not a directory, " +
			"for a number after the file; 22, Invalid argument, without a path) at the first message.",
		Fix: "Write unix:// and the absolute path, and the database as ?db=, as in unix:///run/redis.sock?db=1.",
		Bad: []string{
			"REDIS_URL=unix:///run/redis.sock/2",
			"REDIS_URL=unix://run/redis.sock",
			"REDIS_URL=unix://",
			"REDIS_URL=unix:run/redis.sock",
		},
		Good:    []string{"REDIS_URL=unix:///run/redis.sock?db=2", "REDIS_URL=unix://:example@/run/redis.sock"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank:  Parts,
	Check: checkURLUnixPath,
}

func checkURLUnixPath(doc finding.Doc, in Input) finding.Outcome {
	if status := in.urlStatus(); status != finding.Failed {
		return finding.Outcome{Status: status}
	}
	u := in.url
	if u.scheme != "unix" || in.refusedByAll() {
		return finding.Pass()
	}
	path := u.path.in(u.text)
	_, after, socket := strings.Cut(path, ".sock/")
	var detail string
	switch {
	case !u.hostAndPort().empty():
		detail = "Between the second slash of REDIS_URL and the third stands something, which redis-py drops from the path."
	case path == "" && !strings.Contains(u.query.in(u.text), "path="):
		detail = "REDIS_URL has the scheme unix, and no path of a socket."
	case path != "" && path[0] != '/':
		detail = "The path of the socket in REDIS_URL is relative: it depends on the directory that the process was started in."
	case socket && strings.Trim(after, "/0123456789 ") == "":
		detail = "A number stands after the socket's file in REDIS_URL; it becomes part of the path and is no database."
	default:
		return finding.Pass()
	}
	return finding.Fail(doc.New(channelconfig.SettingRedisURL, detail+
		" Django starts; the first message through the layer raises \"redis.exceptions.ConnectionError\", as there is hardly a socket of that name."))
}
