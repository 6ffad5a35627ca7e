package tunnel

import (
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

const since = "0.1.0"

// Arguments of the provider that say where a way leads; findings name them.
const (
	SettingSSH    = "ssh"
	SettingSOCKS5 = "socks5"
)

// bystander is what Django does where a way of the provider is at fault.
const bystander = "Nothing: the app does not use this way. What it would find at its Redis was not looked at."

// Docs are the documentation of every finding about a way.
func Docs() []finding.Doc {
	return []finding.Doc{
		docNameNotResolved, docRefused, docNoAnswer, docUnreachable, docSilent, docClosed,
		docNotSSH, docHandshake, docHostKeyUnknown, docHostKeyChanged, docKnownHosts,
		docKeyUnreadable, docPassphrase, docAgent, docAuthRefused,
		docForwardingRefused, docTargetUnreachable, docNotSOCKS, docUnixUnsupported,
	}
}

// end is one end of a way: the server that it leads over.
type end struct {
	setting string // SettingSSH or SettingSOCKS5
	noun    string // "SSH server", "SOCKS5 proxy"
	host    string
	port    string
}

// name is the server for people, without its port.
func (e end) name() string { return "the " + e.noun + " " + e.shown() }

func (e end) shown() string {
	host, ok := netprobe.ShowHost(e.host)
	if !ok {
		return "(a host that is not shown)"
	}
	return host
}

// full is the server for people, with its port.
func (e end) full() string { return "the " + e.noun + " " + e.address() }

// address is the server with its port, for people.
func (e end) address() string { return e.shown() + ":" + e.port }

// open is a fault of the way that the place or the moment may explain.
func (e end) open(doc finding.Doc, observed string) *netprobe.Fault {
	return &netprobe.Fault{Doc: doc, Observed: observed, Setting: e.setting, At: e.address()}
}

// settled is a fault of the way that somebody has answered.
func (e end) settled(doc finding.Doc, observed string) *netprobe.Fault {
	f := e.open(doc, observed)
	f.Answered = true
	return f
}

// beyond is what the end says of one server behind it.
func (e end) beyond(doc finding.Doc, observed string, answered bool) *netprobe.Fault {
	return &netprobe.Fault{Doc: doc, Observed: observed, Setting: e.setting, Answered: answered}
}

// fix is the fault with a more specific fix.
func fix(f *netprobe.Fault, text string) *netprobe.Fault {
	f.Fix = text
	return f
}

// crashed is a bug of this package.
func (e end) crashed() *netprobe.Fault {
	return e.open(finding.CrashedDoc(), "The way over "+e.name()+" stopped on a bug of its own.")
}
