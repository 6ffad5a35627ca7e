package redisuser

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// User is what ACL GETUSER tells.
type User struct {
	// Rule is in the form of [Rule.String]; what our rules never have stands in it
	// too, so that it differs.
	Rule string
	// hashes are those of the passwords, in the order in which they were added.
	hashes []secret.String
}

// Passwords is how many there are.
func (u User) Passwords() int { return len(u.hashes) }

// Takes reports whether the user logs in with a password.
func (u User) Takes(password secret.String) bool { return slices.Contains(u.hashes, hashOf(password)) }

// NewPassword makes one of 130 random bits, in capitals and digits: no URL, shell
// or .env file reads those as anything else.
func NewPassword() secret.String { return secret.New(rand.Text()) }

// hashOf is the hash that Redis keeps of a password (acl.c, ACLHashPassword).
func hashOf(password secret.String) secret.String {
	sum := sha256.Sum256([]byte(password.Reveal()))
	return secret.New(hex.EncodeToString(sum[:]))
}

// Bounds of what is read of a user.
const (
	maxFields = 64
	maxWords  = 4096
	maxText   = 64 << 10
)

// readUser reads the reply to ACL GETUSER, of which Redis 6.x gives the patterns
// as lists without sigils, later ones as text. ok is false for another reply, nil
// for a user that there is not.
func readUser(value any) (user *User, ok bool) {
	if value == nil {
		return nil, true
	}
	fields, isList := value.([]any)
	if !isList || len(fields)%2 != 0 || len(fields) > maxFields {
		return nil, false
	}
	told := map[string]any{}
	for i := 0; i < len(fields); i += 2 {
		name, _ := fields[i].(string)
		told[name] = fields[i+1]
	}
	for _, name := range []string{"flags", "passwords", "commands", "keys", "channels"} {
		if _, there := told[name]; !there {
			return nil, false // Redis before 6.2 has no channels
		}
	}
	user = &User{}
	for _, hash := range words(told["passwords"]) {
		user.hashes = append(user.hashes, secret.New(hash))
	}
	user.Rule = user.shown(readRule(told))
	return user, true
}

// shown is a text of the server as it may be shown: patterns are bytes, and no
// server is trusted to keep the hash of a password to itself.
func (u User) shown(text string) string {
	for _, hash := range u.hashes {
		if !hash.IsEmpty() {
			text = strings.ReplaceAll(text, hash.Reveal(), secret.Redacted)
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// readRule writes what was told as [Rule.Words] writes a rule.
func readRule(told map[string]any) string {
	flags := words(told["flags"])
	parts := []string{"off"}
	if slices.Contains(flags, "on") {
		parts[0] = "on"
	}
	for _, flag := range flags {
		if flag == "nopass" || flag == "skip-sanitize-payload" {
			parts = append(parts, flag)
		}
	}
	parts = append(parts, "resetchannels")
	parts = append(parts, patterns("~", told["keys"])...)
	parts = append(parts, patterns("&", told["channels"])...)
	parts = append(parts, commands(words(told["commands"]))...)
	// Valkey 9.1 limits databases, Redis 7 and later have more rules beside the first.
	if databases, told := told["databases"]; told && !slices.Equal(words(databases), []string{"alldbs"}) {
		parts = append(parts, "(databases: "+strings.Join(words(databases), " ")+")")
	}
	if selectors := flatten(told["selectors"]); len(selectors) > 0 {
		parts = append(parts, "(selectors: "+strings.Join(selectors, " ")+")")
	}
	return strings.Join(parts, " ")
}

// longestRule is how much of a rule is shown that is not the one we gave.
const longestRule = 8 << 10

// hashLike is what may be the hash of a password.
var hashLike = regexp.MustCompile(`[0-9a-fA-F]{64}`)

// shown is a rule that Redis told, for people and the state, where it is not the
// one that we gave: text of another machine, without what it might have learned
// from us, and without what a terminal would obey.
func shown(rule, given string, secrets ...secret.String) string {
	if rule == given {
		return rule
	}
	rule = hashLike.ReplaceAllStringFunc(rule, func(text string) string {
		if strings.Contains(given, text) {
			return text
		}
		return secret.Redacted
	})
	for _, s := range secrets {
		if !s.IsEmpty() {
			rule = strings.ReplaceAll(rule, s.Reveal(), secret.Redacted)
		}
	}
	var b strings.Builder
	for i, r := range rule {
		switch {
		case b.Len() >= longestRule:
			return b.String() + "..."
		case r == utf8.RuneError || !unicode.IsPrint(r):
			fmt.Fprintf(&b, "\\x%02x", rule[i])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// patterns are the patterns with their sigil, sorted.
func patterns(sigil string, value any) []string {
	_, bare := value.([]any)
	var list []string
	for _, word := range words(value) {
		if bare {
			word = sigil + word
		}
		list = append(list, word)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// commands are the rules of commands in the order of [Rule.Words], as far as
// they are commands added to none; others as they are.
func commands(rules []string) []string {
	granted := map[string]bool{}
	for _, rule := range rules {
		name := rule[min(1, len(rule)):]
		switch {
		case rule == "-@all":
			clear(granted)
		case strings.Contains(name, "@") || name == "":
			return rules
		case rule[0] == '+':
			granted[name] = true
		case rule[0] == '-':
			delete(granted, name)
		default:
			return rules
		}
	}
	for _, name := range courtesies() {
		delete(granted, name)
	}
	list := []string{"-@all"}
	for name := range granted {
		list = append(list, "+"+name)
	}
	slices.Sort(list[1:])
	return list
}

// words are the words of a text, or the texts of a list.
func words(value any) []string {
	switch v := value.(type) {
	case string:
		// Redis separates with spaces alone; a pattern may have others of Unicode.
		return strings.FieldsFunc(v[:min(len(v), maxText)], func(r rune) bool { return r == ' ' })
	case []any:
		var list []string
		for _, item := range v[:min(len(v), maxWords)] {
			if word, ok := item.(string); ok && len(word) <= maxText {
				list = append(list, word)
			}
		}
		return list
	default:
		return nil
	}
}

// flatten are the texts in a value, however deep.
func flatten(value any) []string {
	list, isList := value.([]any)
	if !isList {
		return words(value)
	}
	var found []string
	for _, item := range list[:min(len(list), maxWords)] {
		found = append(found, flatten(item)...)
	}
	return found
}
