package redisurl

// Reason is why redis-py refuses a URL. The set is closed: [Reasons].
type Reason string

// Reasons, in the order in which redis-py would come upon them.
const (
	// UnbalancedBracket: "[" without "]" in the authority, or the other way.
	UnbalancedBracket Reason = "unbalanced-bracket"
	// TextAroundBrackets: something before "[" or after "]" in the host.
	TextAroundBrackets Reason = "text-around-brackets"
	// NotIPv6: brackets, and the host is not an IPv6 address.
	NotIPv6 Reason = "not-ipv6"
	// HiddenDelimiter: a character in the authority that becomes one of
	// "/?#@:" under NFKC normalization.
	HiddenDelimiter Reason = "hidden-delimiter"
	// ArgumentValue: a query argument's parser does not take its value.
	ArgumentValue Reason = "argument-value"
	// NoScheme: no scheme at all, or what comes before ":" cannot be one.
	NoScheme Reason = "no-scheme"
	// UnknownScheme: a scheme other than redis, rediss and unix.
	UnknownScheme Reason = "unknown-scheme"
	// PortNotNumber: a port that is not all ASCII digits.
	PortNotNumber Reason = "port-not-number"
	// PortOutOfRange: a port above 65535.
	PortOutOfRange Reason = "port-out-of-range"
	// NegativeMaxConnections: max_connections below 0.
	NegativeMaxConnections Reason = "negative-max-connections"
	// UnknownArgument: a query argument that the connection class has not.
	UnknownArgument Reason = "unknown-argument"
	// CertReqs: ssl_cert_reqs is not one of none, optional, required.
	CertReqs Reason = "cert-reqs"
	// CredentialConflict: credential_provider beside a user or password.
	CredentialConflict Reason = "credential-conflict"
	// NotFromURL: an argument that takes a Python object, not text.
	NotFromURL Reason = "not-from-url"
	// Protocol: a protocol other than 2 and 3.
	Protocol Reason = "protocol"
)

// Reasons are all of them.
func Reasons() []Reason {
	return []Reason{
		UnbalancedBracket, TextAroundBrackets, NotIPv6, HiddenDelimiter, ArgumentValue, NoScheme, UnknownScheme,
		PortNotNumber, PortOutOfRange, NegativeMaxConnections, UnknownArgument, CertReqs, CredentialConflict,
		NotFromURL, Protocol,
	}
}

// Text is a constant English phrase.
func (r Reason) Text() string {
	switch r {
	case UnbalancedBracket:
		return "a square bracket without its counterpart before the path"
	case TextAroundBrackets:
		return "text before or after the brackets around the host"
	case NotIPv6:
		return "square brackets, but the host is not an IPv6 address"
	case HiddenDelimiter:
		return "a character that Unicode normalization turns into a delimiter"
	case ArgumentValue:
		return "the value of a query argument cannot be read"
	case NoScheme:
		return "no scheme: redis://, rediss:// or unix:// must come first"
	case UnknownScheme:
		return "the scheme is not redis, rediss or unix"
	case PortNotNumber:
		return "the port is not a number"
	case PortOutOfRange:
		return "the port is above 65535"
	case NegativeMaxConnections:
		return "max_connections is negative"
	case UnknownArgument:
		return "a query argument that the connection does not take"
	case CertReqs:
		return "ssl_cert_reqs is not none, optional or required"
	case CredentialConflict:
		return "credential_provider cannot stand beside a user name or password"
	case NotFromURL:
		return "a query argument that takes a Python object, not text"
	case Protocol:
		return "the protocol is not 2 or 3"
	default:
		return "refused"
	}
}
