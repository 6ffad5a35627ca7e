package redisprobe

import (
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// hintKind says which explanation of the host's kind fits a problem.
type hintKind int

const (
	hintNone  hintKind = iota
	hintName           // the name does not resolve
	hintReach          // the host resolves and does not answer
	// The same where the far end of a tunnel says so.
	hintNameThere
	hintReachThere
)

// hint explains what the kind of host has to do with the problem.
func hint(kind hintKind, request Request) string {
	connection := request.Connection
	if kind == hintNone || connection.Transport == redisurl.Unix {
		return ""
	}
	switch {
	case kind == hintNameThere && isSingleLabel(connection.Host):
		return "A name without a dot usually exists only inside one network, such as the Docker network in which the app and its Redis run. " +
			"The machine that runs Docker does not know the names of its networks."
	case kind == hintNameThere:
		return ""
	case kind == hintReachThere && isLoopback(connection.Host):
		return "Behind a tunnel this host means the machine at its far end."
	case kind == hintReachThere:
		return ""
	case isLoopback(connection.Host):
		if request.Debug {
			return ""
		}
		return "This host always means the machine that asks: inside the app's container it is that container, not this machine."
	case isSingleLabel(connection.Host) && kind == hintName:
		return "A name without a dot usually exists only inside one network, such as the Docker network in which the app and its Redis run. " +
			"Then all is well, and only a check from inside that network can prove it."
	case isSingleLabel(connection.Host):
		return "Inside the app's container a name without a dot may mean another machine than here."
	default:
		return ""
	}
}

// Address is where the request goes, for people: never a secret.
func (r Request) Address() string { return r.address() }

// address is what a connection goes to, for people. Only hosts that look like
// one are shown: what is written in the place of a host may be a password.
func (r Request) address() string {
	connection := r.Connection
	if r.Sentinel != nil {
		return r.Sentinel.address(r.Hidden)
	}
	if r.Hidden {
		return "(an address that is not shown)"
	}
	if connection.Transport == redisurl.Unix {
		if !isPlain(connection.Path, "/") {
			return "unix:(a path that is not shown)"
		}
		return "unix:" + connection.Path
	}
	host, ok := netprobe.ShowHost(connection.Host)
	if !ok {
		host = "(a host that is not shown)"
	}
	return host + ":" + shortNumber(connection.Port)
}

func (a *attempt) address() string { return a.request.address() }

// shortNumber is a number, or that it is long.
func shortNumber(n *big.Int) string {
	switch {
	case n == nil:
		return "6379"
	case n.BitLen() > 63:
		return "(a number too long to show)"
	default:
		return n.String()
	}
}

// client is the app's client by its version, for a sentence.
func (a *attempt) client() string {
	if a.request.Redis == nil {
		return "redis-py"
	}
	return "redis-py " + a.request.Redis.String()
}

// newestLine and oldestLine are the app's line of redis-py, or the ends of the
// supported ones where nobody stated the version.
func (a *attempt) newestLine() redisurl.Line { return a.lineOr(redisurl.Newest) }

func (a *attempt) oldestLine() redisurl.Line { return a.lineOr(redisurl.Lines()[0]) }

func (a *attempt) lineOr(otherwise redisurl.Line) redisurl.Line {
	if a.request.Redis == nil {
		return otherwise
	}
	// Of a version that is not mirrored it is the nearest that is.
	line, _ := redisurl.LineOf(*a.request.Redis)
	return line
}

// AddressOf is what a request connects to, for people, as in [Report.Address].
func AddressOf(request Request) string { return request.address() }
