// Package envfile reads .env files of other people, of which nobody can say
// which program reads them: it takes what all readers agree on and says of
// the rest that they do not.
//
// Readers: those of package render. Agreed on are lines of NAME=value, where
// the value is one that render.DotEnv would write, as it is or in a pair of
// quotes (which every reader strips but docker's --env-file, whose users
// write none), an optional "export ", comment lines and empty lines. What is
// at odds: "#", "$", backslashes, quotes and white space in values, values
// over several lines, a name that is given twice with different values
// (python-dotenv and npm dotenv take the last, django-environ the first).
package envfile

import (
	"errors"
	"fmt"
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
func Docs() []finding.Doc { return []finding.Doc{Ambiguous} }

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
	entries := map[string]entry{}
	for i, line := range strings.Split(strings.TrimPrefix(text.Reveal(), "\ufeff"), "\n") {
		name, e, ok := parseLine(strings.TrimSuffix(line, "\r"))
		if !ok {
			continue
		}
		e.line = i + 1
		if before, again := entries[name]; again && before.value != e.value {
			e.agreed, e.reason = false, fmt.Sprintf("it is also given in line %d", before.line)
		}
		entries[name] = e
	}
	vars := make(map[string]channelconfig.Value[secret.String], len(entries))
	for name, e := range entries {
		vars[name] = channelconfig.Known(e.value)
	}
	outcome := finding.Pass()
	for _, name := range matter {
		if e, ok := entries[name]; ok && !e.agreed {
			vars[name] = channelconfig.Unknown[secret.String]()
			outcome = finding.Merge(outcome, finding.Unknown(Ambiguous.New(name,
				fmt.Sprintf("Line %d of the .env text sets %s to a value that readers of such files do not read alike: %s.", e.line, name, e.reason))))
		}
	}
	return vars, outcome
}

// parseLine reads NAME=value; not ok for anything else.
func parseLine(line string) (name string, e entry, ok bool) {
	line = strings.TrimLeft(line, " \t")
	name, value, found := strings.Cut(strings.TrimPrefix(line, "export "), "=")
	if !found || !isName(name) {
		return "", entry{}, false
	}
	bare := unquote(value)
	e = entry{value: secret.New(bare), agreed: true}
	if _, err := render.DotEnv([]render.Var{{Name: name, Value: e.value}}); err != nil {
		e.agreed = false
		e.reason = reasonOf(err)
	}
	return name, e, true
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
