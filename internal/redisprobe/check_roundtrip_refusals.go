package redisprobe

import (
	"context"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
)

// rejection is a command that the server answered with an error.
type rejection struct {
	call call
	// text is the server's; "" for a reply that has not the command's form. It is
	// never told.
	text string
	// appToo: a name as the app makes them was refused as well.
	appToo bool
}

// tripCodes are the errors that have a meaning of their own, by the first word.
// A script puts it behind a hyphen, on Redis before 7.
var tripCodes = []string{"READONLY", "OOM", "MISCONF", "NOREPLICAS", "CROSSSLOT", "MOVED", "ASK", "CLUSTERDOWN", "NOPERM"}

// code is the error's, "" for one without a meaning of its own.
func (r rejection) code() string {
	for _, code := range tripCodes {
		if strings.HasPrefix(r.text, code+" ") || strings.HasPrefix(r.text, "ERR ") && strings.Contains(r.text, " -"+code+" ") {
			return code
		}
	}
	switch {
	case strings.Contains(r.text, "non local key"), strings.Contains(r.text, "hash to the same slot"):
		return "CROSSSLOT"
	case strings.Contains(r.text, "user executing the script can't"), strings.Contains(r.text, "ACL failure in script"):
		return "NOPERM"
	}
	return ""
}

// denial is what an ACL refuses.
type denial int

const (
	deniedNothing denial = iota
	deniedCommand
	deniedKey
	deniedChannel
)

// denied reads what Redis 6.0 to 8 and Valkey say of it. Keys and channels come
// first: what is said of them names the command's arguments.
func (r rejection) denied() denial {
	switch {
	case r.code() != "NOPERM":
		return deniedNothing
	case strings.Contains(r.text, "one of the keys"), strings.Contains(r.text, " a key"):
		return deniedKey
	case strings.Contains(r.text, "one of the channels"), strings.Contains(r.text, " a channel"):
		return deniedChannel
	default:
		return deniedCommand
	}
}

// step says which step of which operation it was.
func (r rejection) step() string {
	name := r.call.command.Name()
	if r.call.operation == operationCleanup || r.call.operation == operationLogin {
		return name + " (" + r.call.operation + ")"
	}
	return name + " (in " + r.call.operation + "())"
}

// refusal is the problem of a refused command, nil if it is none.
func (t *trip) refusal(ctx context.Context, r rejection) *problem {
	a := t.a
	if r.call.operation == operationCleanup {
		if slices.ContainsFunc(a.result.notes, func(note *problem) bool { return note.doc.ID == docTripLeftovers.ID }) {
			return nil
		}
		a.note(wrong(docTripLeftovers, "Redis at "+a.address()+" refused to delete the check's own keys, which expire within 30 seconds.", ""))
		return nil
	}
	observed := "Redis at " + a.address() + " refused " + r.step()
	switch r.code() {
	case "READONLY":
		return wrong(docReplica, observed+": it is a replica.", t.raises(r, "ReadOnlyError"))
	case "OOM":
		return wrong(docMemoryFull, observed+": its memory is used up.", t.raises(r, "OutOfMemoryError, or ResponseError"))
	case "MISCONF":
		p := wrong(docDiskError, observed+": it cannot save its data.", t.raises(r, "ResponseError"))
		p.transient = true
		return p
	case "NOREPLICAS":
		p := wrong(docNotEnoughReplicas, observed+": too few replicas are connected.", t.raises(r, "ResponseError"))
		p.transient = true
		return p
	case "CROSSSLOT", "MOVED", "ASK", "CLUSTERDOWN":
		return wrong(docCluster, observed+": it is part of a Cluster.", t.raises(r, "ResponseError, or one of its kinds,"))
	case "NOPERM":
		return t.denial(ctx, r, observed)
	}
	switch kindOf(r.text) {
	case refusalBusy, refusalLoading, refusalTooManyClients, refusalProtected, refusalNoAuth:
		return a.judgeRefusal(StageRoundTrip, r.text)
	case refusalUnknownCommand:
		return wrong(docTripRefused, observed+": it does not know the command.", t.raises(r, "ResponseError"))
	default:
		return wrong(docTripRefused, observed+" with an error that is not shown here.", t.raises(r, "ResponseError"))
	}
}

// raises is what the app sees.
func (t *trip) raises(r rejection, exception string) string {
	where := "in " + r.call.operation + "()"
	if r.call.operation == operationLogin {
		where = "when it connects"
	}
	return t.a.client() + " raises " + exception + " " + where + "."
}

// denial is what the user may not do: a command, or names. Groups have names of
// the app's own, so that a pattern may fit those and not the check's.
func (t *trip) denial(ctx context.Context, r rejection, observed string) *problem {
	a := t.a
	what := r.denied()
	if what == deniedCommand {
		name := strings.ToLower(r.call.command.Name())
		p := wrong(docMissingCommands, observed+": the user may not run it.", t.raises(r, "NoPermissionError"))
		p.fix = a.grant(nil, []string{name})
		if r.call.command.Name() == "EVAL" && strings.Contains(r.text, "script") {
			p.observed = observed + ": the user may not run a command of its script."
			p.fix = a.grant(nil, r.scriptCommands())
		}
		return p
	}
	if !r.call.group && !r.appToo && what == deniedKey {
		r.appToo = t.refusesApp(ctx)
	}
	if r.call.group || !r.appToo {
		p := &problem{doc: docTripNotTried, undetermined: true}
		p.observed = observed + ": the user may not use the name that the check made up. If its patterns name those of the app, all is well."
		p.fix = a.grant(a.patterns(map[place]verdict{specific: no, group: no}), nil)
		return p
	}
	p := wrong(docMissingKeys, observed+": the user may not use the keys of the layer.", t.raises(r, "NoPermissionError"))
	if what == deniedChannel {
		p = wrong(docMissingChannels, observed+": the user may not use the channels of the layer.",
			"The app receives nothing: the layer only logs NoPermissionError for each subscription that Redis refuses. Sending raises it.")
	}
	p.fix = a.grant(a.patterns(map[place]verdict{specific: no, group: no}), nil)
	return p
}

// scriptCommands are those of the layer's script that was refused; one where the
// server names it.
func (r rejection) scriptCommands() []string {
	commands := []string{"zrange", "zadd", "del"}
	if r.call.operation == operationGroupSend {
		commands = []string{"zcount", "zadd", "expire"}
	}
	for _, command := range commands {
		if strings.Contains(r.text, "'"+command+"'") {
			return []string{command}
		}
	}
	return commands
}

// appLikeName is a process as the app makes them, and nobody's: 32 hexadecimal
// digits.
func appLikeName() string { return tripName() + tripName()[:32-2*nameBytes] }

// refusesApp reports whether a key as the app makes them is refused as well. It
// only looks at one that nobody has.
func (t *trip) refusesApp(ctx context.Context) bool {
	key := t.a.request.layer().start(specific) + appLikeName() + "!"
	replies, err := t.main.Exchange(ctx, core.Count(key))
	if err != nil || len(replies) != 1 || replies[0].Err == nil {
		return false
	}
	r := rejection{call: call{command: channellayer.Command{"ZCOUNT"}}, text: errorText(replies[0].Err)}
	return r.denied() == deniedKey
}
