package redisprobe

import (
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// aclUser is what ACL GETUSER tells of a user, but for passwords.
type aclUser struct {
	commands, keys, channels []string
	// selectors: there are more rules than these (Redis 7).
	selectors bool
	// anyChannel: the server has no rules for channels (before 6.2).
	anyChannel bool
}

// Bounds of what is read: rules beyond them are not.
const (
	maxRuleText = 64 << 10
	maxRules    = 4096
)

// readUser reads the reply of ACL GETUSER, of which 6.x gives the patterns as
// lists and later ones as text. ok is false for any other reply.
func readUser(cmd *redis.Cmd) (user aclUser, ok bool) {
	if cmd == nil || cmd.Err() != nil {
		return aclUser{}, false
	}
	fields, isList := cmd.Val().([]any)
	if !isList || len(fields)%2 != 0 || len(fields) > 64 {
		return aclUser{}, false
	}
	seen := map[string]bool{}
	for i := 0; i < len(fields); i += 2 {
		name, _ := fields[i].(string)
		seen[name] = true
		switch name {
		case "commands":
			user.commands = ruleWords(fields[i+1])
		case "keys":
			user.keys = ruleWords(fields[i+1])
		case "channels":
			user.channels = ruleWords(fields[i+1])
		case "selectors":
			list, isList := fields[i+1].([]any)
			user.selectors = !isList || len(list) > 0
		}
	}
	user.anyChannel = !seen["channels"]
	return user, seen["commands"] && seen["keys"]
}

// ruleWords are the rules in a text or a list. Too much of it is none at all,
// and one that is not text makes the rest unreadable.
func ruleWords(value any) []string {
	switch v := value.(type) {
	case string:
		if len(v) > maxRuleText {
			return []string{unreadableRule}
		}
		return strings.Fields(v)
	case []any:
		var words []string
		for _, item := range v {
			word, ok := item.(string)
			if !ok || len(words) >= maxRules || len(word) > maxRuleText {
				return []string{unreadableRule}
			}
			words = append(words, word)
		}
		return words
	default:
		return []string{unreadableRule}
	}
}

// unreadableRule leaves every verdict open: no rule looks like it.
const unreadableRule = "?"

// categories of the commands that a layer sends, the same from Redis 6.0 to 8
// and in Valkey to 9.1 (COMMAND INFO). @fast and @slow moved between versions
// and are left out.
var categories = map[string][]string{
	"zadd":             {"write", "sortedset"},
	"zcount":           {"read", "sortedset"},
	"zrem":             {"write", "sortedset"},
	"zrange":           {"read", "sortedset"},
	"zremrangebyscore": {"write", "sortedset"},
	"zpopmin":          {"write", "sortedset"},
	"bzpopmin":         {"write", "sortedset", "blocking"},
	"del":              {"keyspace", "write"},
	"expire":           {"keyspace", "write"},
	"eval":             {"scripting"},
	"multi":            {"transaction"},
	"exec":             {"transaction"},
	"subscribe":        {"pubsub"},
	"unsubscribe":      {"pubsub"},
	"publish":          {"pubsub"},
}

// allows is what the rules, applied in their order, say of a command.
func (u aclUser) allows(command string) verdict {
	result := no
	for _, rule := range u.commands {
		sign, name := rule[:min(1, len(rule))], strings.ToLower(rule[min(1, len(rule)):])
		given := no
		if sign == "+" {
			given = yes
		}
		category, isCategory := strings.CutPrefix(name, "@")
		switch {
		case sign != "+" && sign != "-":
			return unsure
		case isCategory && category == "all", name == command,
			isCategory && slices.Contains(categories[command], category):
			result = given
		case isCategory && (category == "fast" || category == "slow") && result != given:
			result = unsure
		}
	}
	return u.unlessSelected(result)
}

// unlessSelected: what the first rules refuse, a selector may grant.
func (u aclUser) unlessSelected(v verdict) verdict {
	if u.selectors && v == no {
		return unsure
	}
	return v
}

// reaches is what the patterns say of the names that begin with a text.
func (u aclUser) reaches(start string, patterns []string, sigil string) verdict {
	result := no
	for _, pattern := range patterns {
		flags, rest, tagged := strings.Cut(pattern, sigil)
		switch {
		case pattern == unreadableRule:
			return unsure
		case tagged && flags == "", tagged && strings.EqualFold(flags, "%RW"):
			pattern = rest
		case tagged && strings.HasPrefix(flags, "%"):
			if !excludes(rest, start) {
				result = unsure
			}
			continue
		}
		switch {
		case covers(pattern, start):
			return yes
		case !excludes(pattern, start):
			result = unsure
		}
	}
	return u.unlessSelected(result)
}

// covers reports a pattern that matches every name that begins so.
func covers(pattern, start string) bool {
	literal, ok := strings.CutSuffix(pattern, "*")
	return ok && !strings.ContainsAny(literal, `*?[\`) && strings.HasPrefix(start, literal)
}

// excludes reports a pattern that matches no name that begins so.
func excludes(pattern, start string) bool {
	literal := pattern
	if i := strings.IndexAny(pattern, `*?[\`); i >= 0 {
		literal = pattern[:i]
		return !strings.HasPrefix(literal, start) && !strings.HasPrefix(start, literal)
	}
	return !strings.HasPrefix(literal, start)
}

// consult settles with the user's rules what is still open.
func (r *rights) consult(cmd *redis.Cmd, layer Layer) {
	user, ok := readUser(cmd)
	if !ok {
		return
	}
	for command, v := range r.commands {
		if v == unsure {
			r.commands[command] = user.allows(command)
		}
	}
	patterns, sigil := user.keys, "~"
	if layer.isPubSub() {
		patterns, sigil = user.channels, "&"
	}
	for at, v := range r.places {
		switch {
		case v != unsure:
		case layer.isPubSub() && user.anyChannel:
			r.places[at] = yes
		default:
			r.places[at] = user.reaches(layer.start(at), patterns, sigil)
		}
	}
	if r.places[group] != unsure {
		r.narrower = false
	}
}
