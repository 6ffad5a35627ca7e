package lint

import (
	"strings"
	"unicode"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLWhitespace = Rule{
	Doc: finding.Doc{
		ID:       "url/whitespace",
		Title:    "REDIS_URL contains white space",
		Severity: finding.Error,
		Varies: "Information where redis-py ignores it: tabs and newlines, which Python removes from a URL wherever they stand, and " +
			"spaces after the database number.",
		Why: "A space or newline that came along when the value was copied is invisible and becomes part of the host or port.",
		Django: "After the port: \"ValueError: Port could not be cast to integer value\". After the host: " +
			"\"ConnectionError: Error -2 connecting to ...: Name or service not known\". In a socket's path: \"Error 2 ...: No " +
			"such file or directory\".",
		Fix: "Remove the spaces and line breaks from the value of REDIS_URL.",
		Bad: []string{
			"REDIS_URL=redis://redis :6379/0",
			"REDIS_URL=redis://redis:6379 ",
			"REDIS_URL=redis://redis:6379/0 ",
			"REDIS_URL=unix:///run/redis.sock ",
		},
		Good:    []string{"REDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/urllib.parse.html#urllib.parse.urlsplit"},
	},
	Rank:  Blank,
	Check: checkURLWhitespace,
}

func checkURLWhitespace(doc finding.Doc, in Input) finding.Outcome {
	if status := in.urlStatus(); status != finding.Failed {
		return finding.Outcome{Status: status}
	}
	u := in.url
	if !u.knownScheme() {
		return finding.Pass()
	}
	part, what := u.hostAndPort(), "the host or the port"
	if u.scheme == "unix" {
		part, what = u.path, "the socket's path"
	}
	blank := strings.IndexFunc(part.in(u.text), isBlank)
	switch {
	case blank >= 0 && in.refusedByAll():
		return finding.Fail(doc.New(channelconfig.SettingRedisURL,
			"White space stands in "+what+", "+u.at(part.start+blank)+". "+refusal("ValueError")))
	case blank >= 0 && u.scheme == "unix" && blank < len(strings.TrimRightFunc(part.in(u.text), isBlank)):
		return finding.Pass() // inside of a file's name, where it may belong
	case blank >= 0:
		return finding.Fail(doc.New(channelconfig.SettingRedisURL,
			"White space stands in "+what+", "+u.at(part.start+blank)+", and becomes part of it. Django starts; the first message "+
				"through the layer fails with \"redis.exceptions.ConnectionError\", as there is nothing of that name."))
	case hasHarmlessBlank(in.rawURL(), u):
		return finding.Fail(doc.New(channelconfig.SettingRedisURL,
			"White space stands in REDIS_URL where redis-py ignores it. Django works; other readers of the same value may not.",
		).WithSeverity(finding.Info))
	default:
		return finding.Pass()
	}
}

// hasHarmlessBlank reports tabs and newlines that urlsplit removes, and white
// space after the database. What stands at the beginning is url/scheme-case; at
// the end of an argument's text white space is part of it.
func hasHarmlessBlank(raw string, u urlText) bool {
	raw = strings.TrimLeftFunc(raw, func(r rune) bool { return r <= ' ' })
	path := u.path.in(u.text)
	return strings.ContainsAny(raw, "\t\r\n") || strings.TrimRightFunc(path, isBlank) != path
}

func isBlank(r rune) bool { return r <= ' ' || unicode.IsSpace(r) }
