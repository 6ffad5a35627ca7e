package packages

import (
	"regexp"
	"strings"
)

// MaxText is the length in bytes up to which [FromRequirements] reads. Lock
// files of large projects have about 1 MB.
const MaxText = 4 << 20

// FromRequirements reads versions from a pinned requirements.txt, the output
// of pip freeze or pip-compile, a uv.lock, a pylock.toml or a poetry.lock.
//
// A package has a version if it is pinned to one (== or ===, no wildcard),
// and only to one. Environment markers are not evaluated: where a package is
// pinned to several versions, or pinned under a marker and not pinned in
// another line, none is determined. Neither is one installed from a URL or a
// directory. Lines of options (-r, -c, -e, --index-url ...) are passed over;
// the files they name are not read.
//
// The error is an [*Error] with the line at fault.
func FromRequirements(text string) (Set, error) {
	if len(text) > MaxText {
		return Set{}, &Error{Reason: TextTooLarge}
	}
	text = strings.TrimPrefix(text, "\ufeff")
	var f found
	var err error
	if lockPattern.MatchString(text) {
		err = f.readLock(text)
	} else {
		err = f.readLines(text)
	}
	if err != nil {
		return Set{}, err
	}
	return Set{
		Channels:      f.channels.version(),
		ChannelsRedis: f.channelsRedis.version(),
		Redis:         f.redis.version(),
	}, nil
}

// found is what a text says about the packages that are looked for.
type found struct {
	channels, channelsRedis, redis mentions
}

// mentions is what is said about one package.
type mentions struct {
	pins             []Version // distinct
	marked, unpinned bool      // of any mention
}

// of are the mentions of a package by any spelling of its name; nil for a
// package that is not looked for.
func (f *found) of(name string) (*mentions, string) {
	switch normalized := normalize(name); normalized {
	case "channels":
		return &f.channels, normalized
	case "channels-redis":
		return &f.channelsRedis, normalized
	case "redis":
		return &f.redis, normalized
	default:
		return nil, ""
	}
}

func (m *mentions) pin(v Version) {
	for _, other := range m.pins {
		if other == v {
			return
		}
	}
	m.pins = append(m.pins, v)
}

// version is the one version that the mentions leave, or nil. A mention that
// pins nothing does no harm beside one that does, since both hold, unless
// markers choose between them.
func (m *mentions) version() *Version {
	if len(m.pins) != 1 || m.unpinned && m.marked {
		return nil
	}
	return &m.pins[0]
}

// normalize is PEP 503's: case and runs of "-", "_" and "." do not count.
func normalize(name string) string {
	return strings.ToLower(separatorPattern.ReplaceAllString(name, "-"))
}

var (
	separatorPattern = regexp.MustCompile(`[-_.]+`)
	// commentPattern: pip (req_file.py, COMMENT_RE).
	commentPattern = regexp.MustCompile(`(?:^|[ \t]+)#.*$`)
	// requirementPattern: name, extras, and the rest (PEP 508).
	requirementPattern = regexp.MustCompile(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)[ \t]*(?:\[[A-Za-z0-9._, \t-]*\])?[ \t]*(.*)$`)
	// optionPattern: what follows a requirement in its line, --hash mostly
	// (pip, req_file.py, break_args_options).
	optionPattern = regexp.MustCompile(`(?:^|[ \t])-.*$`)
	// clausePattern: one comparison with a version (PEP 440).
	clausePattern = regexp.MustCompile(`^[ \t]*(===|==|~=|!=|<=|>=|<|>)[ \t]*([^ \t]+)[ \t]*$`)
	// elsewherePattern: a package given as a URL, a path or an archive, none
	// of which can be mistaken for a name.
	elsewherePattern = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9+.-]*:|[./~\\]|[^ \t=<>~!;@\[]*(?:/|\.(?:whl|zip|tar\.gz|tgz|tar\.bz2)(?:[ \t;\[]|$)))`)
)

// line is a logical line: continuations are joined.
type line struct {
	text   string
	number int // of the first
}

// logicalLines joins lines that end in a backslash; a comment ends the joining
// (pip 24, req_file.py, join_lines), and is dropped (ignore_comments).
func logicalLines(text string) []line {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	var lines []line
	var pending strings.Builder
	first := 0
	flush := func() {
		joined := strings.Trim(commentPattern.ReplaceAllString(pending.String(), ""), " \t")
		if joined != "" {
			lines = append(lines, line{joined, first})
		}
		pending.Reset()
		first = 0
	}
	number := 0
	for part := range strings.SplitSeq(text, "\n") {
		number++
		if first == 0 {
			first = number
		}
		rest, continued := strings.CutSuffix(part, `\`)
		comment := strings.HasPrefix(strings.TrimLeft(part, " \t"), "#")
		if comment && pending.Len() > 0 {
			// A comment among continuations must not swallow what came
			// before it.
			pending.WriteByte(' ')
		}
		if continued && !comment {
			pending.WriteString(rest)
			continue
		}
		pending.WriteString(part)
		flush()
	}
	flush()
	return lines
}

func (f *found) readLines(text string) error {
	for _, l := range logicalLines(text) {
		if strings.HasPrefix(l.text, "-") || elsewherePattern.MatchString(l.text) {
			continue
		}
		if err := f.readRequirement(l); err != nil {
			return err
		}
	}
	return nil
}

// readRequirement reads one line: name, extras, comparisons or a URL, a
// marker, options.
func (f *found) readRequirement(l line) error {
	match := requirementPattern.FindStringSubmatch(l.text)
	if match == nil {
		return &Error{Reason: NotARequirement, Line: l.number}
	}
	m, name := f.of(match[1])
	if m == nil {
		m = &mentions{} // of no interest, but the line must be one
	}
	rest := match[2]
	if strings.HasPrefix(rest, "@") {
		// Pips differ on whether a ";" without a space before it belongs to
		// the URL; that it may be a marker is enough.
		m.unpinned = true
		m.marked = m.marked || strings.Contains(rest, ";")
		return nil
	}
	rest, _, marked := strings.Cut(rest, ";")
	rest = strings.Trim(optionPattern.ReplaceAllString(rest, ""), " \t")
	if strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")") {
		rest = rest[1 : len(rest)-1]
	}
	pinned, err := pinOf(rest)
	switch {
	case err != nil && (name != "" || err.Reason == NotARequirement):
		err.Line, err.Package = l.number, name
		return err
	case pinned != nil:
		m.pin(*pinned)
	default:
		m.unpinned = true
	}
	m.marked = m.marked || marked
	return nil
}

// pinOf is the version that comma-separated comparisons pin, or nil.
func pinOf(comparisons string) (*Version, *Error) {
	if comparisons == "" {
		return nil, nil
	}
	var pinned *Version
	for clause := range strings.SplitSeq(strings.TrimSuffix(comparisons, ","), ",") {
		match := clausePattern.FindStringSubmatch(clause)
		if match == nil {
			return nil, &Error{Reason: NotARequirement}
		}
		operator, text := match[1], match[2]
		variable := strings.Contains(text, "${") // which pip fills in
		if !strings.HasPrefix(operator, "==") || operator == "==" && strings.HasSuffix(text, ".*") || variable {
			continue
		}
		version, err := parseVersion(text)
		if err != nil {
			return nil, err
		}
		if pinned != nil && *pinned != version {
			return nil, nil // nothing satisfies both
		}
		pinned = &version
	}
	return pinned, nil
}
