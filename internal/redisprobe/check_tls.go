package redisprobe

import (
	"crypto/x509"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// certificateExceptions ends what is said of certificates.
const certificateExceptions = "redis-py raises ConnectionError with CERTIFICATE_VERIFY_FAILED (4.3 shows only \"Error 1 connecting to ...\") " + atFirstUse

var docPlaintextServer = finding.Doc{
	ID:       "tls/plaintext-server",
	Title:    "The URL asks for TLS and this port of Redis speaks none",
	Severity: finding.Error,
	Why: "rediss:// (with two s) encrypts the connection, redis:// does not, and the port of the server must match. Redis speaks TLS only on a port that was set up for it. " +
		"A Redis without it takes the encrypted greeting for the beginning of a long line and waits for its end.",
	Django: "redis-py before 8 waits for ever; from 8.0 it raises TimeoutError after 5 seconds.",
	Fix:    "Write redis:// instead of rediss://, or use the TLS port of the server.",
	Live:   true,
	Since:  since,
}

func (a *attempt) plaintextServer() *problem {
	return wrong(docPlaintextServer, "Redis at "+a.address()+" answers without TLS, and the settings ask for it.", a.waits(true))
}

var docTLSRequired = finding.Doc{
	ID:       "tls/required",
	Title:    "This port of Redis speaks only TLS and the URL asks for none",
	Severity: finding.Error,
	Why: "The server expects an encrypted connection on this port and hangs up on everything else. rediss:// (with two s) encrypts, redis:// does not. " +
		"Hosted services often give two URLs, such as REDIS_URL and REDIS_TLS_URL.",
	Django:  "redis-py raises ConnectionError (\"Connection reset by peer\" or \"Connection closed by server.\") " + atFirstUse,
	Fix:     "Write rediss:// instead of redis:// in the URL.",
	Live:    true,
	Since:   since,
	Sources: []string{"django/channels_redis#370"},
}

func (a *attempt) tlsRequired() *problem {
	return wrong(docTLSRequired, a.address()+" speaks TLS, and the settings do not ask for it.", a.client()+" raises ConnectionError "+atFirstUse)
}

var docUnknownAuthority = finding.Doc{
	ID:       "tls/unknown-authority",
	Title:    "The certificate of Redis is signed by nobody who is trusted",
	Severity: finding.Error,
	Why: "A server shows a certificate to prove who it is, signed by an authority. This one is signed by itself or by a private authority that neither this system " +
		"nor the settings know. Hosted services, Heroku's for one, often do so.",
	Django: certificateExceptions,
	Fix:    "Give redis-py the authority's certificate, as tls = { ca_pem = ... }, or as ?ssl_ca_certs=/path/to/ca.pem in the URL.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"django/channels_redis#235", "django/channels_redis#370", "TabbycatDebate/tabbycat#1841",
	},
}

func (h *handshake) unknownAuthority() *problem {
	return wrong(docUnknownAuthority, "The certificate of Redis at "+h.where+" is not signed by an authority that this system or the settings trust.", certificateExceptions)
}

var docWrongName = finding.Doc{
	ID:       "tls/wrong-name",
	Title:    "The certificate of Redis is for another host name",
	Severity: finding.Error,
	Varies:   "Info where the version of redis-py is not stated, because it decides whether names are compared.",
	Why: "A certificate says for which host names it was made. The name in the settings is not among them: the server is another one than was meant, or is reached " +
		"by another name than its own, as through a tunnel or by its address.",
	Django: "redis-py from 6.0 compares the names and raises ConnectionError with CERTIFICATE_VERIFY_FAILED (\"Hostname mismatch\") " + atFirstUse +
		" Earlier ones compare them only with ssl_check_hostname=True.",
	Fix:     "Use a host name that stands in the certificate.",
	Live:    true,
	Since:   since,
	Sources: []string{"redis/redis-py#3626", "redis/redis-py#3629"},
}

// wrongName says whom the certificate names, as far as that looks like names.
func (h *handshake) wrongName(leaf *x509.Certificate) *problem {
	observed := "The certificate of Redis at " + h.where + " does not name that host."
	var names []string
	for _, name := range leaf.DNSNames {
		if isPlain(name, "*") && len(names) < 3 {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		observed += " It names " + strings.Join(names, ", ") + "."
	}
	return wrong(docWrongName, observed, "redis-py raises ConnectionError (CERTIFICATE_VERIFY_FAILED: Hostname mismatch) "+atFirstUse)
}

// maybeWrongName is the same where it depends on the version of redis-py.
func (h *handshake) maybeWrongName(leaf *x509.Certificate) *problem {
	p := h.wrongName(leaf)
	p.severity = finding.Info
	p.django = "redis-py from 6.0 raises ConnectionError for that (CERTIFICATE_VERIFY_FAILED: Hostname mismatch); earlier ones do not look."
	return p
}

var docExpired = finding.Doc{
	ID:       "tls/expired",
	Title:    "The certificate of Redis is not valid today",
	Severity: finding.Error,
	Why:      "A certificate holds from one date to another. This one, or the one of the authority that signed it, has run out or does not hold yet; a wrong clock on this machine looks the same.",
	Django:   certificateExceptions,
	Fix:      "Renew the certificate of the Redis server.",
	Live:     true,
	Since:    since,
}

func (h *handshake) expired(tooEarly bool) *problem {
	observed := "The certificate of Redis at " + h.where + ", or of an authority that signed it, has expired."
	if tooEarly {
		observed = "The certificate of Redis at " + h.where + " is not valid yet."
	}
	return wrong(docExpired, observed, certificateExceptions)
}

var docClientCertificate = finding.Doc{
	ID:       "tls/client-certificate-required",
	Title:    "Redis asks for a certificate of the app",
	Severity: finding.Error,
	Why:      "This Redis lets in only clients that show a certificate of their own (mutual TLS), and the settings name none. Redis asks for one by default when it speaks TLS (tls-auth-clients yes).",
	Django:   "redis-py raises ConnectionError (\"certificate required\", or a connection that is reset) " + atFirstUse,
	Fix:      "Name the certificate and key of the app as certificate_file and key_file in tls, or as ?ssl_certfile=/path/cert.pem&ssl_keyfile=/path/key.pem in the URL.",
	Live:     true,
	Since:    since,
}

func (a *attempt) clientCertificateRequired() *problem {
	return wrong(docClientCertificate, "Redis at "+a.address()+" asks for a certificate of the client, and the settings name none.", a.client()+" raises ConnectionError "+atFirstUse)
}

var docHandshake = finding.Doc{
	ID:       "tls/handshake",
	Title:    "No encrypted connection to Redis comes about",
	Severity: finding.Error,
	Why: "Both sides speak TLS and do not agree: on a version of TLS, on a way to encrypt, or because one refuses the certificate of the other " +
		"for another reason than its date, its name or who signed it.",
	Django: "redis-py raises ConnectionError with the words of OpenSSL " + atFirstUse,
	Fix:    "Compare the TLS settings of the server (tls-protocols, tls-ca-cert-file) with the ssl_ options of the URL.",
	Live:   true,
	Since:  since,
}

func (a *attempt) handshakeProblem(alert string) *problem {
	observed := "The TLS handshake with " + a.address() + " failed."
	if alert != "" {
		observed = a.address() + " ended the TLS handshake with the alert " + alert + "."
	}
	return wrong(docHandshake, observed, a.client()+" raises ConnectionError "+atFirstUse)
}

func (a *attempt) impossibleTLS() *problem {
	return wrong(docHandshake, "The ssl_ options of the settings do not go together in "+a.client()+".",
		"It raises an exception before it connects, "+atFirstUse)
}

func (h *handshake) badCertificate() *problem {
	return wrong(docHandshake, "The certificate of Redis at "+h.where+" may not be used for a server, or breaks a rule of its authority.", certificateExceptions)
}

var docMissingFile = finding.Doc{
	ID:       "tls/missing-file",
	Title:    "A certificate file of the settings cannot be used here",
	Severity: finding.Warning,
	Why: "The settings name a file with a certificate or key. The app reads it where it runs; on this machine it is missing or unreadable, " +
		"so that the check cannot secure the connection as the app would, and sends no password over it.",
	Django: "If it is missing where the app runs, redis-py raises ConnectionError (\"Error 2 connecting to ...\") " + atFirstUse,
	Fix:    "Give the check the text of that file in tls, as ca_pem, certificate_pem or key_pem.",
	Live:   true,
	Since:  since,
}

// missingFile names the option and never its value, which may be a piece of a
// password.
func (a *attempt) missingFile(missing *fileProblem) *problem {
	if missing.option == optionCAData {
		// That is no file: it is the same everywhere.
		return wrong(docHandshake, "The text in ssl_ca_data "+missing.reason+".", a.client()+" raises ConnectionError "+atFirstUse)
	}
	if missing.given {
		p := wrong(docHandshake, "The text that the check has in the place of the file that "+missing.option+" names "+missing.reason+".",
			"With such a file "+a.client()+" raises ConnectionError "+atFirstUse)
		p.fix = "Give the check the certificates and the key of the app's files, in PEM and without a passphrase."
		return p
	}
	return settled(docMissingFile, "The file that "+missing.option+" names "+missing.reason+".",
		"If it is so where the app runs, "+a.client()+" raises ConnectionError "+atFirstUse)
}

var docShortKey = finding.Doc{
	ID:       "tls/short-key",
	Title:    "A key in the certificates of Redis is too short for Python",
	Severity: finding.Error,
	Why: "Python from 3.10 asks OpenSSL for security level 2, at which RSA keys below 2048 bits are refused in certificates. " +
		"The key of the server's certificate, or of an authority above it, is shorter.",
	Django: certificateExceptions,
	Fix:    "Renew the certificate of the Redis server with a key of 2048 bits or more.",
	Live:   true,
	Since:  since,
}

func (h *handshake) shortKey() *problem {
	return wrong(docShortKey, "A certificate of Redis at "+h.where+", or of an authority that signed it, has an RSA key of less than 2048 bits.", certificateExceptions)
}

var docIncompleteAuthority = finding.Doc{
	ID:       "tls/incomplete-authority",
	Title:    "The authority of the settings is not the one at the root",
	Severity: finding.Warning,
	Why: "The settings name an authority that another one signed, and not that other one. Python up to 3.12 looks on until it finds an authority that signed itself; " +
		"from 3.13 on it is content with any certificate that the settings trust.",
	Django: "Python up to 3.12: " + certificateExceptions + " From 3.13 on redis-py connects.",
	Fix:    "Add the certificate of the root authority to the file of ssl_ca_certs.",
	Live:   true,
	Since:  since,
}

func (h *handshake) incompleteAuthority() *problem {
	return wrong(docIncompleteAuthority, "The certificate of Redis at "+h.where+" leads to an authority of the settings that did not sign itself, and no further.",
		"With Python up to 3.12 redis-py raises ConnectionError (CERTIFICATE_VERIFY_FAILED: unable to get issuer certificate) "+atFirstUse+" From 3.13 on it connects.")
}

var docVerifyFlags = finding.Doc{
	ID:       "tls/verify-flags",
	Title:    "The settings ask for rules that the check cannot apply",
	Severity: finding.Warning,
	Why: "ssl_include_verify_flags makes OpenSSL stricter: with VERIFY_X509_STRICT it refuses certificates that lack key usages or key identifiers, and with the CRL flags " +
		"it wants lists of revoked certificates. The check does neither, so that it cannot tell whether the app gets in.",
	Django: "Where a certificate breaks such a rule, or there is no list: " + certificateExceptions,
	Fix:    "Run the app's own connection once, or leave ssl_include_verify_flags out.",
	Live:   true,
	Since:  since,
}

func (h *handshake) unknownFlags() *problem {
	return settled(docVerifyFlags, "The settings have ssl_include_verify_flags, whose rules the check cannot apply to the certificate of Redis at "+h.where+".",
		"Where it breaks one, redis-py raises ConnectionError (CERTIFICATE_VERIFY_FAILED) "+atFirstUse)
}

func tlsDocs() []finding.Doc {
	return []finding.Doc{
		docPlaintextServer, docTLSRequired, docUnknownAuthority, docWrongName, docExpired, docClientCertificate, docHandshake, docMissingFile,
		docShortKey, docIncompleteAuthority, docVerifyFlags,
	}
}
