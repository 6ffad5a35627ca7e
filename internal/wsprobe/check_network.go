package wsprobe

import (
	"errors"
	"fmt"
	"net"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// notAsked ends the Django part where nothing reached the app.
const notAsked = "The app is not asked. A browser that fares no better fires \"error\" and then \"close\" with code 1006."

var docNameNotResolved = finding.Doc{
	ID:       "websocket/name-not-resolved",
	Title:    "The host name of the WebSocket does not resolve here",
	Severity: finding.Warning,
	Why: "A host name must be translated into an address before anything can connect to it. This one is unknown here: its DNS record is missing, not spread yet, " +
		"mistyped, or exists only inside another network.",
	Django: notAsked,
	Fix:    "Create the DNS record of the host, or correct the name in the URL.",
	Live:   true,
	Since:  since,
}

// notResolved keeps to the kind of the error: its text quotes the name.
func (s *Session) notResolved(err error) *problem {
	var dns *net.DNSError
	reason := "could not be looked up"
	switch {
	case netprobe.IsTimeout(err):
		reason = "was not resolved in time: the name server does not answer"
	case errors.As(err, &dns) && dns.IsNotFound:
		reason = "is unknown here"
	}
	return maybe(docNameNotResolved, "The host name of "+s.report.Address+" "+reason+".", "")
}

var docRefused = finding.Doc{
	ID:       "websocket/refused",
	Title:    "The connection to the app is refused",
	Severity: finding.Warning,
	Why: "The machine is there and says that nothing listens on this port: the app or the proxy before it is not running or not up yet, " +
		"or listens on another port or only on another address (often 127.0.0.1).",
	Django: notAsked,
	Fix:    "Start the app, or correct the host and port to where it or its proxy listens.",
	Live:   true,
	Since:  since,
}

var docNoRoute = finding.Doc{
	ID:       "websocket/no-route",
	Title:    "There is no way to the app's host from here",
	Severity: finding.Warning,
	Why:      "The network says that the address cannot be reached from this machine: no route leads there, the machine is down, or a firewall forbids it.",
	Django:   notAsked,
	Fix:      "Run the check from a machine that has a way to the app, as its users have.",
	Live:     true,
	Since:    since,
}

var docConnectTimeout = finding.Doc{
	ID:       "websocket/connect-timeout",
	Title:    "The app's host does not answer to a connection",
	Severity: finding.Warning,
	Why: "Nothing came back at all, not even a refusal: the packets are dropped on the way. That is how most firewalls and cloud security groups treat what they do not allow, " +
		"and how an address looks that nobody has.",
	Django: notAsked,
	Fix:    "Allow the connection in the firewall or security group before the app, or correct the address.",
	Live:   true,
	Since:  since,
}

var docConnectFailed = finding.Doc{
	ID:       "websocket/connect-failed",
	Title:    "The connection to the app could not be opened",
	Severity: finding.Warning,
	Why:      "Opening the connection failed for a reason that is none of the usual ones, most likely one of this machine, such as too many open files.",
	Django:   notAsked,
	Fix:      "Try again.",
	Live:     true,
	Since:    since,
}

// notConnected classifies the error of the address that told most.
func (s *Session) notConnected(err error, addresses int) *problem {
	where := s.report.Address
	if addresses > 1 {
		where = fmt.Sprintf("%s (any of its %d addresses)", where, addresses)
	}
	hint := ""
	if netprobe.IsLoopback(s.request.Target.Host) {
		hint = "This host always means the machine that asks, which is not the app's container."
	}
	switch {
	case netprobe.IsRefused(err):
		return maybe(docRefused, "Nothing accepts connections on "+where+".", hint)
	case netprobe.IsTimeout(err):
		return maybe(docConnectTimeout, fmt.Sprintf("No answer at all came from %s within %s.", where, s.within()), "")
	case netprobe.IsNoRoute(err):
		return maybe(docNoRoute, "This machine has no way to "+where+".", "")
	default:
		return maybe(docConnectFailed, "Connecting to "+where+" failed.", "")
	}
}

var docHungUp = finding.Doc{
	ID:       "websocket/hung-up",
	Title:    "The connection is closed before the WebSocket is answered",
	Severity: finding.Warning,
	Why: "Something accepted the connection and closed it without a word of HTTP. A load balancer without a healthy app behind it does that, a server that is going down, " +
		"a port on which something else listens, or one for TLS, and daphne when connect() of the consumer has not come to an end after 5 seconds.",
	Django: "Either the app is not asked, or its connect() was still waiting, most often for a Redis that does not answer: group_add() comes before accept().",
	Fix:    "Start the app behind this address, or write wss:// in place of ws:// if the port is one for TLS.",
	Live:   true,
	Since:  since,
}

func (s *Session) hungUp() *problem {
	return maybe(docHungUp, s.report.Address+" accepts the connection and closes it without an answer.", "")
}

var docUpgradeTimeout = finding.Doc{
	ID:       "websocket/upgrade-timeout",
	Title:    "The WebSocket is not answered in time",
	Severity: finding.Warning,
	Why: "Most often connect() of the consumer waits for something, a Redis that does not answer above all: " +
		"group_add() comes before accept(). Other reasons are an app whose threads are all busy, and a port that waits for TLS.",
	Django: "daphne gives up after 5 seconds of the handshake (websocket_handshake_timeout), uvicorn waits as long as connect() does. A browser waits for minutes.",
	Fix:    "Check the channel layer with the data source channels_redis: connect() of the consumer most likely waits for Redis.",
	Live:   true,
	Since:  since,
}

func (s *Session) upgradeSilent() *problem {
	return maybe(docUpgradeTimeout, fmt.Sprintf("%s accepted the connection and did not answer the request for a WebSocket within %s.", s.report.Address, s.within()), "")
}

var docNotHTTP = finding.Doc{
	ID:       "websocket/not-http",
	Title:    "What answers is no web server",
	Severity: finding.Error,
	Why:      "What listens on this address answers in another protocol than HTTP, or breaks its rules: the port is that of another service, or a proxy passes connections to the wrong one.",
	Django:   notAsked,
	Fix:      "Correct the host and port of the URL to those of the app or its proxy.",
	Live:     true,
	Since:    since,
}

func (s *Session) notHTTP() *problem {
	return wrong(docNotHTTP, "What answers at "+s.report.Address+" does not speak HTTP as a WebSocket needs it.")
}

func networkDocs() []finding.Doc {
	return []finding.Doc{
		docNameNotResolved, docRefused, docNoRoute, docConnectTimeout, docConnectFailed, docHungUp, docUpgradeTimeout, docNotHTTP,
	}
}
