package channellayer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNameLength is BaseChannelLayer.MAX_NAME_LENGTH: names have fewer characters.
const maxNameLength = 100

// CheckChannelName is require_valid_channel_name (Channels 4.3, layers.py,
// BaseChannelLayer; valid_channel_name before 4.2.2): the regular expression
// ^[a-zA-Z\d\-_.]+(\![\d\w\-_.]*)?$ in which \d and \w are Unicode's and $ lets
// a newline follow. The error is a [*NameError].
func CheckChannelName(name string) error {
	return checkName(name, ChannelName, func(body string) bool {
		process, local, isLocal := strings.Cut(body, "!")
		return isPlainName(process) && (!isLocal || isEvery(local, isLocalCharacter))
	})
}

// CheckReceiveName is [CheckChannelName] of a name as receive() passes it on to
// receive_single: a process-local one has nothing after its "!".
func CheckReceiveName(name string) error {
	if err := CheckChannelName(name); err != nil {
		return err
	}
	if strings.Contains(name, "!") && !strings.HasSuffix(name, "!") {
		return &NameError{Kind: ChannelName, Reason: NameNotReceivable}
	}
	return nil
}

// CheckGroupName is require_valid_group_name: ^[a-zA-Z\d\-_.]+$ likewise.
func CheckGroupName(name string) error { return checkName(name, GroupName, isPlainName) }

func checkName(name string, kind NameKind, valid func(body string) bool) error {
	switch {
	case !utf8.ValidString(name):
		return &NameError{Kind: kind, Reason: NameNotText}
	case utf8.RuneCountInString(name) >= maxNameLength:
		return &NameError{Kind: kind, Reason: NameTooLong}
	case !valid(strings.TrimSuffix(name, "\n")):
		return &NameError{Kind: kind, Reason: NameInvalid}
	default:
		return nil
	}
}

func isPlainName(text string) bool { return text != "" && isEvery(text, isPlainCharacter) }

func isEvery(text string, is func(r rune) bool) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !is(r) }) < 0
}

func isPlainCharacter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.' || unicode.Is(unicode.Nd, r)
}

// isLocalCharacter: re's \w is str.isalnum or "_", which is letters and
// whatever counts as a number.
func isLocalCharacter(r rune) bool {
	return r == '-' || r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

// NonLocalName is BaseChannelLayer.non_local_name: a process-local name up to
// its first "!", which is included; another name as it is.
func NonLocalName(name string) string {
	if i := strings.IndexByte(name, '!'); i >= 0 {
		return name[:i+1]
	}
	return name
}

// IsLocal reports whether a channel is process-local.
func IsLocal(name string) bool { return strings.Contains(name, "!") }
