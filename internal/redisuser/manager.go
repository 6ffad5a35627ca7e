package redisuser

import (
	"context"
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Manager manages one user on each Redis of a layer.
type Manager struct {
	Prober *redisprobe.Prober
	// Hosts are the connections of an administrator. Their depth is not looked at.
	Hosts []redisprobe.Request
	// Name is the user's.
	Name string
	// Rule is what the user may do.
	Rule Rule
	// Made are the addresses, in the form of Sight.Address, where the user is ours:
	// one at another address is only if it takes a password of ours. Nil is
	// wherever there is one.
	Made []string
	// Mine is the password that the user was given last, empty if it is not known.
	Mine secret.String
}

// Sight is what is known of the user on one host.
type Sight struct {
	// Address is the host, for people.
	Address string
	// Known says that it was found out whether there is such a user.
	Known bool
	// User is nil if there is none, or if it is not known.
	User *User
	// Findings say what was in the way.
	Findings []finding.Finding
	// Canceled says that the caller's context ended first.
	Canceled bool
}

// visit is what is done on one host.
type visit struct {
	m    Manager
	host redisprobe.Request
	// number is the host's among the manager's.
	number int
	conn   channellayer.Conn
	seen   Sight
}

// each does something on every host, side by side. What do finds is told by the
// visit's sight.
func (m Manager) each(ctx context.Context, do func(ctx context.Context, i int, v *visit)) []Sight {
	return m.eachHost(func(v *visit) {
		v.connect(ctx, func(ctx context.Context) { do(ctx, v.number, v) })
	})
}

// eachHost visits every host, side by side.
func (m Manager) eachHost(do func(v *visit)) []Sight {
	sights := make([]Sight, len(m.Hosts))
	var all sync.WaitGroup
	for i, host := range m.Hosts {
		all.Go(func() {
			v := &visit{m: m, host: host, number: i}
			if bug := crash.Guard(func() { do(v) }); bug != nil {
				v.seen.Known = false
				v.fail(finding.CrashedDoc().New(setting, "The management of the user stopped on a bug of its own."))
			}
			sights[i] = v.seen
		})
	}
	all.Wait()
	return sights
}

// connect connects and does it.
func (v *visit) connect(ctx context.Context, do func(context.Context)) {
	v.host.Depth, v.host.Layer = redisprobe.DepthPing, nil
	begun := false
	report := v.m.Prober.Lend(ctx, v.host, func(ctx context.Context, conn channellayer.Conn, _ redisprobe.Leaving) {
		begun, v.conn = true, conn
		do(ctx)
	})
	if begun {
		v.seen.Address, v.seen.Canceled = report.Address, report.Canceled || ctx.Err() != nil
		return
	}
	v.unreached(report)
}

// unreached is a host that nothing could be done on.
func (v *visit) unreached(report redisprobe.Report) {
	v.seen = Sight{Address: report.Address, Canceled: report.Canceled}
	for _, f := range report.Outcome.Findings {
		if f.Severity > finding.Info {
			v.fail(f.WithSeverity(finding.Error))
		}
	}
}

func (v *visit) fail(f finding.Finding) { v.seen.Findings = append(v.seen.Findings, f) }

// Look looks for the user on every host and changes nothing.
func (m Manager) Look(ctx context.Context) []Sight {
	return m.each(ctx, func(ctx context.Context, _ int, v *visit) { v.look(ctx) })
}

// Glance is Look for who only wants to know: an address that somebody else found
// dead in this walk is not asked again.
func (m Manager) Glance(ctx context.Context) []Sight {
	return m.eachHost(func(v *visit) {
		v.host.Depth, v.host.Layer = redisprobe.DepthPing, nil
		if report := m.Prober.Look(ctx, v.host); !report.Ready || report.Canceled {
			v.unreached(report)
			return
		}
		v.connect(ctx, v.look)
	})
}

// look asks what kind of server it is, and for the user.
func (v *visit) look(ctx context.Context) {
	replies, err := v.conn.Exchange(ctx, channellayer.Command{"HELLO", "2"}, channellayer.Command{"ACL", "GETUSER", v.m.Name})
	switch {
	case err != nil:
		v.fail(v.interrupted())
	case isSentinel(replies[0]):
		v.fail(docSentinel.New(setting, v.address()+" is a Sentinel: the user "+v.m.Name+" would be one of the Sentinel's, not of Redis."))
	case v.isOwn():
		v.fail(docOwnConnection.New(setting, "The connection to "+v.address()+" is logged in as the user "+v.m.Name+" itself."))
	case replies[1].Err != nil:
		v.fail(v.refused("GETUSER", replies[1].Err))
	default:
		user, ok := readUser(replies[1].Value)
		if !ok {
			v.fail(v.unlike("GETUSER", "in a form that Redis from 6.2 on does not have"))
			return
		}
		if user != nil {
			user.Rule = shown(user.Rule, v.m.Rule.String(), v.host.Connection.Password, v.m.Mine)
		}
		v.seen.Known, v.seen.User = true, user
	}
}

// isOwn: who logs in without a name is the default user.
func (v *visit) isOwn() bool {
	username := v.host.Connection.Username
	return !username.IsEmpty() && username == secret.New(v.m.Name)
}

// isSentinel reads the reply to HELLO.
func isSentinel(reply channellayer.Reply) bool {
	fields, _ := reply.Value.([]any)
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "mode" {
			return fields[i+1] == "sentinel"
		}
	}
	return false
}

// Known reports whether every host could be asked.
func Known(sights []Sight) bool {
	for _, s := range sights {
		if !s.Known {
			return false
		}
	}
	return true
}

// Canceled reports whether the caller's context ended the work.
func Canceled(sights []Sight) bool {
	for _, s := range sights {
		if s.Canceled {
			return true
		}
	}
	return false
}

// Findings are those of all hosts, each once.
func Findings(sights []Sight) []finding.Finding {
	var all []finding.Finding
	seen := map[finding.Finding]bool{}
	for _, s := range sights {
		for _, f := range s.Findings {
			if !seen[f] {
				seen[f] = true
				all = append(all, f)
			}
		}
	}
	return all
}

// addresses are those of the sights that fit.
func addresses(sights []Sight, fits func(Sight) bool) []string {
	var found []string
	for _, s := range sights {
		if fits(s) {
			found = append(found, s.Address)
		}
	}
	return found
}
