package packages

import "fmt"

// Reason is why a version or a list of versions cannot be read. The set is
// closed.
type Reason string

// Reasons of an [Error].
const (
	// NotAVersion: the text is no version by PEP 440.
	NotAVersion Reason = "not-a-version"
	// NumberTooLarge: a part of the release is beyond any that exists.
	NumberTooLarge Reason = "number-too-large"
	// NotARequirement: the line is none that pip would read.
	NotARequirement Reason = "not-a-requirement"
	// NotTOML: the text looks like a lock file and is no valid TOML.
	NotTOML Reason = "not-toml"
	// TextTooLarge: the text is longer than [MaxText].
	TextTooLarge Reason = "text-too-large"
)

// Error says what cannot be read, and where. It quotes nothing: lists of
// requirements hold addresses of private indexes, with their passwords.
type Error struct {
	Reason Reason
	// Line is the line, from 1; 0 where the text is a version alone or the
	// reason lies in no one line.
	Line int
	// Package is one of the packages that are looked for, "" where the
	// reason does not concern one.
	Package string
}

func (e *Error) Error() string {
	text := map[Reason]string{
		NotAVersion:     "this is not a version as PEP 440 has it, such as 4.3.0",
		NumberTooLarge:  "a number in the version is too large",
		NotARequirement: "this is not a line of a requirements.txt or of what pip freeze prints",
		NotTOML:         "the lock file is not valid TOML, or not laid out as uv.lock and poetry.lock are",
		TextTooLarge:    fmt.Sprintf("the text has more than %d bytes", MaxText),
	}[e.Reason]
	if e.Package != "" {
		text = e.Package + ": " + text
	}
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}
