package redisprobe

import (
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// Depth says how far a check goes. The zero value is [DepthPing].
type Depth int

// Depths, in rising order.
const (
	// DepthPing resolves the name, connects, secures the connection, logs in,
	// selects the database and pings.
	DepthPing Depth = iota
	// DepthCapabilities looks at everything that the layer needs of the server
	// and of this user, and changes nothing.
	DepthCapabilities
	// DepthRoundTrip then sends messages as the layer would, under names of its
	// own that expire, and receives them.
	DepthRoundTrip
)

// DefaultTimeout bounds a check whose request says nothing else.
const DefaultTimeout = 5 * time.Second

// Request says what to check and on whose behalf.
type Request struct {
	// Connection is what redis-py would connect with. Where Sentinel is set, its
	// host and port are not: they are those of the master, when it is found.
	Connection redisurl.Connection
	// Sentinel finds the host, nil for one that is given.
	Sentinel *Sentinel
	// Redis is the version of redis-py in the app, nil where nobody stated
	// it: then only what holds for every supported version is reported, and
	// what depends on the version is of severity Info.
	Redis *packages.Version
	// TLS is what the check uses in the place of files that exist only where
	// the app runs.
	TLS TLS
	// Setting is what the findings name as their place: REDIS_URL, REDIS_HOST.
	Setting string
	// Hidden is set where host, port and path may be pieces of a password with
	// a raw delimiter: then nothing names them.
	Hidden bool
	// Timeout bounds one attempt, all stages together; 0 means
	// [DefaultTimeout].
	Timeout time.Duration
	// Depth says how far to go.
	Depth Depth
	// Layer is what runs on the connection, for what lies deeper than
	// [DepthPing]; nil stands for a core layer with the defaults of CONFIG.
	Layer *Layer
	// Debug is Django's DEBUG: the app then commonly runs on this machine, so
	// that nothing is said about loopback addresses inside containers, and a
	// Redis without a password is no more than a note.
	Debug bool
}

// looks reports a check that asks what a layer needs.
func (r Request) looks() bool { return r.Depth >= DepthCapabilities }

func (r Request) timeout() time.Duration {
	if r.Timeout <= 0 {
		return DefaultTimeout
	}
	return r.Timeout
}

// StageName names a step of the ladder.
type StageName string

// Stages, in their order.
const (
	// StageSentinel asks the Sentinels for the master, whose the stages are that
	// follow; only where there are Sentinels.
	StageSentinel StageName = "sentinel"
	StageResolve  StageName = "resolve" // the name, to addresses
	StageConnect  StageName = "connect" // TCP or the Unix socket
	StageTLS      StageName = "tls"     // the TLS handshake
	StageAuth     StageName = "auth"    // HELLO, and AUTH
	StageSelect   StageName = "select"  // SELECT, where the database is not 0
	StagePing     StageName = "ping"    // PING; not from DepthCapabilities on, where the rights stage proves as much
	// StageRights is what this user may do, from DepthCapabilities on.
	// Undetermined where that could not be learned.
	StageRights StageName = "rights"
	// StageServer is what the server says of itself, from DepthCapabilities on.
	// Undetermined where it does not say it to this user: nothing is known then
	// about its memory, its clients and its disk.
	StageServer StageName = "server"
	// StageReplicas is whether the layer could work with those that would take the
	// master's place, from DepthCapabilities on; only where there are Sentinels.
	StageReplicas StageName = "replicas"
	// StageRoundTrip sends messages and receives them, at DepthRoundTrip.
	StageRoundTrip StageName = "round_trip"
)

// Stage is one step of the ladder and how it went. Stages that do not apply
// (no TLS, database 0) or were never reached are not listed.
type Stage struct {
	Name   StageName      `json:"name"`
	Status finding.Status `json:"status"`
	// Duration is how long the step took. AUTH, SELECT and PING travel in one
	// round trip: its time is the ping's (or that of the rights stage in its
	// place), and the auth stage has that of the HELLO before it.
	Duration time.Duration `json:"duration_ns"`
}

// Report is what a check found. It holds no secret and is shared between
// callers: do not modify it.
type Report struct {
	// Outcome is Undetermined, whatever else was seen, where something stopped
	// the check that the place or the moment may explain. Otherwise it is
	// Failed with a finding above Info, else Undetermined where the rights of
	// the user could not all be learned, else Passed.
	Outcome finding.Outcome `json:"outcome"`
	// Ready says that a layer can work with this Redis, as far as the depth
	// tells: the check came to its end and found no error. Warnings do not take
	// it away, nor do rights that could not be learned: to find them out is for
	// whoever tries them, and the outcome says that they are not known.
	Ready  bool    `json:"ready"`
	Stages []Stage `json:"stages"`
	// Server is what the server said of itself, from DepthCapabilities on; nil
	// where the check did not get that far.
	Server *Server `json:"server,omitempty"`
	// Address is what was connected to, for people: "host:port" or
	// "unix:path". Of a master that Sentinels did not name it is "<name> of
	// Sentinel host:port, ...".
	Address string `json:"address"`
	// Way is the address of the tunnel to the server, for people, where the tunnel
	// is at fault, whatever lies behind it; "" elsewhere.
	Way string `json:"way,omitempty"`
	// Over is the machine that the check went over, for people, "" for none.
	Over string `json:"over,omitempty"`
	// Answered says that the other end sent at least one byte, Redis or not.
	Answered bool `json:"answered"`
	// Transient says that time alone may heal what was found: a name that
	// does not resolve yet, a server that is still starting.
	Transient bool `json:"transient"`
	// Canceled says that the caller's context ended before there was a
	// result; the outcome is then Undetermined without a finding.
	Canceled bool `json:"canceled,omitempty"`
	// Attempts is how often it was tried, for the proofs of an apply.
	Attempts int `json:"attempts"`
	// Duration is how long the last attempt took.
	Duration time.Duration `json:"duration_ns"`
	// by is what led to the server, nil for a host that was given.
	by *found
	// RoundTrip is what came through at [DepthRoundTrip], nil if it was not
	// reached.
	RoundTrip *RoundTrip `json:"round_trip,omitempty"`
}

// Passed reports whether the check passed.
func (r Report) Passed() bool { return r.Outcome.Status == finding.Passed }

// Led is the request for the server that the check was led to: that of the
// master that the Sentinels named, and the request itself where there are none.
func (r Report) Led(request Request) Request {
	if r.by == nil {
		return request
	}
	return request.toServer(r.by.host, r.by.port)
}

func canceled(address string) Report {
	return Report{Outcome: finding.Unknown(), Address: address, Canceled: true}
}
