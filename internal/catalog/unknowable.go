package catalog

import "slices"

// Unknowable is a fault that no check can find, with the reason and what shows
// it, for the guide.
type Unknowable struct {
	Title string
	// Why nobody can know it from the settings of one layer and one look at its
	// Redis, and what the user can do.
	Why string
	// Shown is the experiment.
	Shown string
	// Test is the test that runs it, by name; "" where it was run by hand, or
	// not at all, as Shown then says.
	Test string
}

// Unknowables are the known faults without a finding.
func Unknowables() []Unknowable { return slices.Concat(ofTheApp(), ofTheServer()) }

// ofTheApp are those of settings, processes and what they send.
func ofTheApp() []Unknowable {
	return []Unknowable{
		{
			"Processes that do not agree",
			"Web workers and background workers must have the same prefix, database, backend, encryption keys and order of hosts. A layer is " +
				"looked at alone: what another process has been given is not in its settings, and Redis keeps no record of it. Take all " +
				"processes' variables from one channels_layer.",
			"Two real layers with different prefixes: the send succeeds and nothing arrives. With different keys the receiver raises InvalidToken.",
			"TestUnknowable_ProcessesThatDoNotAgree",
		},
		{
			"Two apps on one Redis with the same prefix",
			"The keys of both look alike, and neither app's settings name the other. Give each app a prefix of its own in config.",
			"A second real layer with the same prefix receives what the first sends to a group.",
			"TestUnknowable_AppsThatShareAPrefix",
		},
		{
			"Certificate files that differ from the texts in tls",
			"ca_pem, certificate_pem and key_pem stand for a check in the place of files that exist only where the app runs, and of a public authority the check " +
				"asks this machine's system, not that of the app's image. What is there shows there alone: run the check command in the app's container.",
			"A layer applied with texts, whose app has no such files, raises ConnectionError (Error 2) at the first message; run by hand.",
			"",
		},
		{
			"A Python that is stricter about certificates",
			"Python 3.13 and later refuse certificates that break RFC 5280, such as an authority's without key usages, as openssl req -x509 makes them. " +
				"Which Python the app has is stated nowhere.",
			"redis-py 7.4 with ssl_include_verify_flags=VERIFY_X509_STRICT, which Python 3.13 sets by itself, refuses such an authority; run by hand with Python 3.11.",
			"",
		},
		{
			"Channels that run over",
			"Whether readers keep up shows only while messages flow: a channel is over its capacity for moments. Watch the app's log for " +
				"\"channels over capacity\"; the check command with --channel counts what is waiting now.",
			"A channel of capacity 1 filled twice: send raises ChannelFull, group_send raises nothing and drops the message.",
			"TestUnknowable_ChannelsThatRunOver",
		},
		{
			"A FLUSHDB by another program, such as a cache in the same database",
			"Redis does not say who else will write into a database, or that a flush is to come. Give the layer a database of its own, or " +
				"better a Redis of its own: FLUSHALL knows no databases.",
			"After FLUSHDB group_send succeeds and no member of the group receives, until it is added again.",
			"TestUnknowable_FlushByOthers",
		},
	}
}

// ofTheServer are those of Redis, of time, and of what stands between.
func ofTheServer() []Unknowable {
	return []Unknowable{
		{
			"Connections that idle too long for a server or a proxy",
			"The server's timeout can be read only by users who may use CONFIG, and that of a NAT or proxy nowhere. redis-py before 8.1 " +
				"connects again by itself; from 8.1 on the first command after such a break raises. Add health_check_interval=30 to REDIS_URL " +
				"where such errors appear.",
			"Redis 7.0 with timeout 1, and the connection idle until Redis has closed it: redis-py 7.4 sends; what 8.1 does is logged by the test. " +
				"Proxies and NAT were not tried.",
			"TestUnknowable_IdleConnections",
		},
		{
			"Clocks that differ between the app's hosts",
			"The layer writes each host's own time into its keys and messages; Redis' clock plays no part, and no check runs on every host. " +
				"Run a time service on all of them.",
			"By hand: with keys, a sender two minutes ahead makes the receiver raise InvalidToken; members added by a host that is behind by " +
				"group_expiry are dropped.",
			"",
		},
		{
			"A leaked $inflight key",
			"A process killed between receiving a message and removing its copy leaves a key without an expiry. Finding it needs KEYS or SCAN over " +
				"everything in Redis, which a check must not do to a production server. It holds one channel's last messages and harms nothing else.",
			"By hand: a worker killed between the two commands; TTL of the key is -1.",
			"",
		},
		{
			"Slow pub/sub subscribers that Redis drops",
			"Redis closes a subscriber whose output buffer is over client-output-buffer-limit. It happens under load and is over before " +
				"anybody looks; the limit is readable only with CONFIG. Watch the log of Redis for \"overcoming of output buffer limits\".",
			"Not run: it is Redis' documented behaviour.",
			"",
		},
		{
			"Proxies and look-alikes: Envoy, Twemproxy, Dragonfly",
			"They answer PING and INFO in their own ways, so that no list of commands tells them apart for sure. The round trip at apply uses " +
				"the very commands of the layer and fails where one is missing (roundtrip/refused).",
			"Not run with these programs: the test servers refuse the commands that their manuals name.",
			"",
		},
		{
			"What managed services forbid or hide",
			"ElastiCache has no CONFIG and its Serverless is a cluster; OCI's sharded caches have no EVAL. Eviction is therefore read from INFO, a " +
				"cluster is recognized as such, and a missing EVAL shows in the rights and the round trip. What such a service does to idle " +
				"connections or in a failover is not visible from one look.",
			"Not run with these services: users without CONFIG, and clusters, stand in for them in the tests.",
			"",
		},
	}
}
