package redisuser

import (
	"errors"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// kind is what an error reply to an ACL command means. Its text is the server's
// and may quote what it was sent: nothing of it is shown.
type kind int

const (
	kindFailed kind = iota
	kindNotPermitted
	kindUnknown
	kindRule
)

func kindOf(text string) kind {
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(text, "NOPERM"):
		return kindNotPermitted
	case strings.Contains(lower, "error in acl setuser modifier"):
		return kindRule
	}
	for _, known := range []string{
		"unknown command", "unknown subcommand", "unsupported command", "command not found", "not supported",
		"wrong number of arguments", "not allowed", "is disabled",
	} {
		if strings.Contains(lower, known) {
			return kindUnknown
		}
	}
	return kindFailed
}

// refused is the finding of an error reply to ACL with a subcommand.
func (v *visit) refused(subcommand string, err error) finding.Finding {
	var reply *channellayer.ReplyError
	if !errors.As(err, &reply) {
		return v.interrupted()
	}
	rule := "ACL SETUSER " + v.m.Name + " reset >PASSWORD " + v.m.Rule.String()
	switch kindOf(reply.Text) {
	case kindNotPermitted:
		return docRefused.New(setting, v.address()+" does not permit ACL "+subcommand+" to the user that the provider connects as.").
			WithFix("Connect as an administrator in redis_url, or grant +acl to this user. " + managed + " The rule: " + v.m.Rule.String())
	case kindUnknown:
		return docUnknown.New(setting, v.address()+" does not know ACL "+subcommand+", which makes users of Redis 6.2 and later.").
			WithFix(managed + " The rule: " + v.m.Rule.String())
	case kindRule:
		return docRule.New(setting, v.address()+" does not take the rule of the user "+v.m.Name+v.blamed(reply.Text)+". Nothing was changed there.")
	default:
		return v.unlike(subcommand, "with the error "+reply.Code()).
			WithFix("See the log of Redis. By hand the user is made, as an administrator, with: " + rule)
	}
}

// blamed is the part of the rule that Redis names, if it is one of ours: a hash
// of a password is none.
func (v *visit) blamed(text string) string {
	for _, word := range v.m.Rule.Words() {
		if strings.Contains(text, "modifier '"+word+"'") {
			return ", because of " + word
		}
	}
	return ""
}

// unlike is the finding of an answer that Redis does not give.
func (v *visit) unlike(subcommand, how string) finding.Finding {
	return docUnknown.New(setting, v.address()+" answered to ACL "+subcommand+" about the user "+v.m.Name+" "+how+".").
		WithFix(managed + " The rule: " + v.m.Rule.String())
}

func (v *visit) interrupted() finding.Finding {
	return docInterrupted.New(setting, "The connection to "+v.address()+" ended before the answer about the user "+v.m.Name+" was there.")
}

func (v *visit) address() string { return redisprobe.AddressOf(v.host) }
