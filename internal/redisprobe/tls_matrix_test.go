package redisprobe_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"maps"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// What the check says of a server's certificate, with texts in the place of the
// files that the app has, against what the real redis-py does with the files:
// every certificate with every intent in every version.

// issued is a certificate with its key.
type issued struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func (i issued) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.certificate.Raw}))
}

func (i issued) keyPEM(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// shows is what a server shows: its certificate and others.
func (i issued) shows(others ...issued) tls.Certificate {
	chain := [][]byte{i.certificate.Raw}
	for _, other := range others {
		chain = append(chain, other.certificate.Raw)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: i.key}
}

// issue makes a certificate for localhost that is signed by its parent, or by
// itself, after a change.
func issue(t *testing.T, parent *issued, bits int, change func(c *x509.Certificate)) issued {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: n, Subject: pkix.Name{CommonName: "server " + n.String()},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	signer, above := crypto.Signer(key), template
	if parent != nil {
		signer, above = parent.key, parent.certificate
	}
	der, err := x509.CreateCertificate(rand.Reader, template, above, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issued{certificate, key}
}

// authority makes the template of an authority.
func authority(c *x509.Certificate) {
	c.Subject.CommonName = "authority " + c.Subject.CommonName
	c.IsCA, c.KeyUsage, c.ExtKeyUsage, c.DNSNames = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil, nil
}

// tlsServers are what servers show, by name, and which authority is right for
// them; "" is the system's.
type tlsServer struct {
	config  *tls.Config
	trusted string // in PEM
}

func tlsServers(t *testing.T, system issued) map[string]tlsServer {
	root := issue(t, nil, 2048, authority)
	weakRoot := issue(t, nil, 1024, authority)
	between := issue(t, &root, 2048, authority)
	alone := issue(t, nil, 2048, nil)
	leaf := func(parent issued, change func(c *x509.Certificate)) issued { return issue(t, &parent, 2048, change) }
	good := leaf(root, nil)
	below := leaf(between, nil)
	of := func(certificate tls.Certificate, trusted string) tlsServer {
		return tlsServer{&tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, trusted}
	}
	with := func(change func(c *x509.Certificate)) tlsServer { return of(leaf(root, change).shows(), root.pem()) }
	configured := func(change func(c *tls.Config)) tlsServer {
		s := of(good.shows(), root.pem())
		change(s.config)
		return s
	}
	clients := x509.NewCertPool()
	clients.AddCert(root.certificate)
	mutual := func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, clients }
	return map[string]tlsServer{
		"private":                  of(good.shows(), root.pem()),
		"system":                   of(leaf(system, nil).shows(), ""),
		"self-signed":              of(alone.shows(), alone.pem()),
		"wrong name":               with(func(c *x509.Certificate) { c.DNSNames = []string{"redis.example.com"} }),
		"expired":                  with(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
		"not yet valid":            with(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(30 * time.Minute) }),
		"common name alone":        with(func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "localhost" }),
		"wrong common name":        with(func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "redis.example.com" }),
		"address alone":            with(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, []net.IP{net.IPv4(127, 0, 0, 1)} }),
		"no usage":                 with(func(c *x509.Certificate) { c.ExtKeyUsage = nil }),
		"for clients":              with(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
		"short key":                of(issue(t, &root, 1024, nil).shows(), root.pem()),
		"authority's key short":    of(leaf(weakRoot, nil).shows(), weakRoot.pem()),
		"intermediate shown":       of(below.shows(between), root.pem()),
		"intermediate missing":     of(below.shows(), root.pem()),
		"intermediate trusted":     of(below.shows(), between.pem()),
		"both trusted":             of(below.shows(), between.pem()+root.pem()),
		"leaf trusted":             of(good.shows(), good.pem()),
		"stranger's authority":     of(good.shows(), weakRoot.pem()),
		"client required, TLS 1.3": configured(mutual),
		"client required, TLS 1.2": configured(func(c *tls.Config) { mutual(c); c.MaxVersion = tls.VersionTLS12 }),
		"TLS 1.3 alone":            configured(func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }),
		"TLS 1.1 alone":            configured(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }),
	}
}

// tlsIntents are query arguments; "CA", "CERT" and "KEY" stand for files.
func tlsIntents() map[string]string {
	return map[string]string{
		"authority":              "ssl_ca_certs=CA",
		"nothing":                "",
		"authority, name":        "ssl_ca_certs=CA&ssl_check_hostname=true",
		"authority, no name":     "ssl_ca_certs=CA&ssl_check_hostname=false",
		"not verified":           "ssl_cert_reqs=none&ssl_check_hostname=false",
		"not verified, unsaid":   "ssl_cert_reqs=none",
		"authority's text":       "ssl_ca_data=TEXT",
		"client":                 "ssl_ca_certs=CA&ssl_certfile=CERT&ssl_keyfile=KEY",
		"client, not verified":   "ssl_cert_reqs=none&ssl_check_hostname=false&ssl_certfile=CERT&ssl_keyfile=KEY",
		"client without a key":   "ssl_ca_certs=CA&ssl_certfile=CERT",
		"key without the client": "ssl_ca_certs=CA&ssl_keyfile=KEY",
	}
}

// systemRoot names the file with the authority that the system trusts; the
// test runs itself again with it, because Go reads the system's once.
const systemRoot = "CHANNELS_TEST_SYSTEM_ROOT"

func TestTLS_ChecksPassExactlyWhereRedisPyConnects(t *testing.T) {
	redistest.Slow(t)
	if path := os.Getenv(systemRoot); path != "" {
		compareTLS(t, path)
		return
	}
	system := issue(t, nil, 2048, authority)
	path := filepath.Join(t.TempDir(), "system.pem")
	if err := os.WriteFile(path, []byte(system.pem()+system.keyPEM(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTLS_ChecksPassExactlyWhereRedisPyConnects$")
	command.Env = append(os.Environ(), systemRoot+"="+path, "SSL_CERT_FILE="+path, "SSL_CERT_DIR="+t.TempDir())
	if output, err := command.CombinedOutput(); err != nil || !strings.Contains(string(output), "PASS") {
		t.Fatalf("%v\n%s", err, output)
	}
}

func readIssued(t *testing.T, path string) issued {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(path, path)
	if err != nil {
		t.Fatal(err)
	}
	signer, _ := pair.PrivateKey.(crypto.Signer)
	return issued{pair.Leaf, signer}
}

// tlsCase is one server with one intent.
type tlsCase struct {
	app    string // the URL that redis-py gets
	check  string // the same with files that are not there
	stands redisprobe.TLS
}

func tlsCases(t *testing.T, system issued) map[string]tlsCase {
	t.Helper()
	redis := redistest.Start(t)
	intents := tlsIntents()
	if os.Getenv("CHANNELS_FULL") == "" {
		maps.DeleteFunc(intents, func(name, _ string) bool {
			return !slices.Contains([]string{"authority", "nothing", "not verified", "client"}, name)
		})
	}
	cases := map[string]tlsCase{}
	for name, server := range tlsServers(t, system) {
		address := terminate(t, server.config, redis.Addr())
		trusted := server.trusted
		if trusted == "" {
			trusted = issue(t, nil, 2048, authority).pem()
		}
		// The client's certificate is one that the server's authority signed, as
		// far as the server asks.
		client, key := clientOf(t, server, system)
		files := filesOf(t, trusted, client, key)
		for intent, query := range intents {
			fill := func(ca, certificate, key string) string {
				return "rediss://localhost:" + port(address) + "?" + strings.NewReplacer("CA", url.QueryEscape(ca), "CERT", url.QueryEscape(certificate),
					"KEY", url.QueryEscape(key), "TEXT", url.QueryEscape(trusted)).Replace(query)
			}
			cases[name+" / "+intent] = tlsCase{
				app: fill(files[0], files[1], files[2]), check: fill("/nowhere/ca.pem", "/nowhere/cert.pem", "/nowhere/key.pem"),
				stands: redisprobe.TLS{CA: trusted, Certificate: secret.New(client), Key: secret.New(key)},
			}
		}
	}
	return cases
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// clientOf is a certificate of a client: every server that asks for one knows
// the authority of the first, which is kept beside its certificate.
func clientOf(t *testing.T, server tlsServer, system issued) (certificate, key string) {
	t.Helper()
	parent := system
	if server.config.ClientCAs != nil {
		own := issue(t, nil, 2048, authority)
		server.config.ClientCAs.AddCert(own.certificate)
		parent = own
	}
	client := issue(t, &parent, 2048, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	return client.pem(), client.keyPEM(t)
}

func filesOf(t *testing.T, texts ...string) []string {
	t.Helper()
	var paths []string
	for _, text := range texts {
		path := filepath.Join(t.TempDir(), "file.pem")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// terminate speaks TLS before a Redis that speaks none.
func terminate(t *testing.T, config *tls.Config, redis string) string {
	t.Helper()
	return faults.Serve(t, func(conn net.Conn) {
		secured := tls.Server(conn, config)
		if secured.Handshake() != nil {
			return
		}
		behind, err := net.Dial("tcp", redis)
		if err != nil {
			return
		}
		done := make(chan struct{})
		go func() {
			_, _ = io.Copy(secured, behind)
			_ = conn.Close()
			close(done)
		}()
		_, _ = io.Copy(behind, secured)
		_ = behind.Close()
		<-done
	}).Addr()
}

func compareTLS(t *testing.T, path string) {
	cases := tlsCases(t, readIssued(t, path))
	names := slices.Sorted(maps.Keys(cases))
	urls := map[string]string{}
	for name, c := range cases {
		urls[name] = c.app
	}
	versions := []packages.Version{{Major: 5, Minor: 2, Micro: 1}, {Major: 8, Minor: 1}}
	if os.Getenv("CHANNELS_FULL") != "" {
		versions = append(versions, packages.Version{Major: 4, Minor: 3, Micro: 6}, packages.Version{Major: 4, Minor: 6},
			packages.Version{Major: 6, Minor: 4}, packages.Version{Major: 7, Minor: 4, Micro: 1})
	}
	for _, version := range versions {
		did, err := askRedisPy(t, version, names, urls)()
		if err != nil {
			t.Fatal(err)
		}
		connected := 0
		for i, name := range names {
			if did[i].Exception == "" {
				connected++
			}
			compareCase(t, name+", redis-py "+version.String(), cases[name], version, did[i])
		}
		if connected == 0 || connected == len(names) {
			t.Errorf("redis-py %s connected in %d of %d cases", version, connected, len(names))
		}
	}
}

// compareCase: a warning may stand where Python's version decides.
func compareCase(t *testing.T, name string, c tlsCase, version packages.Version, did done) {
	t.Helper()
	line, err := redisurl.LineOf(version)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := redisurl.Parse(secret.New(c.check), line)
	if err != nil {
		t.Fatal(err)
	}
	report := redisprobe.New().Look(t.Context(), redisprobe.Request{
		Connection: parsed.Connection, Redis: &version, Setting: "REDIS_URL", Timeout: 3 * time.Second, TLS: c.stands,
	})
	var said []finding.ID
	for _, f := range report.Outcome.Findings {
		if f.Severity > finding.Info {
			said = append(said, f.ID)
		}
	}
	passes := report.Outcome.Status == finding.Passed
	switch {
	case passes && did.Exception != "":
		t.Errorf("%s: passes, and redis-py raises %s: %s", name, did.Exception, did.Message)
	case !passes && did.Exception == "":
		t.Errorf("%s: %v, and redis-py connects", name, said)
	case !passes && report.Outcome.Status == finding.Undetermined:
		t.Errorf("%s: undetermined (%v), and redis-py raises %s: %s", name, said, did.Exception, did.Message)
	}
}
