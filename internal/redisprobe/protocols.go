package redisprobe

import (
	"bytes"
	"strings"
)

// protocol is what the other end speaks, judged by its first bytes.
type protocol int

const (
	speaksNothing    protocol = iota // not a byte was received
	speaksRESP                       // what could be a reply of Redis
	speaksErrorReply                 // an error reply of Redis
	speaksTLS
	speaksHTTP
	speaksSSH
	speaksMySQL
	speaksPostgres
	speaksOther
)

// String says what it is in a sentence.
func (p protocol) String() string {
	switch p {
	case speaksHTTP:
		return "a web server (HTTP)"
	case speaksSSH:
		return "an SSH server"
	case speaksMySQL:
		return "a MySQL or MariaDB server"
	case speaksPostgres:
		return "a PostgreSQL server"
	case speaksTLS:
		return "a TLS server"
	default:
		return "not a Redis"
	}
}

// respTypes are the first bytes of the replies of RESP2 and RESP3.
const respTypes = "+-:$*_#,(!=%~|>"

// recognise judges the first bytes that a server sent.
func recognise(greeting []byte) protocol {
	has := func(prefix string) bool { return bytes.HasPrefix(greeting, []byte(prefix)) }
	switch {
	case len(greeting) == 0:
		return speaksNothing
	case isTLSRecord(greeting):
		return speaksTLS
	case has("HTTP/"), has("<html"), has("<HTML"), has("<!DOCTYPE"), has("<!doctype"):
		return speaksHTTP
	case has("SSH-"):
		return speaksSSH
	case len(greeting) >= 5 && greeting[3] == 0 && (greeting[4] == 0x0a || greeting[4] == 0xff):
		// A packet of three bytes of length, sequence number 0, and protocol
		// version 10 or an error.
		return speaksMySQL
	case greeting[0] == 'E' && len(greeting) >= 6 && greeting[1] == 0 && greeting[5] == 'S':
		// ErrorResponse, its length, and the severity.
		return speaksPostgres
	case greeting[0] == '-':
		return speaksErrorReply
	case strings.IndexByte(respTypes, greeting[0]) >= 0:
		return speaksRESP
	default:
		return speaksOther
	}
}

// isTLSRecord reports an alert or a handshake record of TLS.
func isTLSRecord(greeting []byte) bool {
	return len(greeting) >= 2 && (greeting[0] == 0x15 || greeting[0] == 0x16) && greeting[1] == 0x03
}
