package redisprobe

import "github.com/channel-layer/terraform-provider-channels/internal/netprobe"

// way is the tunnel to the server, nil where this machine connects itself.
func (a *attempt) way() netprobe.Way {
	way, _ := a.network.(netprobe.Way)
	return way
}

// from is who connects to the server, for the middle of a sentence.
func (a *attempt) from() string {
	if way := a.way(); way != nil {
		return way.Name()
	}
	return "this machine"
}

// seenFrom ends what is said of a server behind a tunnel.
func (a *attempt) seenFrom(observed string) string {
	if way := a.way(); way != nil {
		return observed + " That is so from " + way.Name() + ", over which the check goes, and where names are resolved."
	}
	return observed
}

// behind makes a problem one that a tunnel's far end sees: what the kind of host
// explains is another thing there.
func (a *attempt) behind(p *problem, kind hintKind) *problem {
	p.observed, p.hint = a.seenFrom(p.observed), kind
	if a.way() == nil {
		return p
	}
	switch kind {
	case hintName:
		p.hint = hintNameThere
		p.fix = "Take a way in whose far end knows this name, such as an SSH server or proxy in the app's own network, or correct the name."
	case hintReach:
		p.hint = hintReachThere
	}
	return p
}

// faulty makes the problem of a fault of the way.
func (a *attempt) faulty(fault *netprobe.Fault) *problem {
	tell := func(b *attempt) *problem {
		observed := fault.Observed
		if fault.At == "" {
			observed += " The address is that of Redis, " + b.address() + "."
		}
		return &problem{
			doc: fault.Doc, observed: observed, fix: fault.Fix, setting: fault.Setting, way: fault.At,
			undetermined: !fault.Answered, transient: !fault.Answered,
		}
	}
	switch {
	case fault.Lost:
		a.result.lost = true
	case fault.At == "" && !fault.Answered:
		a.result.death = &death{tell: tell}
	}
	return tell(a)
}

// blameWay puts the way to the server in the place of what seems to be wrong
// with the server, where the way broke off, and keeps for others that a way
// leads nowhere.
func (a *attempt) blameWay() {
	if a.result.ready() {
		return
	}
	if fault := a.lostWay(); fault != nil {
		a.result.death, a.result.notes = nil, nil
		a.result.problem = a.faulty(fault)
	}
	if p := a.result.problem; p != nil && p.way != "" && !a.result.lost {
		a.result.death = &death{tell: func(*attempt) *problem { return p }, everywhere: true}
	}
}

// lostWay is why the way to the server broke off, nil if it did not.
func (a *attempt) lostWay() *netprobe.Fault {
	if a.raw == nil {
		return nil
	}
	if watched, ok := a.raw.Conn.(interface{ Lost() error }); ok {
		return netprobe.FaultOf(watched.Lost())
	}
	return nil
}
