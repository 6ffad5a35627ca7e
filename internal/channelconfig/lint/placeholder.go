package lint

import (
	"regexp"
	"strings"
)

// placeholders are the ways of writing "the value of a variable" that some
// tool should have replaced: ${NAME} and ${NAME:-default} of shells and
// docker compose, $(NAME) of Kubernetes, {{ name }} of Helm, Ansible and
// Dokploy (${{ project.NAME }}). A lone $NAME or %NAME% counts only where it is
// the whole text: a password may hold a dollar sign.
var placeholders = regexp.MustCompile(`\$\{\s*[A-Za-z_][A-Za-z0-9_.]*\s*([:?+=!/-][^{}]*)?\}` +
	`|\$\([A-Za-z_][A-Za-z0-9_.-]*\)` +
	`|\{\{-?\s*[A-Za-z_.$][^{}]*\}\}` +
	`|^\s*\$[A-Za-z_][A-Za-z0-9_]*\s*$` +
	`|^\s*%[A-Za-z_][A-Za-z0-9_]*%\s*$`)

// placeholderIn is the index of the first placeholder; -1 where there is none.
func placeholderIn(text string) int {
	found := placeholders.FindStringIndex(text)
	if found == nil {
		return -1
	}
	return found[0]
}

// quotes are those that people put around values, the typographic ones that
// chat programs and word processors make of them included.
const quotes = "\"'`“”‘’«»„"

// isQuoted reports whether text begins with a quote.
func isQuoted(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && strings.ContainsRune(quotes, []rune(text)[0])
}

// nullWords are what programs write for "no value".
var nullWords = []string{"none", "null", "nil", "undefined", "false", "<none>", "<nil>", "<no value>"}

// urlHost is the host that the newest redis-py connects to, "" where it takes
// its default. It may be a piece of a password and is only ever compared.
func (in Input) urlHost() string {
	if len(in.Readings) == 0 {
		return ""
	}
	u := in.Readings[len(in.Readings)-1].URL
	if u == nil || !u.Written.HasHost {
		return ""
	}
	return u.Host
}

// hostPlaceholder is a host that is nothing but a variable's name: no host
// name has such characters.
var hostPlaceholder = regexp.MustCompile(`^(\$[a-z_][a-z0-9_]*|%[a-z_][a-z0-9_]*%|<[^<>]+>)$`)

func (in Input) hostIsPlaceholder() bool { return hostPlaceholder.MatchString(in.urlHost()) }
