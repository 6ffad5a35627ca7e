package wsprobe

import (
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// StageName names a step of the ladder.
type StageName string

// Stages, in their order.
const (
	StageResolve StageName = "resolve" // the name, to addresses
	StageConnect StageName = "connect" // TCP
	StageTLS     StageName = "tls"     // the TLS handshake, of wss://
	StageUpgrade StageName = "upgrade" // the request, and the answer 101
	StageOpen    StageName = "open"    // that the app keeps it open, where no message is waited for
	StageReply   StageName = "reply"   // the message that is waited for
	// StageClose is the goodbye. Undetermined where the other end gave none in
	// time, which is no failure.
	StageClose StageName = "close"
)

// Stage is one step of the ladder and how it went. Stages that do not apply or
// were never reached are not listed.
type Stage struct {
	Name     StageName      `json:"name"`
	Status   finding.Status `json:"status"`
	Duration time.Duration  `json:"duration_ns"`
}

// Report is what a probe found. It holds no secret.
type Report struct {
	// Outcome is Undetermined where something stopped the probe that the place or
	// the moment may explain, else Failed with a finding above Info, else Passed.
	Outcome finding.Outcome `json:"outcome"`
	Stages  []Stage         `json:"stages"`
	// Address is scheme, host and port.
	Address string `json:"address"`
	// Connected says that the WebSocket was open, Replied that the message that
	// was waited for came.
	Connected bool `json:"connected"`
	Replied   bool `json:"replied"`
	// Status is the HTTP status of the answer to the handshake, 101 if it was
	// accepted, 0 where there was none.
	Status int `json:"status"`
	// Latency is from the handshake's request to its answer, 0 where there was
	// none.
	Latency time.Duration `json:"latency_ns"`
	// Subprotocol is the one the server chose, "" for none.
	Subprotocol string `json:"subprotocol"`
	// CloseCode is that of the server's close frame, 1005 for one without a code,
	// 1006 for a connection that ended without one; 0 where the server closed
	// nothing.
	CloseCode int `json:"close_code"`
	// CloseReason is the text beside it, if it can be shown.
	CloseReason string `json:"close_reason"`
	// Transient says that time alone may heal what was found.
	Transient bool `json:"transient"`
	// Canceled says that the caller's context ended before there was a result.
	Canceled bool          `json:"canceled,omitempty"`
	Duration time.Duration `json:"duration_ns"`
}

// Passed reports whether the probe passed.
func (r Report) Passed() bool { return r.Outcome.Status == finding.Passed }
