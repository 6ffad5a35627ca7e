package tunneltest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Key is a pair of keys.
type Key struct {
	// Private is the text of the private key, as ssh-keygen writes it.
	Private string
	// Public is the line of the public key, and Fingerprint its "SHA256:...".
	Public, Fingerprint string
}

// Kinds of keys.
const (
	Ed25519 = "ed25519"
	ECDSA   = "ecdsa"
	RSA     = "rsa"
)

// NewKey makes a pair of keys, encrypted if there is a passphrase.
func NewKey(t testing.TB, kind, passphrase string) Key {
	t.Helper()
	var private crypto.Signer
	var err error
	switch kind {
	case ECDSA:
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case RSA:
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	public, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return Key{
		Private: string(pem.EncodeToMemory(block)), Public: strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))),
		Fingerprint: ssh.FingerprintSHA256(public),
	}
}

// User is who may log in to the servers, with the key of Server.Key.
const User = "deploy"

// Server is an sshd.
type Server struct {
	*Process
	// Host and Port are where it listens.
	Host string
	Port int
	// Key is the one that User may log in with, HostKey the server's own.
	Key, HostKey Key
}

// Option changes the server that Start starts.
type Option func(*options)

type options struct {
	place
	lines    []string
	password string
	hostKeys []string
	restrict string
	keys     []Key
	port     int
}

// In starts it in a private network; else it listens on this machine.
func In(network *Network) Option { return func(o *options) { o.network = network } }

// Hosts are lines of /etc/hosts where the server is.
func Hosts(lines ...string) Option {
	return func(o *options) { o.hosts += strings.Join(lines, "\n") + "\n" }
}

// Config adds lines of sshd_config; of two that contradict the first counts, and
// these come first.
func Config(lines ...string) Option { return func(o *options) { o.lines = append(o.lines, lines...) } }

// Password lets User log in with a password.
func Password(password string) Option { return func(o *options) { o.password = password } }

// HostKeys are the kinds of keys the server has, of which Server.HostKey is the
// first.
func HostKeys(kinds ...string) Option { return func(o *options) { o.hostKeys = kinds } }

// Restrict stands before the key in authorized_keys: "permitopen=...".
func Restrict(rule string) Option { return func(o *options) { o.restrict = rule } }

// Authorize lets User log in with that key, and no other.
func Authorize(key Key) Option { return func(o *options) { o.keys = []Key{key} } }

// On listens on that port.
func On(port int) Option { return func(o *options) { o.port = port } }

// Start starts an sshd.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	root(t)
	redistest.Slow(t)
	o := options{hostKeys: []string{Ed25519}}
	for _, option := range opts {
		option(&o)
	}
	if len(o.keys) == 0 {
		o.keys = []Key{NewKey(t, Ed25519, "")}
	}
	o.users = append(o.users, user{name: User, password: o.password, id: 65534})
	s := &Server{Host: "127.0.0.1", Port: o.port, Key: o.keys[0]}
	if s.Port == 0 {
		s.Port = launch.FreePort(t)
	}
	if o.network != nil {
		s.Host = o.network.gate
	}
	dir := t.TempDir()
	lines := append(o.lines,
		fmt.Sprintf("Port %d", s.Port), "ListenAddress "+s.Host, "PidFile none", "LogLevel VERBOSE", "StrictModes no", "UsePAM no",
		"AuthorizedKeysFile "+authorized(t, o), "KbdInteractiveAuthentication no", "UseDNS no",
		"PasswordAuthentication "+map[bool]string{true: "yes", false: "no"}[o.password != ""])
	for i, kind := range o.hostKeys {
		key := NewKey(t, kind, "")
		if i == 0 {
			s.HostKey = key
		}
		file := filepath.Join(dir, fmt.Sprintf("host_key_%d", i))
		write(t, file, key.Private, 0o600)
		lines = append(lines, "HostKey "+file)
	}
	config := filepath.Join(dir, "sshd_config")
	write(t, config, strings.Join(lines, "\n")+"\n", 0o600)
	s.Process = start(t, o.place, net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), binary(t, "sshd"), "-D", "-e", "-f", config)
	return s
}

// authorized is a file of authorized keys that every user may read.
func authorized(t testing.TB, o options) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "authorized") //nolint:usetesting // others may not look into t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, key := range o.keys {
		lines = append(lines, strings.TrimSpace(o.restrict+" "+key.Public))
	}
	file := filepath.Join(dir, "keys")
	write(t, file, strings.Join(lines, "\n")+"\n", 0o644)
	return file
}

func write(t testing.TB, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// Logins is how often somebody has logged in with a key.
func (s *Server) Logins(least int) int { return s.Count("Accepted publickey for ", least) }

// KnownHosts is the line of known_hosts for the server.
func (s *Server) KnownHosts() string { return s.KnownHostsWith(s.HostKey) }

// KnownHostsWith is such a line with another key.
func (s *Server) KnownHostsWith(key Key) string {
	return fmt.Sprintf("[%s]:%d %s\n", s.Host, s.Port, key.Public)
}
