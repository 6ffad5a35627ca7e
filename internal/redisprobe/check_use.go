package redisprobe

import (
	"fmt"
	"net"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docClientsNearlyFull = finding.Doc{
	ID:       "redis/clients-nearly-full",
	Title:    "Redis has nearly as many clients as it allows",
	Severity: finding.Warning,
	Why: "Redis serves a limited number of connections (maxclients), and nine tenths of them are taken. Each process of the app holds several; when none is left, " +
		"a process that starts or reconnects is refused.",
	Django: "Nothing yet. Then redis-py raises ConnectionError (\"max number of clients reached\") for each new connection.",
	Fix:    "Find out with CLIENT LIST who holds the connections, and raise maxclients if they are all needed.",
	Live:   true, Since: since,
	Sources: []string{"django/channels_redis#279", "django/channels_redis#332"},
}

func (a *attempt) clientsNearlyFull(learned *survey) *problem {
	connected, most := learned.info.number("connected_clients"), learned.info.number("maxclients")
	if connected == nil || most == nil || *most == 0 || float64(*connected) < 0.9*float64(*most) {
		return nil
	}
	return wrong(docClientsNearlyFull,
		fmt.Sprintf("Redis at %s has %d clients of at most %d, this check included.", a.address(), *connected, *most),
		"Once it has as many, "+a.client()+" raises ConnectionError for every new connection.")
}

var docRestarted = finding.Doc{
	ID:       "redis/restarted",
	Title:    "Redis has started within the last ten minutes",
	Severity: finding.Info,
	Why: "The core layer keeps its groups in Redis. Unless Redis saved them, they are gone after a restart. Most WebSockets that were open end with it; one that outlives it " +
		"(its process did not notice that Redis was away) is in no group, and stays silent until it connects again.",
	Django: "While Redis is away, waiting for messages raises ConnectionError, which closes WebSockets (1011). For those that stay open nothing is raised: sending to a group that is gone succeeds and reaches nobody.",
	Fix:    "If messages do not arrive, restart the app's processes, so that their WebSockets connect again.",
	Live:   true, Since: since,
}

// recent is how long a restart may explain silent WebSockets.
const recent = 10 * time.Minute

func (a *attempt) restarted(learned *survey) *problem {
	uptime := learned.info.number("uptime_in_seconds")
	if uptime == nil || *uptime >= int64(recent/time.Second) || a.request.layer().isPubSub() {
		return nil
	}
	return wrong(docRestarted, fmt.Sprintf("Redis at %s started %d s ago.", a.address(), *uptime),
		"Groups from before are gone unless they were saved.")
}

var docOpen = finding.Doc{
	ID:       "auth/open",
	Title:    "This Redis asks nobody for a password",
	Severity: finding.Warning,
	Varies:   "Info where DEBUG holds.",
	Why: "Whoever reaches the port of this Redis can read every message, send some, and delete everything; " +
		"a Redis that is open to the internet is found and taken over within hours. In a network of its own the risk is small, until something else in that network is broken into.",
	Django: "The app connects.",
	Fix:    "Set a password on Redis (requirepass) and put it into REDIS_URL, as in redis://:password@host:6379.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, Security"},
}

// open is a Redis that obeyed before anybody had logged in, seen from another
// machine. Whoever shows a certificate is not nobody.
func (a *attempt) open(said answers) *problem {
	connection := a.request.Connection
	_, certificate := connection.Options["ssl_certfile"]
	if connection.Transport == redisurl.Unix || certificate || isLoopback(connection.Host) || isLoopbackTarget(a.dialed) {
		return nil
	}
	if a.credentials() != nil && (!said.hello.accepted() || a.isDefaultUser()) {
		// For the default user there is a finding already.
		return nil
	}
	p := wrong(docOpen, "Redis at "+a.address()+" let this check in without a password.", "The app connects.")
	p.mildInDebug = true
	if a.credentials() != nil {
		p.observed = "Redis at " + a.address() + " obeys clients that have not logged in: its default user needs no password."
		p.fix = "Switch off the default user of Redis (ACL SETUSER default off), or set its password."
	}
	return p
}

func useDocs() []finding.Doc { return []finding.Doc{docClientsNearlyFull, docRestarted, docOpen} }

// isLoopbackTarget is isLoopback of "host:port".
func isLoopbackTarget(target string) bool {
	host, _, err := net.SplitHostPort(target)
	return err == nil && isLoopback(host)
}
