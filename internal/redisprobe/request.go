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
	// Connection is what redis-py would connect with.
	Connection redisurl.Connection
	// Redis is the version of redis-py in the app, nil where nobody stated
	// it: then only what holds for every supported version is reported, and
	// what depends on the version is of severity Info.
	Redis *packages.Version
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
	// that nothing is said about loopback addresses inside containers.
	Debug bool
}

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
	StageResolve StageName = "resolve" // the name, to addresses
	StageConnect StageName = "connect" // TCP or the Unix socket
	StageTLS     StageName = "tls"     // the TLS handshake
	StageAuth    StageName = "auth"    // HELLO, and AUTH
	StageSelect  StageName = "select"  // SELECT, where the database is not 0
	StagePing    StageName = "ping"    // PING
)

// Stage is one step of the ladder and how it went. Stages that do not apply
// (no TLS, database 0) or were never reached are not listed.
type Stage struct {
	Name   StageName      `json:"name"`
	Status finding.Status `json:"status"`
	// Duration is how long the step took. AUTH, SELECT and PING travel in one
	// round trip: its time is the ping's, and the auth stage has that of the
	// HELLO before it.
	Duration time.Duration `json:"duration_ns"`
}

// Report is what a check found. It holds no secret and is shared between
// callers: do not modify it.
type Report struct {
	Outcome finding.Outcome `json:"outcome"`
	Stages  []Stage         `json:"stages"`
	// Address is what was connected to, for people: "host:port" or
	// "unix:path".
	Address string `json:"address"`
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
}

// Passed reports whether the check passed.
func (r Report) Passed() bool { return r.Outcome.Status == finding.Passed }

func canceled(address string) Report {
	return Report{Outcome: finding.Unknown(), Address: address, Canceled: true}
}
