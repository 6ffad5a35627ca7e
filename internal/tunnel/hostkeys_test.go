package tunnel_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
)

// certified is an sshd whose key an authority has signed for a host.
func certified(t *testing.T, authority tunneltest.Key, principal string, until time.Time) (*tunneltest.Server, tunneltest.Key) {
	t.Helper()
	key := tunneltest.NewKey(t, tunneltest.ECDSA, "")
	public, _, _, _, err := ssh.ParseAuthorizedKey([]byte(key.Public))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey([]byte(authority.Private))
	if err != nil {
		t.Fatal(err)
	}
	certificate := &ssh.Certificate{
		Key: public, CertType: ssh.HostCert, ValidPrincipals: []string{principal}, ValidBefore: uint64(until.Unix()),
	}
	if err := certificate.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"key": []byte(key.Private), "key-cert.pub": ssh.MarshalAuthorizedKey(certificate)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tunneltest.Start(t, tunneltest.Config("HostKey "+dir+"/key", "HostCertificate "+dir+"/key-cert.pub")), key
}

// Certificates of hosts count as in ssh(1), revoked keys and authorities too.
func TestSSH_CertificatesOfHostsAreThoseOfSSH(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	authority := tunneltest.NewKey(t, tunneltest.Ed25519, "")
	server, key := certified(t, authority, "127.0.0.1", time.Now().Add(time.Hour))
	expired, itsKey := certified(t, authority, "127.0.0.1", time.Now().Add(-time.Hour))
	foreign, _ := certified(t, authority, "bastion.example.com", time.Now().Add(time.Hour))
	trust := "@cert-authority * " + authority.Public + "\n"
	for name, row := range map[string]struct {
		server *tunneltest.Server
		known  string
		want   verdict
	}{
		"an authority vouches":          {server, trust, verdict{}},
		"the authority is revoked":      {server, trust + "@revoked * " + authority.Public + "\n", answered("tunnel/host-key-changed")},
		"the key is revoked":            {server, trust + "@revoked * " + key.Public + "\n", answered("tunnel/host-key-changed")},
		"another authority":             {server, "@cert-authority * " + key.Public + "\n", answered("tunnel/host-key-unknown")},
		"an authority of another host":  {server, strings.Replace(trust, "*", "*.example.com", 1), answered("tunnel/host-key-unknown")},
		"expired":                       {expired, trust, answered("tunnel/host-key-unknown")},
		"expired, and the key is known": {expired, trust + expired.KnownHostsWith(itsKey), verdict{}},
		"of another name":               {foreign, trust, answered("tunnel/host-key-unknown")},
		// The authority is no key of the server, which has none that is signed.
		"no certificate":                   {tunneltest.Start(t), trust, answered("tunnel/host-key-unknown")},
		"an authority as the server's key": {server, "@cert-authority * " + server.HostKey.Public + "\n", answered("tunnel/host-key-unknown")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judge(t, look(t, over(t, settings(row.server, known(row.known))), request(t, redis.Addr())), row.want)
		})
	}
}

// A server that lost the kind of key that is known has another key: nothing is
// wrong with how it encrypts.
func TestSSH_KeyOfAnotherKindOnlyIsAChangedKey(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	server := tunneltest.Start(t)
	for _, kind := range []string{tunneltest.RSA, tunneltest.ECDSA} {
		other := tunneltest.NewKey(t, kind, "")
		for name, c := range map[string]change{"line": pin(other.Public), "known_hosts": known(server.KnownHostsWith(other))} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				judge(t, look(t, over(t, settings(server, c)), request(t, redis.Addr())), answered("tunnel/host-key-changed"))
			})
		}
	}
}

// Lines without a port count for a server on another port, as in ssh(1), unless
// there are some with it; and a key of the other port is no changed one.
func TestSSH_KnownHostsWithoutPort(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	server, other := tunneltest.Start(t), tunneltest.NewKey(t, tunneltest.Ed25519, "")
	portless := "127.0.0.1 " + server.HostKey.Public + "\n"
	for name, row := range map[string]struct {
		known string
		want  verdict
	}{
		"its key":                        {portless, verdict{}},
		"another key":                    {"127.0.0.1 " + other.Public + "\n", answered("tunnel/host-key-unknown")},
		"its key, and another with port": {portless + server.KnownHostsWith(other), answered("tunnel/host-key-changed")},
		"its key, revoked":               {portless + "@revoked * " + server.HostKey.Public + "\n", answered("tunnel/host-key-changed")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judge(t, look(t, over(t, settings(server, known(row.known))), request(t, redis.Addr())), row.want)
		})
	}
}

// The user's own files count where nothing is given, and lines of them that
// cannot be read count as little as for ssh(1); of a text that is given they are
// a mistake.
func TestSSH_UsersKnownHosts(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	server, other := tunneltest.Start(t), tunneltest.NewKey(t, tunneltest.Ed25519, "")
	odd := "# a comment\n\nold.example.com 1024 35 1234567890\nodd.example.com ssh-made-up AAAA\n"
	file := func(text string) string {
		name := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for name, row := range map[string]struct {
		files []string
		want  verdict
	}{
		"missing":             {[]string{"/nowhere/known_hosts"}, answered("tunnel/host-key-unknown")},
		"in the second":       {[]string{"/nowhere/known_hosts", file(server.KnownHosts())}, verdict{}},
		"among odd lines":     {[]string{file(odd + server.KnownHosts())}, verdict{}},
		"another, and odd":    {[]string{file(odd + server.KnownHostsWith(other))}, answered("tunnel/host-key-changed")},
		"cannot be read":      {[]string{t.TempDir()}, answered("tunnel/known-hosts")},
		"odd lines in a text": {nil, answered("tunnel/known-hosts")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings(server, pin(""))
			s.KnownHostsFiles = row.files
			if row.files == nil {
				s.KnownHosts = &odd
			}
			judge(t, look(t, over(t, s), request(t, redis.Addr())), row.want)
		})
	}
}
