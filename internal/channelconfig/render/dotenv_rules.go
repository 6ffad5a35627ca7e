package render

import (
	"strings"
	"unicode/utf8"
)

// Readers of .env files that a value is refused for.
const (
	readerBash          = "bash"
	readerDjangoEnviron = "django-environ"
	readerDocker        = "docker --env-file"
	readerNPM           = "npm dotenv"
	readerPythonDotenv  = "python-dotenv"
	readerSystemd       = "systemd"
)

// characterRule says who misreads a value with one of these characters in it.
// Where several do, the one named is the likeliest to be met.
type characterRule struct {
	characters string
	reader     string
}

// anywhereRules hold in every place of a value.
func anywhereRules() []characterRule {
	return []characterRule{
		{"\x00", readerBash},
		{"\n", readerDocker},
		{"\r", readerNPM},
		// Words, quotes, redirections, commands.
		{"\t \"&'();<>\\`|", readerBash},
		{"$", readerBash},
		// A comment, in the middle of a word too.
		{"#", readerNPM},
		// Python's str.splitlines.
		{"\v\f\x1c\x1d\x1e\u0085\u2028\u2029", readerDjangoEnviron},
	}
}

// edgeRules hold at the start and at the end of a value: what the reader
// takes for white space and trims.
func edgeRules() []characterRule {
	return []characterRule{
		{"\x1f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", readerPythonDotenv},
		{"\ufeff", readerNPM},
	}
}

// maxLine is the length in bytes from which docker refuses a line (Go,
// bufio.MaxScanTokenSize: the line break counts).
const maxLine = 64 * 1024

// misreading finds the first place of a value that a reader would misread.
func misreading(value string) (reader string, offset int, found bool) {
	for offset, r := range value {
		if reader := misreader(value, offset, r); reader != "" {
			return reader, offset, true
		}
	}
	return "", 0, false
}

// misreader is who misreads the rune at that offset; "" for nobody.
func misreader(value string, offset int, r rune) string {
	size := utf8.RuneLen(r)
	if r == utf8.RuneError {
		if _, size = utf8.DecodeRuneInString(value[offset:]); size == 1 {
			return readerDocker // it refuses what is not UTF-8
		}
	}
	if reader := ruledOut(anywhereRules(), r); reader != "" {
		return reader
	}
	if offset == 0 || offset+size == len(value) {
		if reader := ruledOut(edgeRules(), r); reader != "" {
			return reader
		}
	}
	switch {
	case isNoncharacter(r):
		return readerSystemd
	case r == '~' && expandsTilde(value, offset):
		return readerBash
	}
	return ""
}

func ruledOut(rules []characterRule, r rune) string {
	for _, rule := range rules {
		if strings.ContainsRune(rule.characters, r) {
			return rule.reader
		}
	}
	return ""
}

// isNoncharacter: systemd takes Unicode's noncharacters for broken UTF-8
// (src/basic/utf8.c, unichar_is_valid).
func isNoncharacter(r rune) bool {
	return r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef
}

// expandsTilde reports whether a shell would take the "~" at that offset, and
// what follows up to "/" or ":", for somebody's home (bash, "Tilde
// Expansion"). There is no user with an "@" in the name, so the password of
// redis://:~secret@host is safe.
func expandsTilde(value string, offset int) bool {
	if offset > 0 && value[offset-1] != ':' {
		return false
	}
	user := value[offset+1:]
	if end := strings.IndexAny(user, "/:"); end >= 0 {
		user = user[:end]
	}
	return !strings.Contains(user, "@")
}

// nameReader is who cannot read a variable of that name back, whatever its
// value; "" for nobody. bash gives these a meaning of its own, and does not
// let some be set; JavaScript's objects have a __proto__.
func nameReader(name string) string {
	switch name {
	case "BASHOPTS", "BASHPID", "BASH_ALIASES", "BASH_ARGC", "BASH_ARGV",
		"BASH_ARGV0", "BASH_CMDS", "BASH_LINENO", "BASH_SOURCE",
		"BASH_SUBSHELL", "BASH_VERSINFO", "COMP_WORDBREAKS", "DIRSTACK",
		"EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME", "GROUPS",
		"HISTCMD", "LINENO", "OPTIND", "PIPESTATUS", "PPID", "RANDOM",
		"SECONDS", "SHELLOPTS", "SRANDOM", "UID", "_":
		return readerBash
	case "__proto__":
		return readerNPM
	}
	return ""
}
