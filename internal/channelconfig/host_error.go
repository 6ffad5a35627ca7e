package channelconfig

import (
	"errors"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

// HostReason is why an entry of hosts cannot be used. The set is closed.
type HostReason string

// Reasons of a [HostError].
const (
	// HostMissing: the entry says nothing of where Redis is.
	HostMissing HostReason = "missing"
	// HostEmptyURL: the URL is "".
	HostEmptyURL HostReason = "empty-url"
	// HostConflict: the entry says twice where Redis is.
	HostConflict HostReason = "conflict"
	// HostPart: a part cannot be what it says. Err says why.
	HostPart HostReason = "part"
	// HostNoSentinels: there is a master's name, and nobody to ask for it.
	HostNoSentinels HostReason = "no-sentinels"
	// HostNoMaster: there are Sentinels, and no name to ask them for.
	HostNoMaster HostReason = "no-master"
	// HostNotAList: hosts are no list.
	HostNotAList HostReason = "not-a-list"
	// HostNotAnEntry: an entry is neither text nor a list nor an object.
	HostNotAnEntry HostReason = "not-an-entry"
	// HostNotAPair: a list in place of a host has no two elements.
	HostNotAPair HostReason = "not-a-pair"
	// HostSentinelNotAPair: a Sentinel is no pair of a host and a port.
	HostSentinelNotAPair HostReason = "sentinel-not-a-pair"
	// HostPort: a port is nothing that int() reads.
	HostPort HostReason = "port"
	// HostArgument: an argument has a value that no connection takes.
	HostArgument HostReason = "argument"
)

// HostError says which entry of hosts cannot be used, and why. It holds nothing
// of the entry's values.
type HostError struct {
	Reason HostReason
	// Setting is the entry: hosts[0], or hosts[0].sentinels[1].
	Setting string
	// Part is the name of the part at fault, "" where it is the whole.
	Part string
	// Err says more about a part, without quoting it.
	Err error
}

// Text says what is wrong, without the place.
func (e *HostError) Text() string {
	switch e.Reason {
	case HostMissing:
		return "the entry says nothing of where Redis is: it needs a URL, a host, a path or Sentinels"
	case HostEmptyURL:
		return "the URL is empty"
	case HostConflict:
		return e.Part + " says a second time where Redis is, beside what the entry says already"
	case HostPart:
		return e.Err.Error()
	case HostNoSentinels:
		return "there are no Sentinels to ask for the master"
	case HostNoMaster:
		return "there are Sentinels, and master_name does not say what to ask them for"
	case HostNotAList:
		return "hosts are not a list"
	case HostNotAnEntry:
		return "an entry must be a URL, a pair of host and port, or an object"
	case HostNotAPair:
		return "a list in place of a host must hold a host and a port"
	case HostSentinelNotAPair:
		return "a Sentinel must be a pair of host and port; redis-py does not take URLs there"
	case HostPort:
		return "the port is not a number"
	default:
		return "an argument has a value that redis-py does not take"
	}
}

// Error names the entry.
func (e *HostError) Error() string { return e.Setting + ": " + e.Text() }

// Unwrap is what is wrong with a part.
func (e *HostError) Unwrap() error { return e.Err }

// partsError is what cannot be built of an entry's parts.
func partsError(setting string, err error) *HostError {
	var parts *redisurl.PartsError
	if !errors.As(err, &parts) {
		return &HostError{Reason: HostArgument, Setting: setting}
	}
	name := parts.Part
	if parts.Argument != "" {
		name = parts.Argument
	}
	return &HostError{Reason: HostPart, Setting: setting, Part: name, Err: parts}
}
