package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

var (
	errImpossible    = errors.New("cli: redis-py refuses these TLS settings")
	errNoCertificate = errors.New("cli: no certificate could be read")
)

// secure runs the TLS handshake with the settings that redis-py would use
// (RedisSSLContext, redis/asyncio/connection.py). Where crypto/tls is stricter
// than OpenSSL, it stays so: the probe has said what is wrong already.
func secure(ctx context.Context, conn net.Conn, c redisurl.Connection, line redisurl.Line) (net.Conn, error) {
	settings := c.TLSSettings(line)
	if settings.Impossible {
		return nil, errImpossible
	}
	config := &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}
	if settings.CertFile != "" {
		key := settings.KeyFile
		if key == "" {
			key = settings.CertFile
		}
		pair, err := tls.LoadX509KeyPair(settings.CertFile, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	roots := trusted(settings)
	config.RootCAs = roots
	if settings.CertReqs == redisurl.CertNone || !settings.CheckHostname {
		// As the app's settings ask for; chainOnly verifies the rest.
		config.InsecureSkipVerify = true
	}
	if settings.CertReqs != redisurl.CertNone && !settings.CheckHostname {
		config.VerifyConnection = chainOnly(roots)
	}
	client := tls.Client(conn, config)
	if err := client.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return client, nil
}

// chainOnly verifies the certificates and not the name.
func chainOnly(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errNoCertificate
		}
		intermediates := x509.NewCertPool()
		for _, certificate := range state.PeerCertificates[1:] {
			intermediates.AddCert(certificate)
		}
		_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates})
		return err
	}
}

// trusted are the system's authorities and those of the settings.
func trusted(settings redisurl.TLSSettings) *x509.CertPool {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	files := []string{}
	if settings.CACerts != "" {
		files = append(files, settings.CACerts)
	}
	if settings.CAPath != "" {
		more, _ := filepath.Glob(filepath.Join(settings.CAPath, "*"))
		files = append(files, more...)
	}
	for _, file := range files {
		if pem, err := os.ReadFile(file); err == nil {
			roots.AppendCertsFromPEM(pem)
		}
	}
	if settings.CAData != "" {
		roots.AppendCertsFromPEM([]byte(settings.CAData))
	}
	return roots
}
