package redisuser_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
)

// reply makes a reply to ACL GETUSER of texts, with lists where Redis 6.2 has
// them.
func reply(lists bool, flags, hash, commands, keys, channels, selectors string) any {
	patterns := func(text string) any {
		if !lists {
			return text
		}
		var list []any
		for _, word := range strings.Split(text, " ") {
			list = append(list, word)
		}
		return list
	}
	return []any{
		"flags", []any{flags, "sanitize-payload"}, "passwords", []any{hash}, "commands", commands,
		"keys", patterns(keys), "channels", patterns(channels), "selectors", []any{[]any{"commands", selectors}},
	}
}

// Whatever a server tells of a user can be shown: it is text, without control
// characters and without the hash of a password.
func FuzzReadUser(f *testing.F) {
	const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	f.Add(false, "on", "-@all +get", "~a*", "&b*", "")
	f.Add(true, "off", "+@all -keys", "a* b*", "b*", "+get ~x")
	f.Add(true, "nopass", "#"+hash, hash, "\xff\x00\x1b[31m", hash)
	f.Add(false, "", " + - -@all", "", "", "")
	f.Fuzz(func(t *testing.T, lists bool, flags, commands, keys, channels, selectors string) {
		for _, value := range []any{reply(lists, flags, hash, commands, keys, channels, selectors), []any{flags, commands}, commands, int64(1), []any{int64(1), nil}} {
			user, ok := redisuser.ReadUser(value)
			if !ok {
				continue
			}
			if strings.Contains(user.Rule, hash) || !utf8.ValidString(user.Rule) || strings.ContainsAny(user.Rule, "\x00\x1b\n\r") {
				t.Errorf("shown as %q", user.Rule)
			}
		}
	})
}
