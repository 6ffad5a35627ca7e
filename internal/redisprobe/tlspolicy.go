package redisprobe

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

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
	trust        trust
	certificates []tls.Certificate
	minVersion   uint16
}

// fileProblem is a file of the TLS options that is of no use here.
type fileProblem struct {
	option string // ssl_ca_certs ...
	reason string // "does not exist", ...
	// given: the text was given to the check in the place of the file, so that
	// it is no better where the app runs.
	given bool
}

// tlsPolicy reads the options; impossible says that redis-py fails over them
// before it connects.
func (a *attempt) tlsPolicy() (policy tlsPolicy, impossible bool, problem *fileProblem) {
	settings, hostname := a.tlsSettings()
	// From 7.2.0 on a key alone counts, and Python wants its certificate.
	if settings.Impossible || settings.CertFile == "" && settings.KeyFile != "" {
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
		texts, problem := a.request.TLS.authorities(settings)
		if problem != nil {
			return tlsPolicy{}, false, problem
		}
		if policy.trust, problem = trusting(settings, texts); problem != nil {
			return tlsPolicy{}, false, problem
		}
	}
	policy.certificates, problem = a.request.TLS.clientCertificates(settings)
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

// optionCAData holds certificates themselves, not the name of a file.
const optionCAData = "ssl_ca_data"

// authorityFiles reads the file and the directory of the options.
func authorityFiles(settings redisurl.TLSSettings) (texts []string, problem *fileProblem) {
	if settings.CACerts != "" {
		text, problem := pemOr("", settings.CACerts, "ssl_ca_certs")
		if problem != nil {
			return nil, problem
		}
		if len(certificatesIn(text)) == 0 {
			return nil, &fileProblem{option: "ssl_ca_certs", reason: noCertificate}
		}
		texts = append(texts, text)
	}
	if settings.CAPath != "" {
		more, err := readDirectory(settings.CAPath)
		if err != nil {
			return nil, &fileProblem{option: "ssl_ca_path", reason: unreadable(err)}
		}
		texts = append(texts, more...)
	}
	return texts, nil
}

// noCertificate is said of a text that should hold one.
const noCertificate = "holds no certificate"

// readDirectory reads the files of a directory. OpenSSL looks only at files
// named by a hash; those are links to the rest.
func readDirectory(path string) (texts []string, _ error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(path, entry.Name())); err == nil {
			texts = append(texts, string(text))
		}
	}
	return texts, nil
}

// pemOr is the text, or what the file of an option holds.
func pemOr(text, path, option string) (string, *fileProblem) {
	if text != "" {
		return text, nil
	}
	read, err := os.ReadFile(path)
	if err != nil {
		return "", &fileProblem{option: option, reason: unreadable(err)}
	}
	return string(read), nil
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
