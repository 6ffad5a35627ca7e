package redisuser

import (
	"context"
	"errors"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// save keeps the users of every host over a restart. ACL SAVE writes all users as
// they are, not only this one: so does Redis, and there is no other way.
// removed is set where the user is gone, which what is not saved forgets.
func (m Manager) save(ctx context.Context, persist Persist, removed bool) []Sight {
	if persist == PersistNone {
		return nil
	}
	return m.each(ctx, func(ctx context.Context, _ int, v *visit) { v.save(ctx, persist, removed) })
}

func (v *visit) save(ctx context.Context, persist Persist, removed bool) {
	err := v.run(ctx, "ACL", "SAVE")
	if err == nil {
		return
	}
	noFile := strings.Contains(textOf(err), "not configured to use an ACL file")
	if noFile && persist == PersistConfig {
		// With an ACL file Redis leaves users out of redis.conf.
		if err = v.run(ctx, "CONFIG", "REWRITE"); err == nil {
			return
		}
		noFile = strings.Contains(textOf(err), "without a config file")
	}
	var refused *channellayer.ReplyError
	severity := finding.Error
	if persist == PersistAuto {
		severity = finding.Warning
	}
	switch {
	case noFile && removed:
		// Where users are not saved none comes back.
	case !errors.As(err, &refused):
		v.fail(v.interrupted().WithSeverity(severity))
	case noFile && persist == PersistConfig:
		v.fail(v.notPersistent(severity, "It runs without an ACL file and without a configuration file, so that there is nothing to save users in."))
	case noFile:
		v.fail(v.notPersistent(severity, "It has no ACL file."))
	case kindOf(refused.Text) == kindFailed:
		state := " has the user "
		if removed {
			state = " has removed the user "
		}
		v.fail(docNotSaved.New(setting, v.address()+state+v.m.Name+", and could not write its users down: it answered with the error "+refused.Code()+".").
			WithSeverity(severity))
	case removed:
		v.fail(docNotSaved.New(setting, v.address()+" has removed the user "+v.m.Name+", and may have it again after a restart: "+
			"the provider may not save its users there (error "+refused.Code()+").").WithSeverity(severity).WithFix(mayNotSave))
	default:
		v.fail(v.notPersistent(severity, "The provider may not save its users there (error "+refused.Code()+"), and whether somebody else does is not known.").
			WithFix(mayNotSave))
	}
}

// mayNotSave is what to do where the provider may not save users.
const mayNotSave = "Grant +acl (and for persist = \"config\" +config|rewrite) to the user that the provider connects as, or say persist = \"none\" where users are saved by other means."

func (v *visit) notPersistent(severity finding.Severity, why string) finding.Finding {
	return docNotPersistent.New(setting, v.address()+" forgets the user "+v.m.Name+" when it restarts. "+why).WithSeverity(severity)
}

// run runs a command; the error is a [*channellayer.ReplyError] for a refusal.
func (v *visit) run(ctx context.Context, words ...any) error {
	replies, err := v.conn.Exchange(ctx, words)
	if err != nil {
		return err
	}
	return replies[0].Err
}

func textOf(err error) string {
	var refused *channellayer.ReplyError
	if errors.As(err, &refused) {
		return refused.Text
	}
	return ""
}
