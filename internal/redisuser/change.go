package redisuser

import (
	"context"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Passwords says which passwords the user shall have.
type Passwords struct {
	// Current is the one that apps use from now on. Empty leaves those that the
	// user has, which a user that is made anew must not.
	Current secret.String
	// OnlyIfNew leaves those of a user that has some and does not take the current
	// one: nobody asked for a change of it.
	OnlyIfNew bool
	// Before is the one that apps have used until now, where it is known.
	Before secret.String
	// Keep leaves the one before valid, beside the current one.
	Keep bool
}

// hashes are those that a user shall have who has these now.
func (p Passwords) hashes(now []secret.String) []secret.String {
	current := hashOf(p.Current)
	if p.Current.IsEmpty() || p.OnlyIfNew && len(now) > 0 && !slices.Contains(now, current) {
		if p.Keep {
			return now[max(0, len(now)-2):]
		}
		return now[max(0, len(now)-1):]
	}
	if !p.Keep {
		return []secret.String{current}
	}
	before := hashOf(p.Before)
	at := slices.Index(now, current)
	switch {
	case !p.Before.IsEmpty() && before != current && slices.Contains(now, before):
		return []secret.String{before, current}
	case at > 0:
		return []secret.String{now[at-1], current}
	case at < 0 && len(now) > 0:
		return []secret.String{now[len(now)-1], current}
	default:
		return []secret.String{current}
	}
}

// Persist says how a user is kept over a restart of Redis.
type Persist int

const (
	// PersistAuto saves the ACL file if there is one.
	PersistAuto Persist = iota
	// PersistACLFile fails where there is none.
	PersistACLFile
	// PersistConfig rewrites redis.conf where there is no ACL file.
	PersistConfig
	// PersistNone leaves it to somebody else.
	PersistNone
)

// Result is what came of a change.
type Result struct {
	// Sights are what the user is now, host by host.
	Sights []Sight
	// Done says that every host has the change. What could not be saved is in the
	// findings, and has been changed all the same.
	Done bool
	// Valid says that every host takes the current password, even where not every
	// one has all of the change.
	Valid bool
	// Findings are everything there is to say.
	Findings []finding.Finding
	// Canceled says that the caller's context ended first.
	Canceled bool
}

// Create makes a user that there is not. If it fails on one of the hosts, it is
// removed from the others again.
func (m Manager) Create(ctx context.Context, passwords Passwords, persist Persist) Result {
	before := m.Look(ctx)
	if r, stop := ended(before); stop {
		return r
	}
	if there := m.existing(before); there != nil {
		return Result{Sights: before, Findings: there}
	}
	r := m.finish(ctx, m.put(ctx, before, passwords), persist, false)
	saved := r.Done
	if r.Done && !hasError(r.Findings) && !r.Canceled {
		return r
	}
	// A user that the state knows nothing of must not be left behind.
	r.Done = false
	partly := func(f finding.Finding) bool { return f.ID == docSomeHosts.ID }
	if said := slices.IndexFunc(r.Findings, partly); said >= 0 {
		r.Findings[said].Detail += " It was removed again where it was made."
	}
	if left := m.undo(context.WithoutCancel(ctx), r.Sights, saved, persist); left != nil {
		r.Findings = append(left, slices.DeleteFunc(r.Findings, partly)...)
	}
	return r
}

// existing is the finding about a user that is there already, nil if there is none.
func (m Manager) existing(before []Sight) []finding.Finding {
	there := addresses(before, func(s Sight) bool { return s.User != nil })
	if len(there) == 0 {
		return nil
	}
	return []finding.Finding{
		docExists.New(setting, "There is a user "+m.Name+" at "+list(there)+" that this resource did not make. Nothing was changed.").
			WithFix("Import it: terraform import ADDRESS " + m.Name + ", after which plan shows what would change. Or choose another name."),
	}
}

// Foresee is what Redis says now that Create would fail over. What keeps it from
// being asked is none of it.
func (m Manager) Foresee(ctx context.Context) []finding.Finding {
	sights := m.Glance(ctx)
	var found []finding.Finding
	for _, f := range Findings(sights) {
		if f.Setting == setting && f.ID != docInterrupted.ID && f.ID != finding.IDCrashed {
			found = append(found, f)
		}
	}
	return append(found, m.existing(sights)...)
}

// Update gives the user this rule and these passwords, and makes it where there
// is none. Where passwords are replaced on several hosts, the new one is valid on
// all of them before the old one ends on the first.
func (m Manager) Update(ctx context.Context, passwords Passwords, persist Persist) Result {
	before := m.Look(ctx)
	if r, stop := ended(before); stop {
		return r
	}
	if foreign := m.foreign(before, passwords.Before, passwords.Current); foreign != nil {
		return Result{Sights: before, Findings: foreign}
	}
	after := before
	if len(m.Hosts) > 1 && !passwords.Keep {
		careful := passwords
		careful.Keep = true
		if after = m.put(ctx, before, careful); !Known(after) {
			return m.finish(ctx, after, persist, false)
		}
	}
	r := m.finish(ctx, m.put(ctx, after, passwords), persist, false)
	r.Valid = r.Done || len(m.Hosts) > 1 && !passwords.Keep
	return r
}

// foreign is the finding about users of that name that are not ours: at another
// address than where the user was made, and without any password of it.
func (m Manager) foreign(before []Sight, passwords ...secret.String) []finding.Finding {
	if m.Made == nil {
		return nil
	}
	made := func(s Sight) bool { return s.User != nil && slices.Contains(m.Made, s.Address) }
	var ours []secret.String
	for _, password := range append(passwords, m.Mine) {
		if !password.IsEmpty() {
			ours = append(ours, hashOf(password))
		}
	}
	for _, s := range before {
		if made(s) {
			ours = append(ours, s.User.hashes...)
		}
	}
	var others []Sight
	for _, s := range before {
		if s.User != nil && !made(s) && !slices.ContainsFunc(s.User.hashes, func(h secret.String) bool { return slices.Contains(ours, h) }) {
			others = append(others, s)
		}
	}
	return m.existing(others)
}

// ended is the result of a look that did not find everything out.
func ended(before []Sight) (Result, bool) {
	if Known(before) && !Canceled(before) {
		return Result{}, false
	}
	return Result{Sights: before, Findings: Findings(before), Canceled: Canceled(before)}, true
}

// put changes the user on every host, of which it was seen before what it is.
func (m Manager) put(ctx context.Context, before []Sight, passwords Passwords) []Sight {
	return m.each(ctx, func(ctx context.Context, i int, v *visit) {
		var now []secret.String
		if user := before[i].User; user != nil {
			now = user.hashes
		}
		v.put(ctx, passwords.hashes(now))
	})
}

// put is one ACL SETUSER, and a look at what it made.
func (v *visit) put(ctx context.Context, hashes []secret.String) {
	for _, rule := range v.m.Rule.attempts() {
		command := channellayer.Command{"ACL", "SETUSER", v.m.Name, "reset"}
		for _, hash := range hashes {
			command = append(command, "#"+hash.Reveal())
		}
		for _, word := range rule.Words() {
			command = append(command, word)
		}
		replies, err := v.conn.Exchange(ctx, command)
		switch {
		case err != nil:
			v.fail(v.interrupted())
			return
		case replies[0].Err == nil:
			v.look(ctx)
			v.compare()
			return
		case len(rule.Commands) == len(v.m.Rule.Commands) || kindOf(textOf(replies[0].Err)) != kindRule:
			v.fail(v.refused("SETUSER", replies[0].Err))
			return
		}
	}
}

// compare holds what Redis made of the rule to the rule.
func (v *visit) compare() {
	switch {
	case !v.seen.Known:
	case v.seen.User == nil:
		v.seen.Known = false
		v.fail(v.unlike("SETUSER", "with success, and has no such user"))
	case v.seen.User.Rule != v.m.Rule.String():
		v.seen.Known = false
		v.fail(v.unlike("SETUSER", "with success, and has another rule now than it was given: "+v.seen.User.Rule))
	}
}

// finish saves a change that was made everywhere, and says what came of it.
func (m Manager) finish(ctx context.Context, after []Sight, persist Persist, removed bool) Result {
	r := Result{Sights: after, Findings: Findings(after), Canceled: Canceled(after), Done: Known(after)}
	if !r.Done {
		failed := addresses(after, func(s Sight) bool { return !s.Known })
		made := addresses(after, func(s Sight) bool { return s.Known })
		if len(made) > 0 {
			r.Findings = append([]finding.Finding{docSomeHosts.New(setting,
				"The user "+m.Name+" has the change at "+list(made)+" and not at "+list(failed)+".")}, r.Findings...)
		}
		return r
	}
	saved := m.save(ctx, persist, removed)
	r.Findings = append(r.Findings, Findings(saved)...)
	r.Canceled = r.Canceled || Canceled(saved)
	return r
}

// undo removes a user that was made a moment ago, and saves again where that may
// have been saved.
func (m Manager) undo(ctx context.Context, made []Sight, saved bool, persist Persist) []finding.Finding {
	var left []string
	remove := func(ctx context.Context, _ int, v *visit) {
		v.remove(ctx)
		if v.seen.Known && saved && persist != PersistNone {
			known := v.seen.Findings
			v.save(ctx, persist, true)
			v.seen.Findings = known // what was not saved before is not now
		}
	}
	for i, s := range m.each(ctx, remove) {
		asked := made[i].Known || made[i].Canceled ||
			slices.ContainsFunc(made[i].Findings, func(f finding.Finding) bool { return f.ID == docInterrupted.ID })
		// What refused to make the user has none either.
		if !s.Known && asked {
			left = append(left, s.Address)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return []finding.Finding{docSomeHosts.New(setting,
		"The user "+m.Name+" was made at "+list(left)+" and could not be removed again. Terraform does not know of it.").
		WithFix("Run there, as an administrator: ACL DELUSER " + m.Name)}
}

// Delete removes the user from every host; that it is gone already is as good.
func (m Manager) Delete(ctx context.Context, persist Persist) Result {
	before := m.Look(ctx)
	if r, stop := ended(before); stop {
		return r
	}
	if foreign := m.foreign(before); foreign != nil {
		return Result{Sights: before, Findings: foreign}
	}
	after := m.each(ctx, func(ctx context.Context, _ int, v *visit) { v.remove(ctx) })
	return m.finish(ctx, after, persist, true)
}

func (v *visit) remove(ctx context.Context) {
	replies, err := v.conn.Exchange(ctx, channellayer.Command{"ACL", "DELUSER", v.m.Name})
	switch {
	case err != nil:
		v.fail(v.interrupted())
	case replies[0].Err != nil:
		v.fail(v.refused("DELUSER", replies[0].Err))
	default:
		v.seen.Known = true
	}
}

func hasError(findings []finding.Finding) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.Severity >= finding.Error })
}
