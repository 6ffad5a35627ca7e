package redisurl

import (
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// defaultTimeout is DEFAULT_SOCKET_TIMEOUT and DEFAULT_SOCKET_CONNECT_TIMEOUT
// of redis/_defaults.py since 8.0.0, in seconds.
const defaultTimeout = 5.0

// SocketTimeouts are the timeouts in effect, in seconds: for each reply, and
// for connecting. nil is none. They may be 0, negative, infinite or NaN, as
// float() read them.
func (c Connection) SocketTimeouts(line Line) (reply, connect *float64) {
	reply, connect = c.Options["socket_timeout"].Float, c.Options["socket_connect_timeout"].Float
	switch {
	case line >= line80:
		seconds := defaultTimeout
		if reply == nil {
			reply = &seconds
		}
		if connect == nil {
			connect = &seconds
		}
	case line >= line46:
		if connect == nil {
			connect = reply
		}
	default:
		// socket_connect_timeout or socket_timeout or None
		if connect == nil || *connect == 0 {
			connect = reply
		}
		if connect != nil && *connect == 0 {
			connect = nil
		}
	}
	return reply, connect
}

// CertRequirement is what is asked of the server's certificate.
type CertRequirement string

// Values of ssl_cert_reqs.
const (
	CertNone     CertRequirement = "none"
	CertOptional CertRequirement = "optional" // as CertRequired, for a client
	CertRequired CertRequirement = "required"
)

// TLSSettings are what RedisSSLContext sets up for a TLS connection.
type TLSSettings struct {
	CertReqs CertRequirement
	// CheckHostname: the certificate must be for the host's name.
	CheckHostname bool
	// Impossible: redis-py fails when it connects, before it dials, because
	// Python's ssl module refuses the combination ("Cannot set verify_mode to
	// CERT_NONE when check_hostname is enabled", before 6.1.0), or
	// ssl_min_version is text (before 8.0.1).
	Impossible bool
	// CACerts and CAPath are files or directories, CAData certificates in
	// PEM. "" is none: then the system's are used.
	CACerts, CAPath, CAData string
	// CertFile and KeyFile are the client's certificate and key. "" is none;
	// before 7.2.0 one without the other counts as none.
	CertFile, KeyFile string
	KeyPassword       secret.String
	// MinVersion is the number of an ssl.TLSVersion (771 is TLS 1.2), nil for
	// Python's default. Since 8.0.1; see Impossible.
	MinVersion *big.Int
	// Ciphers is an OpenSSL cipher list, "" for Python's default.
	Ciphers string
	// IncludeFlags and ExcludeFlags are names of ssl.VerifyFlags.
	IncludeFlags, ExcludeFlags []string
}

// TLSSettings are the settings of a TLS connection in that line; the zero TLSSettings
// for another.
func (c Connection) TLSSettings(line Line) TLSSettings {
	if c.Transport != TLS {
		return TLSSettings{}
	}
	text := func(name string) string { return c.Options[name].Text.Reveal() }
	s := TLSSettings{
		CertReqs: CertRequired, CheckHostname: line >= line60,
		CACerts: text("ssl_ca_certs"), CAPath: text("ssl_ca_path"), CAData: text("ssl_ca_data"),
		CertFile: text("ssl_certfile"), KeyFile: text("ssl_keyfile"), KeyPassword: c.Options["ssl_password"].Text,
		MinVersion: c.Options["ssl_min_version"].Int, Ciphers: text("ssl_ciphers"),
	}
	if reqs := text("ssl_cert_reqs"); reqs != "" {
		s.CertReqs = CertRequirement(reqs)
	}
	if check := c.Options["ssl_check_hostname"].Bool; check != nil {
		s.CheckHostname = *check
	}
	if line >= line61 && s.CertReqs == CertNone {
		s.CheckHostname = false
	}
	if line < line72 && (s.CertFile == "" || s.KeyFile == "") {
		s.CertFile, s.KeyFile = "", ""
	}
	if flags := text("ssl_include_verify_flags"); flags != "" {
		s.IncludeFlags, _ = verifyFlags(flags)
	}
	if flags := text("ssl_exclude_verify_flags"); flags != "" {
		s.ExcludeFlags, _ = verifyFlags(flags)
	}
	s.Impossible = s.CertReqs == CertNone && s.CheckHostname || text("ssl_min_version") != "" && s.MinVersion == nil
	return s
}
