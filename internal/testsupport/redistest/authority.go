package redistest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates for one test.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	der         []byte
	server      leaf
}

// leaf is how the server's certificate is made.
type leaf struct {
	names      []string // DNS names and addresses
	commonName string
	from, to   time.Time
	bits       int // of an RSA key; 0 is a key on an elliptic curve
}

// NewAuthority makes an authority whose servers have a certificate for
// "localhost", 127.0.0.1 and ::1 that holds now.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{server: leaf{
		names:      []string{"localhost", "127.0.0.1", "::1"},
		commonName: "redistest",
		from:       time.Now().Add(-time.Hour),
		to:         time.Now().Add(24 * time.Hour),
	}}
	a.key = newKey(t)
	template := &x509.Certificate{
		SerialNumber:          serial(t),
		Subject:               pkix.Name{CommonName: "redistest authority"},
		NotBefore:             time.Now().Add(-24 * time.Hour * 400),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	a.der = der
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// Intermediate makes an authority that this one has signed. Its servers show
// their own certificate alone, and clients trust this authority: what is
// between them is missing.
func (a *Authority) Intermediate(t testing.TB) *Authority {
	t.Helper()
	below := &Authority{server: a.server, key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber:          serial(t),
		Subject:               pkix.Name{CommonName: "redistest intermediate"},
		NotBefore:             a.certificate.NotBefore,
		NotAfter:              a.certificate.NotAfter,
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	var err error
	if below.der, err = x509.CreateCertificate(rand.Reader, template, a.certificate, &below.key.PublicKey, a.key); err != nil {
		t.Fatal(err)
	}
	if below.certificate, err = x509.ParseCertificate(below.der); err != nil {
		t.Fatal(err)
	}
	return below
}

// Names sets the names and addresses of the server's certificate; none leaves
// only its common name.
func (a *Authority) Names(commonName string, names ...string) *Authority {
	a.server.commonName, a.server.names = commonName, names
	return a
}

// Valid sets when the server's certificate holds.
func (a *Authority) Valid(from, to time.Time) *Authority {
	a.server.from, a.server.to = from, to
	return a
}

// RSA makes the key of the server's certificate one of so many bits.
func (a *Authority) RSA(bits int) *Authority {
	a.server.bits = bits
	return a
}

// PEM is the authority's certificate.
func (a *Authority) PEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.der}))
}

// File writes the authority's certificate and returns the path.
func (a *Authority) File(t testing.TB) string { return write(t, "ca.pem", a.PEM()) }

// Server writes a server's certificate and key and returns the paths.
func (a *Authority) Server(t testing.TB) (certificate, key string) {
	return a.issue(t, a.server, x509.ExtKeyUsageServerAuth)
}

// Client writes a client's certificate and key and returns the paths.
func (a *Authority) Client(t testing.TB) (certificate, key string) {
	return a.issue(t, leaf{commonName: "client", from: a.certificate.NotBefore, to: a.certificate.NotAfter}, x509.ExtKeyUsageClientAuth)
}

func (a *Authority) issue(t testing.TB, l leaf, usage x509.ExtKeyUsage) (certificate, key string) {
	t.Helper()
	private := crypto.Signer(newKey(t))
	if l.bits > 0 {
		var err error
		if private, err = rsa.GenerateKey(rand.Reader, l.bits); err != nil {
			t.Fatal(err)
		}
	}
	template := &x509.Certificate{
		SerialNumber: serial(t),
		Subject:      pkix.Name{CommonName: l.commonName},
		NotBefore:    l.from,
		NotAfter:     l.to,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{usage},
	}
	for _, name := range l.names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, private.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func serial(t testing.TB) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
