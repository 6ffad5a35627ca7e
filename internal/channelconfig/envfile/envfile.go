// Package envfile reads .env files of other people, of which nobody can say
// which program reads them: it takes what all readers agree on and says of
// the rest that they do not. Where the reader is known to be django-environ,
// it reads as that does.
//
// Readers: those of package render. Agreed on are lines of NAME=value, where
// the value is one that render.DotEnv would write, as it is or in a pair of
// quotes (which every reader strips but docker's --env-file, whose users
// write none), an optional "export ", comment lines and empty lines. What is
// at odds: "#", "$", backslashes, quotes and white space in values, values
// over several lines, a name that is given twice with different values
// (most take the last).
package envfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Ambiguous documents the finding for values that readers disagree about.
var Ambiguous = finding.Doc{
	ID:       "dotenv/ambiguous",
	Title:    "Readers of .env files disagree about this value",
	Severity: finding.Warning,
	Why: "There is no standard for .env files. A `#`, `$`, backslash, quote or space in a value, or a name that stands in the file twice, means one thing to python-dotenv and another to npm dotenv, " +
		"django-environ, Docker or a shell. What the app gets depends on who reads the file for it.",
	Django: "Django gets whatever the reader made of it: a password that ends at the `#`, a value with its quotes. So what comes of the variable is not determined here.",
	Fix:    "Percent-encode the special characters of a URL (# is %23, $ is %24), leave the quotes out, and give each name once.",
	Since:  "0.1.0",
	Sources: []string{
		"https://github.com/motdotla/dotenv#comments",
	},
}

// Docs document the findings of this package.
func Docs() []finding.Doc { return []finding.Doc{Ambiguous, CommentCut, ProxiedValue} }

// entry is what the file says of a name.
type entry struct {
	value secret.String
	line  int
	// agreed is set where all readers read the same.
	agreed bool
	reason string
}

// Read returns the variables of a .env text. Of the names that matter, those
// that readers disagree about are unknown, with a finding each; the outcome
// is undetermined then. Other names are left alone.
func Read(text secret.String, matter ...string) (map[string]channelconfig.Value[secret.String], finding.Outcome) {
	entries := parse(text.Reveal(), matter)
	vars := make(map[string]channelconfig.Value[secret.String], len(entries))
	for name, e := range entries {
		vars[name] = channelconfig.Known(e.value)
	}
	outcome := finding.Pass()
	for _, name := range matter {
		if e, ok := entries[name]; ok && !e.agreed {
			vars[name] = channelconfig.Unknown[secret.String]()
			outcome = finding.Merge(outcome, finding.Unknown(Ambiguous.New(name,
				fmt.Sprintf("Line %d of the .env text sets %s in a way that readers of such files do not read alike: %s.", e.line, name, e.reason))))
		}
	}
	return vars, outcome
}

// parse goes through the lines. It keeps an eye on quotes that stay open:
// python-dotenv and npm dotenv read on until they close, others take each
// line for itself.
func parse(text string, matter []string) map[string]entry {
	entries := map[string]entry{}
	open := ""
	for i, line := range strings.Split(text, "\n") {
		name, e, ok := parseLine(line, matter)
		if i == 0 && strings.HasPrefix(line, "\ufeff") {
			name, e, ok = parseLine(strings.TrimPrefix(line, "\ufeff"), matter)
			e = e.disputed("the text begins with a byte order mark, which some take for part of the name")
		}
		inside := open != ""
		open = stillOpen(open, line)
		if !ok {
			continue
		}
		if inside {
			e = e.disputed("it stands inside quotes that an earlier line opened")
		}
		e.line = i + 1
		if before, again := entries[name]; again && (before.value != e.value || !before.agreed) {
			e = e.disputed(fmt.Sprintf("line %d sets it, too", before.line))
		}
		entries[name] = e
	}
	return entries
}

// disputed is the entry as one that readers do not agree about.
func (e entry) disputed(reason string) entry {
	if e.agreed {
		e.agreed, e.reason = false, reason
	}
	return e
}

// stillOpen is the quote that is open behind a line: the one that was open
// before it, or one that begins the value of the line and does not end in it.
func stillOpen(open, line string) string {
	if open != "" {
		if strings.Contains(line, open) {
			return ""
		}
		return open
	}
	_, value, found := strings.Cut(line, "=")
	value = strings.TrimLeft(value, " \t")
	if !found || strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") || value == "" {
		return ""
	}
	quote := value[:1]
	if !strings.Contains("\"'`", quote) || strings.Contains(value[1:], quote) {
		return ""
	}
	return quote
}

// parseLine reads NAME=value; not ok for lines that set nothing, and for those
// that only some readers take for more and that set no name that matters.
func parseLine(line string, matter []string) (name string, e entry, ok bool) {
	name, value, found := strings.Cut(strings.TrimPrefix(line, "export "), "=")
	if !found || !isName(name) {
		name = loosely(line)
		e = entry{agreed: true}.disputed("there is white space, or a colon, around its name")
		return name, e, slices.Contains(matter, name)
	}
	e = entry{value: secret.New(unquote(value)), agreed: true}
	if _, err := render.DotEnv([]render.Var{{Name: name, Value: e.value}}); err != nil {
		e = e.disputed(reasonOf(err))
	}
	return name, e, true
}

// loosely is the name that the more tolerant readers see in a line: indented,
// behind "export" and any white space, before white space or a colon.
func loosely(line string) string {
	fields := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t=:", r) })
	if len(fields) > 1 && fields[0] == "export" {
		fields = fields[1:]
	}
	if len(fields) == 0 || !strings.ContainsAny(line, "=:") {
		return ""
	}
	return fields[0]
}

// reasonOf names the reader that disagrees, not the value.
func reasonOf(err error) string {
	var refusal *render.DotEnvError
	if errors.As(err, &refusal) && refusal.Reader != "" {
		return fmt.Sprintf("%s reads another value than the others, for the character at byte %d of it", refusal.Reader, max(refusal.Offset, 0))
	}
	return "it cannot be written so that all of them read the same"
}

// unquote strips a pair of quotes around the whole value.
func unquote(value string) string {
	for _, quote := range []string{`"`, `'`} {
		if len(value) >= 2 && strings.HasPrefix(value, quote) && strings.HasSuffix(value, quote) {
			return value[1 : len(value)-1]
		}
	}
	return value
}

func isName(name string) bool {
	for i, c := range []byte(name) {
		letter := c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
