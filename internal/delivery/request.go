package delivery

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

const (
	// DefaultTimeout bounds one attempt.
	DefaultTimeout = 10 * time.Second
	// SafePrefix begins the names of groups and channels that are for checks.
	SafePrefix = "channels-check"
	// DefaultGroup is where a message goes if nothing else is said.
	DefaultGroup = SafePrefix
	// Token is what stands for the token in a message.
	Token = "{token}"
)

// DefaultMessage is the message that the test consumer takes.
func DefaultMessage() map[string]string {
	return map[string]string{"type": "channels.check", "token": Token}
}

// Request says what to prove.
type Request struct {
	// Redis is where the layer is; its Layer says what the layer puts on the wire.
	// Its depth and timeout are those of the delivery.
	Redis redisprobe.Request
	// Hosts are all hosts of a layer that has several, in their order, and Redis
	// is one of them; nil for a layer with one.
	Hosts []redisprobe.Request
	// WebSocket is where the message shall come out; its timeout and expectation
	// are those of the delivery.
	WebSocket wsprobe.Request
	// Group or Channel is where the message goes; both empty is [DefaultGroup].
	Group, Channel string
	// Message is what is sent, with [Token] in one of its values; nil is
	// [DefaultMessage].
	Message map[string]string
	// AllowReal lets it go to groups and channels that are not for checks.
	AllowReal bool
	// Timeout bounds one attempt; 0 means [DefaultTimeout].
	Timeout time.Duration
}

// Over is the request for a layer with those hosts: the one that the group or
// the channel belongs to is its Redis.
func (r Request) Over(hosts []redisprobe.Request) Request {
	r.Redis = hosts[0]
	if len(hosts) > 1 {
		r.Hosts = hosts
		r.Redis = hosts[r.home()]
	}
	return r
}

func (r Request) timeout() time.Duration {
	if r.Timeout <= 0 {
		return DefaultTimeout
	}
	return r.Timeout
}

func (r Request) group() string {
	if r.Group == "" && r.Channel == "" {
		return DefaultGroup
	}
	return r.Group
}

func (r Request) message() map[string]string {
	if r.Message == nil {
		return DefaultMessage()
	}
	return r.Message
}

// filled is the message with a token in it.
func (r Request) filled(token string) channellayer.Message {
	message := channellayer.Message{}
	for key, value := range r.message() {
		message[key] = strings.ReplaceAll(value, Token, token)
	}
	return message
}

// InputError says what is wrong with an argument.
type InputError struct{ Input, Reason string }

func (e *InputError) Error() string { return e.Input + " " + e.Reason }

// Check looks for what cannot be delivered, or should not be. The error is an
// [*InputError].
func (r Request) Check() error {
	input, name := "group", r.group()
	check := channellayer.CheckGroupName
	if r.Channel != "" {
		input, name, check = "channel", r.Channel, channellayer.CheckChannelName
	}
	switch {
	case r.Group != "" && r.Channel != "":
		return &InputError{"group", "and channel exclude each other"}
	case check(name) != nil:
		return &InputError{input, "is no name that Channels takes: ASCII letters, digits, hyphens, underscores and periods, less than 100 of them"}
	case !r.AllowReal && !isForChecks(name):
		return &InputError{input, "does not begin with \"" + SafePrefix + "\", alone or before another character than a letter: it may have members that are people's open WebSockets, " +
			"and a message whose type a consumer has no handler for ends that consumer. Use a name for checks, or set allow_delivery_to_real_members = true if every member handles the message"}
	}
	message, holds := r.message(), false
	for _, value := range message {
		holds = holds || strings.Contains(value, Token)
	}
	switch {
	case message["type"] == "":
		return &InputError{"message", "has no type: Channels finds the handler by it"}
	case !holds:
		return &InputError{"message", "holds " + Token + " nowhere, by which it is recognised at the WebSocket"}
	}
	if _, reserved := message[channellayer.ReservedKey]; reserved {
		return &InputError{"message", "has the key " + channellayer.ReservedKey + ", which the layer uses itself"}
	}
	return nil
}

// isForChecks: "channels-checkout" is a name of an app.
func isForChecks(name string) bool {
	rest, found := strings.CutPrefix(name, SafePrefix)
	return found && (rest == "" || !isLetter(rest[0]))
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// newToken is text that nobody else sends: 104 bits are random.
func newToken() string {
	var random [13]byte
	// crypto/rand.Read never returns an error: it ends the program instead.
	_, _ = rand.Read(random[:])
	return SafePrefix + "-" + hex.EncodeToString(random[:])
}
