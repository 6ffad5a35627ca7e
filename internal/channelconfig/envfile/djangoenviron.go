package envfile

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// CommentCut documents the finding for values that django-environ cuts.
var CommentCut = finding.Doc{
	ID:       "dotenv/comment-cut",
	Title:    "django-environ may cut this value at its #",
	Severity: finding.Warning,
	Varies:   "It is said only where `reader` is \"django-environ\".",
	Why: "django-environ 0.11 takes a `#` anywhere in a value for the beginning of a comment, even within double quotes. So do later " +
		"releases where the settings read the file with parse_comments=True; without it they keep the whole line, a comment that was meant as one included.",
	Django: "0.11.2 makes `\"redis://:p` of `\"redis://:p#w@h\"`, its opening quote kept, and redis-py raises ValueError for the scheme. " +
		"0.14.0 reads it whole, and `redis://h # cache` whole as well. Which of them reads the file is not known, so what comes of the variable is not determined here.",
	Fix:     "Percent-encode a # that belongs to a URL as %23, and give a comment a line of its own.",
	Bad:     []string{"REDIS_URL=\"redis://default:exam#ple@redis:6379/0\"", "REDIS_URL=redis://redis:6379/0 # cache"},
	Good:    []string{"REDIS_URL=\"redis://default:exam%23ple@redis:6379/0\"", "REDIS_URL='redis://redis:6379/0#cache'", "# cache\nREDIS_URL=redis://redis:6379/0"},
	Since:   "0.1.0",
	Sources: []string{"https://github.com/joke2k/django-environ/issues/519"},
}

// ProxiedValue documents the finding for values that name a variable which is
// not there.
var ProxiedValue = finding.Doc{
	ID:       "environment/proxied-value",
	Title:    "django-environ takes this value for the name of a variable",
	Severity: finding.Error,
	Varies: "It is said only where `reader` is \"django-environ\". A warning for a .env text, because the variable may come from elsewhere " +
		"in the app's environment.",
	Why: "django-environ reads a value that begins with `$` as the name of another variable and returns that one's value. Where there is no such " +
		"variable, the value is lost.",
	Django: "env(\"REDIS_URL\", default=...) returns its default without a word, so that the app talks to another Redis, or to none; without a " +
		"default it raises ImproperlyConfigured. A value that leads back to itself raises RecursionError.",
	Fix:     "Write the value itself instead of a $ and a name, or set the variable that it names.",
	Bad:     []string{"REDIS_URL=$REDIS_TLS_URL", "REDIS_URL=$REDIS_URL"},
	Good:    []string{"REDIS_URL=$REDIS_TLS_URL\nREDIS_TLS_URL=redis://redis:6379/0", "REDIS_URL=redis://default:pa$$word@redis:6379/0"},
	Since:   "0.1.0",
	Sources: []string{"https://github.com/joke2k/django-environ/blob/v0.11.2/environ/environ.py"},
}

// ReadDjangoEnviron is [Read] for a text of which it is known that
// django-environ reads it (Env.read_env, then env("NAME")): where its releases
// and modes agree, what other readers would make of it does not count. Lines
// that it skips, although they seem to set a name that matters, stay as
// disputed as they are for Read. Mirrors environ.Env.read_env and get_value of
// 0.11.2 and 0.14.0 (environ/environ.py).
func ReadDjangoEnviron(text secret.String, matter ...string) (map[string]channelconfig.Value[secret.String], finding.Outcome) {
	seen := parse(text.Reveal(), matter)
	read := readEnviron(text.Reveal())
	vars := make(map[string]channelconfig.Value[secret.String], len(read))
	for name, r := range read {
		vars[name] = channelconfig.Known(secret.New(r.whole))
	}
	outcome := finding.Pass()
	for _, name := range reached(vars, matter) {
		r, ok := read[name]
		e := seen[name]
		switch {
		case ok && r.line >= e.line && r.whole == r.cut:
		case ok && r.line >= e.line && strings.Contains(r.whole, "#"):
			vars[name] = channelconfig.Unknown[secret.String]()
			outcome = finding.Merge(outcome, finding.Unknown(CommentCut.New(name, fmt.Sprintf(
				"Line %d of the .env text sets %s to a value with a # in it. django-environ 0.11, and later releases with parse_comments=True, "+
					"end it there; later ones without take the whole line.", r.line, name))))
		case ok || e.line > 0:
			vars[name] = channelconfig.Unknown[secret.String]()
			outcome = finding.Merge(outcome, finding.Unknown(Ambiguous.New(name, fmt.Sprintf(
				"Line %d of the .env text sets %s in a way that django-environ does not read, or not in all its releases alike.", max(e.line, r.line), name))))
		}
	}
	resolved, proxied := resolveProxies(vars, matter, false)
	return resolved, finding.Merge(outcome, proxied)
}

// Proxies follows values that begin with "$" to the variables they name, as
// django-environ does (Env.get_value), for an app's whole environment. Of the
// names that matter, those that lead nowhere are unknown, with an error each:
// what default the app's settings have for them is not known here.
func Proxies(vars map[string]channelconfig.Value[secret.String], matter ...string) (map[string]channelconfig.Value[secret.String], finding.Outcome) {
	return resolveProxies(vars, matter, true)
}

func resolveProxies(vars map[string]channelconfig.Value[secret.String], matter []string, whole bool) (map[string]channelconfig.Value[secret.String], finding.Outcome) {
	resolved := make(map[string]channelconfig.Value[secret.String], len(vars))
	for name, value := range vars {
		resolved[name] = value
	}
	outcome := finding.Pass()
	for _, name := range matter {
		value, fault := follow(vars, name)
		if !vars[name].IsSet() {
			continue
		}
		resolved[name] = value
		switch {
		case fault == "":
		case whole || fault == circular:
			outcome = finding.Merge(outcome, finding.Unknown(ProxiedValue.New(name, name+fault)))
		default:
			outcome = finding.Merge(outcome, finding.Unknown(ProxiedValue.New(name, name+fault).WithSeverity(finding.Warning)))
		}
	}
	return resolved, outcome
}

// What is wrong with a value that begins with "$".
const (
	absent   = " begins with a $, and what stands behind it is the name of no variable that is given here. django-environ lets the default of the settings take its place, or raises ImproperlyConfigured where there is none."
	circular = " begins with a $ and leads back to itself. django-environ follows it without end and raises RecursionError."
)

// follow is the value behind the dollar signs; a fault goes with an unknown
// one.
func follow(vars map[string]channelconfig.Value[secret.String], name string) (value channelconfig.Value[secret.String], fault string) {
	for range len(vars) + 1 {
		value = vars[name]
		text, known := value.Get()
		switch {
		case !value.IsSet():
			return channelconfig.Unknown[secret.String](), absent
		case !known || !strings.HasPrefix(text.Reveal(), "$"):
			return value, ""
		}
		name = strings.TrimLeft(text.Reveal(), "$")
	}
	return channelconfig.Unknown[secret.String](), circular
}

// reached are the names and those of the variables that they lead to.
func reached(vars map[string]channelconfig.Value[secret.String], names []string) []string {
	all := slices.Clone(names)
	for i := 0; i < len(all); i++ {
		text, known := vars[all[i]].Get()
		if !known || !strings.HasPrefix(text.Reveal(), "$") {
			continue
		}
		if next := strings.TrimLeft(text.Reveal(), "$"); !slices.Contains(all, next) {
			all = append(all, next)
		}
	}
	return all
}

// reading is what django-environ makes of a line: whole without comments, cut
// with them (always in 0.11, with parse_comments since).
type reading struct {
	whole, cut string
	line       int
}

// pythonSpace is \s of Python's re for text.
const pythonSpace = `[\s\v\x1c-\x1f\x{85}\p{Z}]`

// readEnviron goes through the lines as str.splitlines makes them. Of a name
// that is given twice the last counts.
func readEnviron(text string) map[string]reading {
	var (
		assignment = regexp.MustCompile(`\A(?:export )?([A-Za-z_0-9]+)=(.*)\z`)
		single     = regexp.MustCompile(`\A'(.*)'\z`)
		commented  = regexp.MustCompile(`\A` + pythonSpace + `*'(.*)'` + pythonSpace + `*(#.*)?\z`)
		double     = regexp.MustCompile(`\A"(.*)"\z`)
		escape     = regexp.MustCompile(`\\(.)`)
	)
	strip := func(value string) string {
		inside := double.FindStringSubmatch(value)
		if inside == nil {
			return value
		}
		return escape.ReplaceAllStringFunc(inside[1], func(match string) string {
			if strings.Contains("rnt", match[1:]) {
				return match
			}
			return match[1:]
		})
	}
	read := map[string]reading{}
	for line, part := range splitLines(text) {
		parts := assignment.FindStringSubmatch(part)
		if parts == nil {
			continue
		}
		whole, cut := parts[2], parts[2]
		if m := single.FindStringSubmatch(whole); m != nil {
			whole = m[1]
		}
		if m := commented.FindStringSubmatch(cut); m != nil {
			cut = m[1]
		} else {
			cut, _, _ = strings.Cut(cut, "#")
		}
		read[parts[1]] = reading{whole: strip(whole), cut: strip(cut), line: line}
	}
	return read
}

// splitLines is str.splitlines of a text that was read with universal newlines,
// each part with the number that the line has for people.
func splitLines(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i, line := range strings.Split(text, "\n") {
			for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029", r) }) {
				if !yield(i+1, part) {
					return
				}
			}
		}
	}
}
