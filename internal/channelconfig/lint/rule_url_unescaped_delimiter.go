package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLUnescapedDelimiter = Rule{
	Doc: finding.Doc{
		ID:       "url/unescaped-delimiter",
		Title:    "A raw # / or ? in the password cuts REDIS_URL short",
		Severity: finding.Error,
		Why: "In a URL the characters #, / and ? end the address. One that belongs to the password has to be written as %23, " +
			"%2F or %3F; otherwise the host that follows is never read.",
		Django: "Mostly \"ValueError: Port could not be cast to integer value as ...\" at the first message, with the beginning " +
			"of the password in the log. If what stands before the character happens to be a number, Django silently " +
			"connects to localhost or to a host named like the user.",
		Fix: "Write # as %23, / as %2F and ? as %3F in the password, or build the URL with provider::channels::build_url.",
		Bad: []string{
			"REDIS_URL=redis://default:exam#ple@redis:6379/0",
			"REDIS_URL=redis://default:exam/ple@redis:6379/0",
			"REDIS_URL=redis://default:exam?ple@redis:6379/0",
			"REDIS_URL=redis://:12/ample@redis:6379/0",
			"REDIS_URL=redis://default:6379?db=1&ample@redis:6379/0",
		},
		Good: []string{
			"REDIS_URL=redis://default:exam%23ple@redis:6379/0",
			"REDIS_URL=redis://redis:6379/0?password=exam@ple",
		},
		Since: "0.1.0",
		Sources: []string{
			"https://github.com/django/channels_redis/issues/143",
			"https://github.com/redis/redis-py/issues/1171",
		},
	},
	Rank: Delimiter,
	Check: onURL(func(in Input) string {
		u := in.url
		i := u.strayDelimiter()
		if i < 0 {
			return ""
		}
		what := fmt.Sprintf("The user or password seems to contain an unescaped %q, %s: an \"@\", which ends the password, follows only later. ",
			span{i, i + 1}.in(u.text), u.at(i))
		if in.refusedByAll() {
			return what + "redis-py ends the address at that character and takes a piece of the password for the port. " +
				refusal("ValueError or TypeError") + " The exception may print that piece of the password."
		}
		return what + "redis-py ends the address at that character: Django starts and silently connects to whatever host and port " +
			"stand before it (localhost where there is none), without this password."
	}),
}

// strayDelimiter is the index of the "/", "?" or "#" that ends the authority
// although an "@" that ends the userinfo follows; -1 where that is not so.
//
// A path is a database number or a file, and a fragment has no meaning: an "@"
// in them is no accident, but for a socket file's name. An argument's value
// may well hold one.
func (u urlText) strayDelimiter() int {
	late := strings.IndexByte(u.rest().in(u.text), '@') >= 0
	if !u.knownScheme() || !u.hasAuthority || !late || u.authority.end == u.text.Len() {
		return -1
	}
	if u.scheme == "unix" {
		if u.hostAndPort().empty() || !strings.Contains(u.authority.in(u.text), ":") {
			return -1
		}
		return u.authority.end
	}
	inPath := strings.Contains(u.path.in(u.text), "@")
	inFragment := strings.Contains(u.fragment.in(u.text), "@")
	if inPath || inFragment || !queryMayHoldAt(u.query.in(u.text)) {
		return u.authority.end
	}
	return -1
}

// queryMayHoldAt reports whether every "@" of a query stands in the value of
// an argument that is known to hold text.
func queryMayHoldAt(query string) bool {
	textual := []string{
		"username", "password", "client_name", "lib_name", "lib_version", "host", "ssl_password",
		"ssl_keyfile", "ssl_certfile", "ssl_ca_certs", "ssl_ca_path", "ssl_ciphers",
	}
	for _, field := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(field, "=")
		if strings.Contains(field, "@") && !slices.Contains(textual, name) {
			return false
		}
	}
	return true
}
