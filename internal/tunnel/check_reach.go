package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

var docNameNotResolved = finding.Doc{
	ID:       "tunnel/name-not-resolved",
	Title:    "The name of the SSH server or SOCKS5 proxy does not resolve",
	Severity: finding.Warning,
	Why: "The checks shall go over this machine, and its own name must be translated into an address where Terraform runs. " +
		"Only the name of Redis is resolved at the far end.",
	Django: bystander,
	Fix:    "Correct the host in the provider's ssh or socks5 argument, or wait until its name is known.",
	Live:   true,
	Since:  since,
}

var docRefused = finding.Doc{
	ID:       "tunnel/refused",
	Title:    "The SSH server or SOCKS5 proxy refuses the connection",
	Severity: finding.Warning,
	Why:      "The machine is there and says that nothing listens on this port: the server is not running, or listens on another port, or a firewall rejects the connection.",
	Django:   bystander,
	Fix:      "Start the SSH server or proxy, or correct its port in the provider's ssh or socks5 argument.",
	Live:     true,
	Since:    since,
}

var docNoAnswer = finding.Doc{
	ID:       "tunnel/no-answer",
	Title:    "The SSH server or SOCKS5 proxy does not answer to a connection",
	Severity: finding.Warning,
	Why: "Nothing came back at all, not even a refusal: the packets are dropped on the way, as most firewalls and security groups do with what they do not allow, " +
		"or nobody has this address.",
	Django: bystander,
	Fix:    "Allow connections from where Terraform runs in the firewall or security group in front of it, or correct its address.",
	Live:   true,
	Since:  since,
}

var docUnreachable = finding.Doc{
	ID:       "tunnel/unreachable",
	Title:    "There is no way to the SSH server or SOCKS5 proxy from here",
	Severity: finding.Warning,
	Why:      "No connection could be opened, for a reason of this machine or of the network: no route leads to that address, most often.",
	Django:   bystander,
	Fix:      "Run Terraform where the SSH server or proxy can be reached, or correct its address.",
	Live:     true,
	Since:    since,
}

var docSilent = finding.Doc{
	ID:       "tunnel/silent",
	Title:    "The SSH server or SOCKS5 proxy stops answering",
	Severity: finding.Warning,
	Why: "It accepted the connection and then said nothing, or stopped in the middle: a server that is stuck or overloaded, a load balancer with nothing behind it, " +
		"or a firewall that lets the first packets through.",
	Django: bystander,
	Fix:    "Look at the SSH server or proxy itself and at what stands in front of it, and raise the check's timeout if it is only slow.",
	Live:   true,
	Since:  since,
}

var docClosed = finding.Doc{
	ID:       "tunnel/closed",
	Title:    "The SSH server or SOCKS5 proxy hangs up",
	Severity: finding.Warning,
	Why: "The connection was open and ended: the server was stopped or restarted, has no room for more clients (MaxStartups of sshd), " +
		"or is made to turn this machine away (fail2ban, PerSourcePenalties).",
	Django: bystander,
	Fix:    "Read the log of the SSH server or proxy, which says why it hung up.",
	Live:   true,
	Since:  since,
}

// reach connects to the server of a way, from here.
func (e end) reach(ctx context.Context, here netprobe.Network) (net.Conn, error) {
	addresses, err := here.Resolve(ctx, e.host)
	if err != nil || len(addresses) == 0 {
		return nil, e.notResolved(err)
	}
	conn, _, err := netprobe.Connect(ctx, here, addresses, e.port)
	if err != nil {
		return nil, e.notReached(err)
	}
	return conn, nil
}

func (e end) notResolved(err error) *netprobe.Fault {
	var dns *net.DNSError
	reason := "could not be looked up"
	switch {
	case netprobe.IsTimeout(err):
		reason = "was not resolved in time: the name server does not answer"
	case err == nil, errors.As(err, &dns) && dns.IsNotFound:
		reason = "is unknown here"
	}
	return e.open(docNameNotResolved, fmt.Sprintf("The host name of %s %s.", e.name(), reason))
}

func (e end) notReached(err error) *netprobe.Fault {
	switch {
	case netprobe.IsRefused(err):
		return e.open(docRefused, "Nothing accepts connections on "+e.address()+", where the "+e.noun+" should be.")
	case netprobe.IsTimeout(err):
		return e.open(docNoAnswer, "No answer at all came from "+e.full()+" in time.")
	case netprobe.IsReset(err):
		return e.hungUp("accepted the connection and closed it at once")
	default:
		return e.open(docUnreachable, "This machine has no way to "+e.full()+".")
	}
}

func (e end) silent(when string) *netprobe.Fault {
	return e.open(docSilent, upper(e.full())+" "+when+".")
}

func (e end) hungUp(when string) *netprobe.Fault {
	return e.open(docClosed, upper(e.full())+" "+when+".")
}

// upper is a sentence that begins with a name of an end.
func upper(text string) string { return "T" + text[1:] }
