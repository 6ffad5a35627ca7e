package redisprobe

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

// trust is whom OpenSSL believes.
type trust struct {
	// roots end a chain: the system's authorities, and those of the settings
	// that signed themselves.
	roots *x509.CertPool
	// between are certificates of the settings that somebody else signed:
	// OpenSSL looks on for who did, unless partial chains are allowed, as they
	// are in Python from 3.13 on (create_default_context of Lib/ssl.py).
	between []*x509.Certificate
	// partial is the same for a Python that allows partial chains, nil where
	// that makes no difference.
	partial *trust
	// unknownRules: the settings want rules of OpenSSL that are not known here.
	unknownRules bool
	// anyKey leaves short keys to the ciphers that the settings choose.
	anyKey bool
}

// trusting are the system's authorities and those of the options, which
// load_verify_locations adds to them.
func trusting(settings redisurl.TLSSettings, texts []string) (trust, *fileProblem) {
	if settings.CAData != "" && len(certificatesIn(settings.CAData)) == 0 {
		return trust{}, &fileProblem{option: optionCAData, reason: noCertificate}
	}
	whole := trust{roots: systemRoots(), anyKey: settings.Ciphers != ""}
	for _, flag := range settings.IncludeFlags {
		whole.unknownRules = whole.unknownRules || !slices.Contains([]string{"VERIFY_DEFAULT", "VERIFY_X509_TRUSTED_FIRST", "VERIFY_X509_PARTIAL_CHAIN", "VERIFY_ALLOW_PROXY_CERTS"}, flag)
	}
	partial := trust{roots: systemRoots(), anyKey: whole.anyKey, unknownRules: whole.unknownRules}
	for _, text := range texts {
		for _, certificate := range certificatesIn(text) {
			partial.roots.AddCert(certificate)
			if bytes.Equal(certificate.RawSubject, certificate.RawIssuer) {
				whole.roots.AddCert(certificate)
			} else {
				whole.between = append(whole.between, certificate)
			}
		}
	}
	switch {
	case slices.Contains(settings.IncludeFlags, "VERIFY_X509_PARTIAL_CHAIN"):
		return partial, nil
	case len(whole.between) > 0 && !slices.Contains(settings.ExcludeFlags, "VERIFY_X509_PARTIAL_CHAIN"):
		whole.partial = &partial
	}
	return whole, nil
}

func systemRoots() *x509.CertPool {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return x509.NewCertPool()
	}
	return roots
}

// certificatesIn are the certificates of a PEM text that can be read.
func certificatesIn(text string) []*x509.Certificate {
	var list []*x509.Certificate
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return list
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			list = append(list, certificate)
		}
	}
}

// judgeChain verifies the server's certificate as OpenSSL does for Python's
// ssl.create_default_context.
func (h *handshake) judgeChain(leaf *x509.Certificate, shown []*x509.Certificate) *problem {
	now := time.Now()
	trust := h.policy.trust
	chains, err := trust.chains(leaf, shown, now)
	if err != nil && trust.partial != nil {
		// Whether OpenSSL takes such a chain hangs on the version of Python.
		if chains, err = trust.partial.chains(leaf, shown, now); err == nil {
			h.notes = append(h.notes, h.incompleteAuthority())
		}
	}
	if err != nil {
		return h.chainProblem(err, leaf, now)
	}
	if trust.unknownRules {
		return h.unknownFlags()
	}
	if !trust.anyKey && !anyStrong(chains) {
		return h.shortKey()
	}
	return nil
}

// chains are those from the certificate to somebody who is trusted.
func (t trust) chains(leaf *x509.Certificate, shown []*x509.Certificate, now time.Time) ([][]*x509.Certificate, error) {
	intermediates := x509.NewCertPool()
	for _, certificate := range shown {
		intermediates.AddCert(certificate)
	}
	for _, certificate := range t.between {
		intermediates.AddCert(certificate)
	}
	return leaf.Verify(x509.VerifyOptions{Roots: t.roots, Intermediates: intermediates, CurrentTime: now})
}

// anyStrong reports whether a chain has only keys that OpenSSL takes at
// security level 2, which Python asks for (PY_SSL_DEFAULT_CIPHER_STRING of
// Modules/_ssl.c since 3.10; ssl_security_cert of OpenSSL's ssl/ssl_cert.c):
// 112 bits, which is RSA of 2048. Of elliptic curves crypto/x509 takes none
// that is weaker.
func anyStrong(chains [][]*x509.Certificate) bool {
	for _, chain := range chains {
		strong := true
		for _, certificate := range chain {
			if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < shortestRSA {
				strong = false
			}
		}
		if strong {
			return true
		}
	}
	return false
}

const shortestRSA = 2048

// chainProblem classifies x509's errors.
func (h *handshake) chainProblem(err error, leaf *x509.Certificate, now time.Time) *problem {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return h.expired(now.Before(leaf.NotBefore))
	case errors.As(err, &unknown):
		return h.unknownAuthority()
	default:
		return h.badCertificate()
	}
}
