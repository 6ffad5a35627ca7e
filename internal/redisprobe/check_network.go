package redisprobe

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

const since = "0.1.0"

// atFirstUse ends the sentences about exceptions.
const atFirstUse = "when a WebSocket first uses the layer, and not when Django starts."

var docNameNotResolved = finding.Doc{
	ID:       "network/name-not-resolved",
	Title:    "The name of the Redis host does not resolve here",
	Severity: finding.Warning,
	Why: "A host name must be translated into an address before anything can connect to it. " +
		"Inside a Docker or Kubernetes network, services have names that exist only there, so that this check, run elsewhere, cannot see them; " +
		"a name that is mistyped looks just the same.",
	Django: "Where the name is unknown to the app as well, redis-py raises ConnectionError (\"Error -2 connecting to redis:6379. Name or service not known.\") " + atFirstUse,
	Fix:    "Run the check where the app runs, inside its network, or correct the name if it is unknown there too.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"django/channels#1585",
		"https://docs.docker.com/engine/network/#dns-services",
	},
}

// notResolved keeps to the kind of the error: its text quotes the name, which
// may be a piece of a password.
func (a *attempt) notResolved(err error) *problem {
	var dns *net.DNSError
	reason := "could not be looked up"
	switch {
	case isTimeout(err):
		reason = "was not resolved in time: the name server does not answer"
	case errors.As(err, &dns) && dns.IsNotFound:
		reason = "is unknown here"
		if a.way() != nil {
			reason = "is unknown there"
		}
	}
	p := maybe(docNameNotResolved,
		fmt.Sprintf("The host name of %s %s.", a.address(), reason),
		"If the app cannot resolve it either, "+a.client()+" raises ConnectionError (Error -2, or -3 for a name server in trouble) "+atFirstUse)
	if isSingleLabel(a.request.Connection.Host) && !isLoopback(a.request.Connection.Host) {
		p.fix = "Run the check from inside the app's network."
	}
	return a.behind(p, hintName)
}

var docRefused = finding.Doc{
	ID:       "network/refused",
	Title:    "The connection to Redis is refused",
	Severity: finding.Warning,
	Why: "The machine is there and says that nothing listens on this port: Redis is not running, listens on another port or only on another " +
		"address (often only on 127.0.0.1), or a firewall rejects the connection.",
	Django: "redis-py raises ConnectionError (\"Error 111 connecting to 127.0.0.1:6379. Connect call failed\") " + atFirstUse,
	Fix:    "Start Redis, or correct the host and port to where it listens.",
	Live:   true,
	Since:  since,
}

var docNoRoute = finding.Doc{
	ID:       "network/no-route",
	Title:    "There is no way to the Redis host from here",
	Severity: finding.Warning,
	Why: "The network says that the address cannot be reached from this machine: no route leads there, the machine is down, or a firewall forbids it. " +
		"Private addresses (10.x, 172.16-31.x, 192.168.x) exist only inside their own network.",
	Django: "If the app's machine has no way either, redis-py raises ConnectionError (\"Error 113\" or \"Error 101 connecting to ...\") " + atFirstUse,
	Fix:    "Run the check from a machine inside the network of the Redis.",
	Live:   true,
	Since:  since,
}

var docConnectTimeout = finding.Doc{
	ID:       "network/connect-timeout",
	Title:    "The Redis host does not answer to a connection",
	Severity: finding.Warning,
	Why: "Nothing came back at all, not even a refusal: the packets are dropped on the way. That is how most firewalls and cloud security groups " +
		"treat what they do not allow, and how an address looks that nobody has.",
	Django: "redis-py before 8 waits as long as the operating system does, about two minutes on Linux, and then raises ConnectionError (\"Error 110\"); " +
		"from 8.0 it gives up after 5 seconds with TimeoutError (\"Timeout connecting to server\"). " +
		"Every WebSocket that opens meanwhile hangs with it.",
	Fix:   "Allow the connection in the firewall or security group in front of Redis, or correct the address.",
	Live:  true,
	Since: since,
}

var docConnectFailed = finding.Doc{
	ID:       "network/connect-failed",
	Title:    "The connection to Redis could not be opened",
	Severity: finding.Warning,
	Why:      "Opening the connection failed for a reason that is none of the usual ones, most likely one of this machine: too many open files, or a tunnel that is down.",
	Django:   "Nothing follows for the app from this: whether it can connect was not found out. If it cannot, redis-py raises ConnectionError " + atFirstUse,
	Fix:      "Try again, and look at the log of the check (TF_LOG=DEBUG) if it stays.",
	Live:     true,
	Since:    since,
}

// notConnected classifies the error of the address that told most.
func (a *attempt) notConnected(err error, addresses int) *problem {
	where := a.address()
	if addresses > 1 {
		where = fmt.Sprintf("%s (any of its %d addresses)", where, addresses)
	}
	var p *problem
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return a.notResolved(err)
	case isRefused(err):
		p = maybe(docRefused, "Nothing accepts connections on "+where+".",
			"If it is so where the app runs, "+a.client()+" raises ConnectionError (Error 111) "+atFirstUse)
	case isTimeout(err):
		p = maybe(docConnectTimeout, fmt.Sprintf("No answer at all came from %s within %s.", where, a.request.timeout()), a.waits(true))
	case isNoRoute(err):
		p = maybe(docNoRoute, strings.ToUpper(a.from()[:1])+a.from()[1:]+" has no way to "+where+".",
			"If the app's machine has none either, "+a.client()+" raises ConnectionError "+atFirstUse)
	case isReset(err):
		return a.closed(false)
	default:
		p = maybe(docConnectFailed, "Connecting to "+where+" failed.", "")
	}
	return a.behind(p, hintReach)
}

// waits says how long the app would wait for a server that does not answer,
// to a connection or to a command.
func (a *attempt) waits(connecting bool) string {
	limit := func(line redisurl.Line) *float64 {
		reply, connect := a.request.Connection.SocketTimeouts(line)
		if connecting {
			return connect
		}
		return reply
	}
	oldest, newest := limit(a.oldestLine()), limit(a.newestLine())
	switch {
	case newest == nil:
		return "The app would hang there: " + a.client() + " has no time limit of its own, so that its WebSockets wait for minutes or for ever."
	case oldest == nil:
		return "The app would hang there: redis-py before 8 waits for minutes or for ever, later ones raise TimeoutError after 5 seconds."
	default:
		return fmt.Sprintf("The app would hang there: %s raises TimeoutError after %g seconds.", a.client(), *newest)
	}
}

var docSilent = finding.Doc{
	ID:       "network/silent",
	Title:    "The other end accepts connections and never answers",
	Severity: finding.Warning,
	Why: "Something accepted the connection and then did not say a word, or stopped in the middle of an answer: a Redis that is stuck or frozen, " +
		"a load balancer or tunnel with nothing behind it, or a server that expects something else first.",
	Django: "redis-py before 8 waits for ever, and every WebSocket that uses the layer with it; from 8.0 it raises TimeoutError after 5 seconds.",
	Fix:    "Look at what stands between here and Redis (a proxy, a load balancer, a tunnel), and whether Redis itself answers on its own machine.",
	Live:   true,
	Since:  since,
}

func (a *attempt) silent(midway bool) *problem {
	observed := fmt.Sprintf("%s accepted the connection and sent nothing within %s.", a.address(), a.request.timeout())
	if midway {
		observed = fmt.Sprintf("%s began to answer and did not finish within %s.", a.address(), a.request.timeout())
	}
	return a.behind(maybe(docSilent, observed, a.waits(false)), hintReach)
}

var docClosed = finding.Doc{
	ID:       "network/closed",
	Title:    "The other end hangs up without an answer",
	Severity: finding.Warning,
	Why: "The connection was accepted and closed again before an answer: by a proxy, load balancer or port forwarding with nothing behind it, " +
		"by a firewall, or by a Redis that refuses this client without saying why.",
	Django: "redis-py raises ConnectionError (\"Connection closed by server.\", or \"Connection lost\") " + atFirstUse,
	Fix:    "Look at what accepts connections there: the log of Redis, or of the proxy in front of it, says why it hung up.",
	Live:   true,
	Since:  since,
}

func (a *attempt) closed(midway bool) *problem {
	observed := a.address() + " accepted the connection and closed it without an answer."
	if midway {
		observed = a.address() + " closed the connection in the middle of an answer."
	}
	return a.behind(maybe(docClosed, observed, "If it is so where the app runs, "+a.client()+" raises ConnectionError "+atFirstUse), hintReach)
}

var docPortOutOfRange = finding.Doc{
	ID:       "network/port-out-of-range",
	Title:    "The port of Redis does not exist",
	Severity: finding.Error,
	Why:      "A port is a number from 1 to 65535. Redis usually listens on 6379.",
	Django: "For a host that is an address, redis-py raises ConnectionError (\"connect(): port must be 0-65535.\"). For a host name, Linux with glibc silently takes the " +
		"remainder by 65536, so that 70000 becomes 4464, and other systems find no such service (\"Error -8\").",
	Fix:   "Set the port that Redis listens on, usually 6379.",
	Live:  true,
	Since: since,
}

func networkDocs() []finding.Doc {
	return []finding.Doc{
		docNameNotResolved, docRefused, docNoRoute, docConnectTimeout, docConnectFailed, docSilent, docClosed, docPortOutOfRange,
	}
}
