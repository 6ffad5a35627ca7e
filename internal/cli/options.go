package cli

import (
	"errors"
	"flag"
	"io"
	"strings"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// help is what --help prints.
const help = `Usage: terraform-provider-channels check [flags]

Says which channel layer Django makes of the variables of this process, or of a
.env file, and whether the Redis behind it is ready. Run it where the app runs:
in its container, inside its network. Without --round-trip it changes nothing.

It reads CHANNEL_LAYERS_HOSTS (several hosts, Sentinels), REDIS_URL, REDIS_HOST,
REDIS_PORT and DEBUG. There is no flag for a URL or a password: everybody on the
machine can see the flags of a running program.

What to read:
  --env-file F                 read the variables from a .env file, and from
                               nowhere else; - is standard input
  --backend auto|core|pubsub|in_memory
                               the backend in CHANNEL_LAYERS; auto, the rule of
                               the settings code, is core where REDIS_URL is set
                               or DEBUG is off, else in_memory
  --debug-unset true|false     what the app takes DEBUG for where it is not set
                               (false)
  --prefix P                   the prefix in CONFIG (asgi)
  --redis-version V            the app's version of the package redis (redis-py)
  --channels-redis-version V   the app's version of the package channels_redis
  --requirements F             read the versions from a requirements.txt, the
                               output of pip freeze, a uv.lock or a poetry.lock;
                               the two flags above come first

What to look at:
  --round-trip                 also send messages as the layer does, and receive
                               them, under names of their own that expire
  --group NAME                 how many members a group has
  --channel NAME               how many messages wait in a channel
  --timeout 5s                 how long the check of a Redis may take in all

How to print:
  --json                       one JSON object
  --help                       this text

It exits with
  0  passed, warnings or not
  1  failed: at least one error
  2  undetermined: nothing answered, or a value is not certain; also where the
     flags or a file cannot be read, with a message on standard error

Example:
  docker exec my-app terraform-provider-channels check --group chat_42
`

// options are the command's arguments.
type options struct {
	envFile, requirements string
	group, channel        string
	roundTrip, json       bool
	timeout               time.Duration
	backend               channelconfig.Value[channelconfig.Backend]
	prefix                channelconfig.Value[string]
	// debugUnset is what the app takes DEBUG for where it is not set.
	debugUnset channelconfig.Value[bool]
	// redis and channelsRedis are nil where not given.
	redis, channelsRedis *packages.Version
}

// UsageError says what is wrong with the arguments. It quotes none of them:
// what is not understood may be a password in the wrong place.
type UsageError struct{ Message string }

func (e *UsageError) Error() string { return e.Message }

var errHelp = errors.New("help was asked for")

// longest bounds --timeout.
const longest = 10 * time.Minute

// parseOptions reads the arguments. The error is a [*UsageError] or errHelp.
func parseOptions(args []string) (options, error) {
	o := options{timeout: redisprobe.DefaultTimeout}
	set := flag.NewFlagSet("check", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	var wrong *UsageError
	each := func(name, wants string, take func(text string) bool) {
		set.Func(name, "", func(text string) error {
			if take(text) {
				return nil
			}
			wrong = &UsageError{Message: "--" + name + " takes " + wants + "."}
			return wrong
		})
	}
	o.define(set, each)
	err := set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return options{}, errHelp
	case wrong != nil:
		return options{}, wrong
	case err != nil:
		return options{}, misread(set, err)
	case set.NArg() > 0:
		return options{}, &UsageError{Message: "there is an argument that is no flag; check takes flags only, see --help. " + noSecrets}
	}
	return o, nil
}

// define defines the flags. Each take function reports whether it understood.
func (o *options) define(set *flag.FlagSet, each func(name, wants string, take func(text string) bool)) {
	set.BoolVar(&o.json, "json", false, "")
	set.BoolVar(&o.roundTrip, "round-trip", false, "")
	each("env-file", "the name of a file", notEmpty(&o.envFile))
	each("requirements", "the name of a file", notEmpty(&o.requirements))
	each("group", "the name of a group: ASCII letters, digits, hyphens, underscores and periods, fewer than 100", func(text string) bool {
		o.group = text
		return channellayer.CheckGroupName(text) == nil
	})
	each("channel", "the name of a channel, such as chat.worker or specific.0123abcd!", func(text string) bool {
		o.channel = text
		return channellayer.CheckChannelName(text) == nil
	})
	each("prefix", "text in UTF-8", func(text string) bool {
		o.prefix = channelconfig.Known(text)
		return strings.ToValidUTF8(text, "") == text
	})
	each("timeout", "a time of at most 10m, such as 5s", func(text string) bool {
		d, err := time.ParseDuration(text)
		o.timeout = d
		return err == nil && d > 0 && d <= longest
	})
	each("backend", "auto, core, pubsub or in_memory", func(text string) bool {
		backend, ok := channelconfig.BackendNamed(text)
		o.backend = channelconfig.Known(backend)
		return ok
	})
	each("debug-unset", "true or false", func(text string) bool {
		o.debugUnset = channelconfig.Known(text == "true")
		return text == "true" || text == "false"
	})
	each("redis-version", "a version, such as 7.4.1", version(&o.redis))
	each("channels-redis-version", "a version, such as 4.3.0", version(&o.channelsRedis))
}

func notEmpty(into *string) func(text string) bool {
	return func(text string) bool {
		*into = text
		return text != ""
	}
}

func version(into **packages.Version) func(text string) bool {
	return func(text string) bool {
		v, err := packages.ParseVersion(text)
		*into = &v
		return err == nil
	}
}

const noSecrets = "A URL comes in the variable REDIS_URL or in a file (--env-file), because everybody on the machine can see the arguments of a program."

// misread says what package flag did not understand, without what it quotes.
func misread(set *flag.FlagSet, err error) *UsageError {
	const undefined, lacking = "flag provided but not defined: -", "flag needs an argument: -"
	text := err.Error()
	if name, ok := strings.CutPrefix(text, lacking); ok && set.Lookup(name) != nil {
		return &UsageError{Message: "--" + name + " needs a value, see --help."}
	}
	name, ok := strings.CutPrefix(text, undefined)
	switch {
	case !ok:
		return &UsageError{Message: "a flag has a value that it does not take, or is not written as one, see --help."}
	case isSecretName(name):
		return &UsageError{Message: "there is no flag for a URL or a password. " + noSecrets}
	}
	message := "there is a flag that check does not have, see --help."
	if near := nearest(set, name); near != "" {
		message += " Is it --" + near + " that was meant?"
	}
	return &UsageError{Message: message}
}

// isSecretName reports a flag that others have for a secret.
func isSecretName(name string) bool {
	for _, part := range []string{"url", "pass", "auth", "://", "secret", "dsn"} {
		if strings.Contains(strings.ToLower(name), part) {
			return true
		}
	}
	return false
}

// nearest is the flag whose name begins most like this one, "" if none does.
func nearest(set *flag.FlagSet, name string) string {
	const least = 3
	plain := func(text string) string { return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(text)) }
	found, most := "", least-1
	set.VisitAll(func(f *flag.Flag) {
		n := common(plain(f.Name), plain(name))
		if n > most || n == most && n >= least && len(f.Name) < len(found) {
			found, most = f.Name, n
		}
	})
	return found
}

// common is how many bytes two texts begin with alike.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
