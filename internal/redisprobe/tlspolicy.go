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

func (a *attempt) tlsPolicy() (tlsPolicy, *fileProblem) {
	connection := a.request.Connection
	policy := tlsPolicy{
		verify:     optionText(connection, "ssl_cert_reqs") != "none",
		hostname:   a.hostnameCheck(),
		minVersion: tls.VersionTLS12, // Python 3.10 and later
	}
	if option, ok := connection.Options["ssl_min_version"]; ok && option.Int != nil && option.Int.IsUint64() {
		if version := option.Int.Uint64(); version >= tls.VersionTLS10 && version <= tls.VersionTLS13 {
			// ssl.TLSVersion has the numbers of the protocol, as crypto/tls.
			policy.minVersion = uint16(version)
		}
	}
	if policy.verify {
		roots, problem := trusted(connection)
		if problem != nil {
			return tlsPolicy{}, problem
		}
		policy.roots = roots
	}
	certificates, problem := a.clientCertificates()
	policy.certificates = certificates
	return policy, problem
}

// hostnameCheck: SSLConnection's default became True in 6.0; without a
// verified certificate there is nothing to compare.
func (a *attempt) hostnameCheck() hostnameCheck {
	connection, version := a.request.Connection, a.request.Redis
	if optionText(connection, "ssl_cert_reqs") == "none" {
		return hostnameIgnored
	}
	if option, ok := connection.Options["ssl_check_hostname"]; ok && option.Bool != nil {
		if *option.Bool {
			return hostnameChecked
		}
		return hostnameIgnored
	}
	switch {
	case version == nil:
		return hostnameDepends
	case version.AtLeast(6, 0, 0):
		return hostnameChecked
	default:
		return hostnameIgnored
	}
}

// trusted are the system's authorities and those of the options, which
// load_verify_locations adds to them.
func trusted(connection redisurl.Connection) (*x509.CertPool, *fileProblem) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if path := optionText(connection, "ssl_ca_certs"); path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, &fileProblem{option: "ssl_ca_certs", reason: unreadable(err)}
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, &fileProblem{option: "ssl_ca_certs", reason: "holds no certificate"}
		}
	}
	if data := optionText(connection, "ssl_ca_data"); data != "" && !roots.AppendCertsFromPEM([]byte(data)) {
		return nil, &fileProblem{option: "ssl_ca_data", reason: "holds no certificate"}
	}
	if path := optionText(connection, "ssl_ca_path"); path != "" {
		if err := appendDirectory(roots, path); err != nil {
			return nil, &fileProblem{option: "ssl_ca_path", reason: unreadable(err)}
		}
	}
	return roots, nil
}

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

// clientCertificates: before 7.2 redis-py wants both files, since then the
// certificate's file may hold the key as well.
func (a *attempt) clientCertificates() ([]tls.Certificate, *fileProblem) {
	connection := a.request.Connection
	certificate, key := optionText(connection, "ssl_certfile"), optionText(connection, "ssl_keyfile")
	if certificate == "" {
		return nil, nil
	}
	if key == "" {
		if a.request.Redis == nil || !a.request.Redis.AtLeast(7, 2, 0) {
			return nil, nil
		}
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

func optionText(connection redisurl.Connection, name string) string {
	return connection.Options[name].Text.Reveal()
}
