package redisuser

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
)

// Spec says what layer a user is for.
type Spec struct {
	// Backend is channelconfig.Core or channelconfig.PubSub.
	Backend channelconfig.Backend
	// Prefix is CONFIG's, "asgi" unless it says otherwise.
	Prefix string
	// Database is the one that the app selects. Redis gives no rights by database:
	// for another one than 0 the user may SELECT.
	Database int64
	// Flush permits flush() of the core layer, which deletes every key that begins
	// with the prefix. That of pub/sub sends nothing.
	Flush bool
	// Channels are the channels beside those that layers make up by themselves:
	// what runworker listens to, or new_channel() is given as a prefix. A name that
	// ends in "*" stands for all that begin so.
	Channels []string
	// Checks permits what the check of a layer asks beyond what the app needs.
	Checks bool
}

// Rule is what a user may do.
type Rule struct {
	// Keys and Channels are patterns as Redis reads them, without "~" and "&".
	Keys, Channels []string
	// Commands are in lower case, a subcommand as "command|subcommand".
	Commands []string
}

// Commands that the layers send (see package doc).
func coreCommands() []string {
	return []string{
		"zadd", "zcount", "zrem", "zrange", "zremrangebyscore", "zpopmin", "bzpopmin", "del", "expire",
		"eval", "multi", "exec",
	}
}

func pubSubCommands() []string { return []string{"subscribe", "unsubscribe", "publish"} }

// always is what redis-py sends by itself: PING where the URL has
// health_check_interval.
const always = "ping"

// courtesies are what redis-py sends when it connects and needs no layer: 8.1 the
// first, 5 and later the second, whose refusal it ignores but Redis writes into
// its ACL LOG; and the third, without which it does not connect, where a URL has a
// client_name. Redis 7 and later refuse a rule with a subcommand that they do not
// know. They are granted where they can be, and no part of what users are
// compared by.
func courtesies() []string {
	return []string{"client|maint_notifications", "client|setinfo", "client|setname"}
}

// Rule is the rule for the layer. Its parts are sorted.
func (s Spec) Rule() Rule {
	var r Rule
	if s.Backend == channelconfig.PubSub {
		r.Commands = append(pubSubCommands(), always)
		r.Channels = s.patterns("__group__")
		for _, name := range s.Channels {
			// Channels that an app names itself have no prefix (pubsub.py, send).
			r.Channels = append(r.Channels, named("", name))
		}
		if s.Checks {
			r.Commands = append(r.Commands, "eval", "info", "pubsub|channels")
		}
	} else {
		r.Commands = append(coreCommands(), always)
		r.Keys = s.coreKeys()
		if s.Flush {
			r.Commands = append(r.Commands, "keys")
		}
		if s.Checks {
			r.Commands = append(r.Commands, "info")
		}
	}
	if s.Database != 0 {
		r.Commands = append(r.Commands, "select")
	}
	return r.sorted()
}

func (s Spec) coreKeys() []string {
	if s.Flush {
		return []string{literal(s.Prefix) + "*"}
	}
	keys := s.patterns(":group:")
	for _, name := range s.Channels {
		pattern := named(s.Prefix, name)
		keys = append(keys, pattern)
		if !strings.HasSuffix(pattern, "*") {
			// The copies of messages under way (core.py, _backup_channel_name).
			keys = append(keys, pattern+"$inflight")
		}
	}
	return keys
}

// patterns are those of the channels that layers make up, and of the groups.
func (s Spec) patterns(group string) []string {
	return []string{literal(s.Prefix+"specific.") + "*", literal(s.Prefix+group) + "*"}
}

func named(prefix, name string) string {
	if start, all := strings.CutSuffix(name, "*"); all {
		return literal(prefix+start) + "*"
	}
	return literal(prefix + name)
}

// literal is a pattern for a text alone. Glob characters are escaped. What no
// rule can hold (white space; quotes, in a redis.conf) or show is any one byte
// instead.
func literal(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case strings.ContainsRune(`\*?[]`, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == utf8.RuneError:
			b.WriteByte('?')
			if strings.HasPrefix(text[i:], string(utf8.RuneError)) {
				b.WriteString("??")
			}
		case r == ' ' || r == '"' || r == '\'' || !unicode.IsPrint(r):
			b.WriteString(strings.Repeat("?", utf8.RuneLen(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (r Rule) sorted() Rule {
	tidy := func(list []string) []string {
		list = slices.Clone(list)
		slices.Sort(list)
		return slices.Compact(list)
	}
	return Rule{Keys: tidy(r.Keys), Channels: tidy(r.Channels), Commands: tidy(r.Commands)}
}

// Words are the rule as ACL SETUSER takes it behind "reset".
func (r Rule) Words() []string {
	r = r.sorted()
	words := []string{"on", "resetchannels"}
	for _, pattern := range r.Keys {
		words = append(words, "~"+pattern)
	}
	for _, pattern := range r.Channels {
		words = append(words, "&"+pattern)
	}
	words = append(words, "-@all")
	for _, command := range r.Commands {
		words = append(words, "+"+command)
	}
	return words
}

// String is the rule as people read it, and as users are compared by.
func (r Rule) String() string { return strings.Join(r.Words(), " ") }

// attempts are the rule with all courtesies, with fewer, and alone.
func (r Rule) attempts() []Rule {
	var list []Rule
	for more := courtesies(); len(more) > 0; more = more[1:] {
		polite := r
		polite.Commands = slices.Concat(r.Commands, more)
		list = append(list, polite.sorted())
	}
	return append(list, r)
}
