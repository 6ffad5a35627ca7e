package render

import "fmt"

// DotEnvReason is why a variable cannot stand in .env text. The set is closed.
type DotEnvReason string

// Reasons of a [DotEnvError].
const (
	// NameInvalid: the name is not [A-Za-z_][A-Za-z0-9_]*.
	NameInvalid DotEnvReason = "name-invalid"
	// NameReserved: a reader keeps the name for itself.
	NameReserved DotEnvReason = "name-reserved"
	// NameRepeated: an earlier variable has the same name.
	NameRepeated DotEnvReason = "name-repeated"
	// ValueMisread: a reader would read another value.
	ValueMisread DotEnvReason = "value-misread"
	// LineTooLong: a reader refuses lines of that length.
	LineTooLong DotEnvReason = "line-too-long"
)

// DotEnvError says which variable cannot stand in .env text, and why. It holds
// nothing of a value.
type DotEnvError struct {
	Reason DotEnvReason
	// Index is the variable's place in the list, from 0.
	Index int
	// Name is the variable's name, "" where that is invalid: whoever puts a
	// value in its place should not see it printed.
	Name string
	// Reader is the reader that would misread the variable, or reserves its
	// name; "" where no reader is to blame.
	Reader string
	// Offset is the byte offset in the value, -1 where no one place is at
	// fault.
	Offset int
}

func (e *DotEnvError) Error() string {
	switch e.Reason {
	case NameInvalid:
		return fmt.Sprintf("variable number %d: its name must be a letter or underscore, then letters, digits and underscores (ASCII)", e.Index+1)
	case NameReserved:
		return fmt.Sprintf("variable %s: %s reserves this name and would read another value", e.Name, e.Reader)
	case NameRepeated:
		return fmt.Sprintf("variable %s: the name stands in the list twice", e.Name)
	case LineTooLong:
		return fmt.Sprintf("variable %s: %s refuses lines of %d bytes and more", e.Name, e.Reader, maxLine)
	default:
		return fmt.Sprintf("variable %s: %s would misread the character at byte %d of the value; in a URL it must be percent-encoded, which build_url does; other values reach the app unchanged through a map of variables", e.Name, e.Reader, e.Offset)
	}
}

// OptionError says that a backend has no such option of CONFIG.
type OptionError struct {
	// Setting is the option, e.g. "CONFIG.on_disconnect".
	Setting string
	// Backend is the dotted Python path of the class.
	Backend string
	// Effect is what would become of the option.
	Effect OptionEffect
}

// OptionEffect is what a backend does with an option it does not know.
type OptionEffect string

// Effects.
const (
	// Raises: TypeError at the first use of the layer.
	Raises OptionEffect = "raises"
	// Ignores: nothing, silently.
	Ignores OptionEffect = "ignores"
)

func (e *OptionError) Error() string {
	if e.Effect == Ignores {
		return fmt.Sprintf("%s: %s ignores this option", e.Setting, e.Backend)
	}
	return fmt.Sprintf("%s: %s has no such option and raises TypeError", e.Setting, e.Backend)
}

// ValueReason is why a setting cannot be rendered. The set is closed.
type ValueReason string

// Reasons of a [ValueError].
const (
	// NotText: the text is not UTF-8.
	NotText ValueReason = "not-text"
	// NoVariable: the setting is secret, and the environment variable that
	// would carry it is left out.
	NoVariable ValueReason = "no-variable"
	// KeyEmpty: an encryption key is "", or there is none where there must be.
	KeyEmpty ValueReason = "key-empty"
	// KeyHasComma: the keys' variable separates them by commas.
	KeyHasComma ValueReason = "key-has-comma"
	// PatternRepeated: two channel capacities have the same pattern.
	PatternRepeated ValueReason = "pattern-repeated"
)

// ValueError says which setting cannot be rendered, and why. It holds nothing
// of the setting's value.
type ValueError struct {
	Reason ValueReason
	// Setting is one of channelconfig's names, e.g. "REDIS_URL" or
	// "CONFIG.channel_capacity".
	Setting string
	// Index is the place in a list, from 0; -1 where there is none.
	Index int
}

// consequence says in a sentence what Django would make of the value.
func (e *ValueError) consequence() string {
	switch e.Reason {
	case KeyEmpty:
		return "Django would encrypt with a key that anybody can guess, or with none."
	case KeyHasComma:
		return "Django would take it for several keys and encrypt with the first piece."
	case PatternRepeated:
		return "In the dict that Django gets, the second one replaces the first."
	case NoVariable:
		return "Django would start without it."
	default:
		return "Django would get another text than was meant."
	}
}

func (e *ValueError) Error() string {
	text := map[ValueReason]string{
		NotText:         "the text is not UTF-8",
		NoVariable:      "it is secret, and its environment variable is left out, so the app cannot get it",
		KeyEmpty:        "an encryption key is empty",
		KeyHasComma:     "an encryption key holds a comma, which separates keys in the environment variable",
		PatternRepeated: "the same pattern stands in the list twice",
	}[e.Reason]
	if e.Index >= 0 {
		return fmt.Sprintf("%s[%d]: %s", e.Setting, e.Index, text)
	}
	return fmt.Sprintf("%s: %s", e.Setting, text)
}
