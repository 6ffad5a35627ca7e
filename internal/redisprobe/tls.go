package redisprobe

import (
	"crypto/tls"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// TLS is what a check uses where the app has something else: texts in the
// place of files that exist only where the app runs. It never makes a check
// milder than redis-py: an authority is trusted only where the settings name a
// file or directory of authorities, and a client's certificate is shown only
// where they name one.
type TLS struct {
	// CA are certificates in PEM, for the file of ssl_ca_certs or the directory
	// of ssl_ca_path; "" reads those.
	CA string
	// Certificate is the client's in PEM, for the file of ssl_certfile; it may
	// hold the key as well. Empty reads the file.
	Certificate secret.String
	// Key is the client's in PEM, for the file of ssl_keyfile; empty reads the
	// file.
	Key secret.String
	// ServerName is the host that the app connects to, where the check gets
	// there by another name, as through a forwarded port: it is asked for in
	// the handshake and compared with the certificate. "" is the connection's
	// own host.
	ServerName string
}

// identify adds all that a check depends on to a key.
func (t TLS) identify(add func(string)) {
	for _, text := range []string{t.CA, t.Certificate.Reveal(), t.Key.Reveal(), t.ServerName} {
		add(text)
	}
}

// serverName is the host that the certificate has to be for.
func (r Request) serverName() string {
	if r.TLS.ServerName != "" {
		return r.TLS.ServerName
	}
	return r.Connection.Host
}

// authorities are the certificates in PEM of the settings' options, by the
// option that names them.
func (t TLS) authorities(settings redisurl.TLSSettings) (texts []string, problem *fileProblem) {
	named := settings.CACerts != "" || settings.CAPath != ""
	switch {
	case named && t.CA != "":
		if len(certificatesIn(t.CA)) == 0 {
			return nil, &fileProblem{option: "ssl_ca_certs", reason: noCertificate, given: true}
		}
		texts = append(texts, t.CA)
	case named:
		if texts, problem = authorityFiles(settings); problem != nil {
			return nil, problem
		}
	}
	if settings.CAData != "" {
		texts = append(texts, settings.CAData)
	}
	return texts, nil
}

// clientCertificates: the certificate's file may hold the key as well.
func (t TLS) clientCertificates(settings redisurl.TLSSettings) ([]tls.Certificate, *fileProblem) {
	if settings.CertFile == "" {
		return nil, nil
	}
	certificate, problem := pemOr(t.Certificate.Reveal(), settings.CertFile, "ssl_certfile")
	if problem != nil {
		return nil, problem
	}
	key := t.Key.Reveal()
	switch {
	case settings.KeyFile == "":
		key = certificate
	case key == "":
		if key, problem = pemOr("", settings.KeyFile, "ssl_keyfile"); problem != nil {
			return nil, problem
		}
	}
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		reason := "and the certificate make no pair that can be read here"
		if strings.Contains(key, "ENCRYPTED") {
			reason = "is encrypted, and the check cannot decrypt it"
		}
		return nil, &fileProblem{option: "ssl_keyfile", reason: reason, given: !t.Certificate.IsEmpty() && (settings.KeyFile == "" || !t.Key.IsEmpty())}
	}
	return []tls.Certificate{pair}, nil
}
