package redisprobe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

// hostnameCheck says whether redis-py compares the certificate's names with
// the host.
type hostnameCheck int

const (
	hostnameIgnored hostnameCheck = iota + 1
	hostnameChecked
	// hostnameDepends: unsaid, and the version of redis-py is not stated.
	hostnameDepends
)

// tlsPolicy is how redis-py would secure a connection: RedisSSLContext.get in
// redis/asyncio/connection.py over ssl.create_default_context.
type tlsPolicy struct {
	verify       bool
	hostname     hostnameCheck
	roots        *x509.CertPool
	certificates []tls.Certificate
	minVersion   uint16
}

// fileProblem is a file of the TLS options that is of no use here.
type fileProblem struct {
	option string // ssl_ca_certs ...
	reason string // "does not exist", ...
}

// tlsPolicy reads the options; impossible says that redis-py fails over them
// before it connects.
func (a *attempt) tlsPolicy() (policy tlsPolicy, impossible bool, problem *fileProblem) {
	settings, hostname := a.tlsSettings()
	if settings.Impossible {
		return tlsPolicy{}, true, nil
	}
	policy = tlsPolicy{
		verify:     settings.CertReqs != redisurl.CertNone,
		hostname:   hostname,
		minVersion: tls.VersionTLS12, // Python 3.10 and later
	}
	if least := settings.MinVersion; least != nil && least.IsUint64() {
		if version := least.Uint64(); version >= tls.VersionTLS10 && version <= tls.VersionTLS13 {
			// ssl.TLSVersion has the numbers of the protocol, as crypto/tls.
			policy.minVersion = uint16(version)
		}
	}
	if policy.verify {
		if policy.roots, problem = trusted(settings); problem != nil {
			return tlsPolicy{}, false, problem
		}
	}
	policy.certificates, problem = clientCertificates(settings)
	return policy, false, problem
}

// tlsSettings are those of the app's version of redis-py, or, where nobody
// stated it, the newest one's, with what the oldest does differently.
func (a *attempt) tlsSettings() (redisurl.TLSSettings, hostnameCheck) {
	connection := a.request.Connection
	settings := connection.TLSSettings(a.newestLine())
	before := connection.TLSSettings(a.oldestLine())
	switch {
	case settings.CertReqs == redisurl.CertNone || !settings.CheckHostname && !before.CheckHostname:
		return settings, hostnameIgnored
	case settings.CheckHostname && before.CheckHostname:
		return settings, hostnameChecked
	default:
		return settings, hostnameDepends
	}
}

// trusted are the system's authorities and those of the options, which
// load_verify_locations adds to them.
func trusted(settings redisurl.TLSSettings) (*x509.CertPool, *fileProblem) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if settings.CACerts != "" {
		pem, err := os.ReadFile(settings.CACerts)
		if err != nil {
			return nil, &fileProblem{option: "ssl_ca_certs", reason: unreadable(err)}
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, &fileProblem{option: "ssl_ca_certs", reason: "holds no certificate"}
		}
	}
	if settings.CAData != "" && !roots.AppendCertsFromPEM([]byte(settings.CAData)) {
		return nil, &fileProblem{option: optionCAData, reason: "holds no certificate"}
	}
	if settings.CAPath != "" {
		if err := appendDirectory(roots, settings.CAPath); err != nil {
			return nil, &fileProblem{option: "ssl_ca_path", reason: unreadable(err)}
		}
	}
	return roots, nil
}

// optionCAData holds certificates themselves, not the name of a file.
const optionCAData = "ssl_ca_data"

// appendDirectory adds the certificates of a directory. OpenSSL looks only at
// files named by a hash; those are links to the rest.
func appendDirectory(roots *x509.CertPool, path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		if pem, err := os.ReadFile(filepath.Join(path, entry.Name())); err == nil {
			roots.AppendCertsFromPEM(pem)
		}
	}
	return nil
}

// clientCertificates: the certificate's file may hold the key as well.
func clientCertificates(settings redisurl.TLSSettings) ([]tls.Certificate, *fileProblem) {
	certificate, key := settings.CertFile, settings.KeyFile
	if certificate == "" {
		return nil, nil
	}
	if key == "" {
		key = certificate
	}
	certPEM, err := os.ReadFile(certificate)
	if err != nil {
		return nil, &fileProblem{option: "ssl_certfile", reason: unreadable(err)}
	}
	keyPEM, err := os.ReadFile(key)
	if err != nil {
		return nil, &fileProblem{option: "ssl_keyfile", reason: unreadable(err)}
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		reason := "and the certificate make no pair that can be read here"
		if strings.Contains(string(keyPEM), "ENCRYPTED") {
			reason = "is encrypted, and the check cannot decrypt it"
		}
		return nil, &fileProblem{option: "ssl_keyfile", reason: reason}
	}
	return []tls.Certificate{pair}, nil
}

func unreadable(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist on this machine"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by this user"
	default:
		return "cannot be read on this machine"
	}
}
