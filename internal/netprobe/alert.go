package netprobe

import (
	"errors"
	"net"
	"reflect"
)

// Alerts of TLS with a meaning of their own (RFC 8446, section 6.2).
const (
	AlertHandshakeFailure    = 40
	AlertCertificateRequired = 116
)

// alertNames are the alerts that say something.
var alertNames = map[uint64]string{
	40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked",
	45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca",
	49: "access_denied", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
	86: "inappropriate_fallback", 112: "unrecognized_name", 116: "certificate_required",
	120: "no_application_protocol",
}

// AlertName is the name of an alert, "" for one that says nothing.
func AlertName(code uint64) string { return alertNames[code] }

// AlertCode is the number of the alert with which the other end ended a TLS
// handshake. crypto/tls wraps it, a small integer of a type of its own, in a
// net.OpError whose Op is "remote error".
func AlertCode(err error) (code uint64, ok bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return 0, false
	}
	value := reflect.ValueOf(op.Err)
	if value.Kind() != reflect.Uint8 {
		return 0, false
	}
	return value.Uint(), true
}
