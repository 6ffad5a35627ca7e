package render

import (
	"errors"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// Docs document the findings that [FindingOf] makes.
func Docs() []finding.Doc {
	return []finding.Doc{dotenvMisread, optionNotSupported, valueNotRenderable}
}

var dotenvMisread = finding.Doc{
	ID:       "dotenv/misread",
	Title:    "A .env file cannot carry this value to every reader",
	Severity: finding.Info,
	Why: "The readers of .env files disagree about quotes, `#`, `$`, backslashes and white space. " +
		"A value with such a character arrives whole in one place and cut off or changed in the next, so the output `dotenv` is null rather than a text that works only for some.",
	Django: "Depending on who reads the file, Django gets another value than was meant: a shorter password, another host. The output `environment`, a map, is not affected.",
	Fix:    "Build the URL with provider::channels::build_url, which percent-encodes such characters, or use the output environment.",
	Since:  "0.1.0",
	Sources: []string{
		"https://github.com/motdotla/dotenv#comments",
		"https://docs.docker.com/reference/cli/docker/container/run/#env",
	},
}

var optionNotSupported = finding.Doc{
	ID:       "config/option-not-supported",
	Title:    "The backend does not take this option",
	Severity: finding.Error,
	Why:      "Each layer class has options of its own. An option of another class stops the app or, worse, does nothing.",
	Django: "`channels_redis.core` raises `TypeError: unexpected keyword argument` at the first use of the layer. " +
		"`channels_redis.pubsub` takes any option and ignores those it does not know.",
	Fix:     "Remove the option, or choose the backend that has it.",
	Since:   "0.1.0",
	Sources: []string{"https://github.com/django/channels_redis#configuration"},
}

var valueNotRenderable = finding.Doc{
	ID:       "config/value",
	Title:    "A setting cannot reach the app as it is",
	Severity: finding.Error,
	Why: "Encryption keys travel in one environment variable that separates them by commas, and patterns of capacities are the keys of a Python dict. " +
		"An empty key, a key with a comma or the same pattern twice would arrive as something else.",
	Django: "With an empty or a split key the app encrypts with another key than was meant, and processes with the right one cannot read its messages (`InvalidToken`). A repeated pattern replaces the first one's capacity.",
	Fix:    "Correct the value; for keys, for example, generate random text of letters and digits.",
	Since:  "0.1.0",
}

// FindingOf is the finding of an error of this package; not ok for other
// errors.
func FindingOf(err error) (_ finding.Finding, ok bool) {
	var dotenv *DotEnvError
	var option *OptionError
	var value *ValueError
	switch {
	case errors.As(err, &dotenv):
		f := dotenvMisread.New("", "The output dotenv is null: "+dotenv.Error()+".")
		if dotenv.Reason == NameInvalid || dotenv.Reason == NameReserved || dotenv.Reason == NameRepeated {
			f = f.WithFix("Choose another name for the variable in variables.")
		}
		return f, true
	case errors.As(err, &option):
		f := optionNotSupported.New(option.Setting, option.Error()+".")
		if option.Effect == Ignores {
			f.Detail += " Nothing would say so: the option has no effect."
		}
		return f, true
	case errors.As(err, &value):
		return valueNotRenderable.New(value.Setting, value.Error()+". "+value.consequence()), true
	default:
		return finding.Finding{}, false
	}
}
