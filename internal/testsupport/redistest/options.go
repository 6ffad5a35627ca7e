package redistest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Option changes the server that Start starts.
type Option func(*config)

type config struct {
	binary   string
	lines    []string
	password string
	tls      *Authority
	tlsLines []string
	sentinel bool
	// follows: it logs in with its own password at the master that it is told to
	// follow.
	follows bool
	// aclFile and file: users, or the whole configuration, stand in a file, which
	// outlives a restart.
	aclFile, file bool
	within        []string
}

func (c *config) add(format string, arguments ...any) {
	c.lines = append(c.lines, fmt.Sprintf(format, arguments...))
}

// Binary chooses another server, by the name that tools/setup-redis.sh gives
// it: "redis-6.2", "redis-7.4", "valkey-9.1".
func Binary(name string) Option { return func(c *config) { c.binary = name } }

// Within makes another command run the server, which is given it behind: one
// that changes into a namespace, say.
func Within(command ...string) Option { return func(c *config) { c.within = command } }

// Password sets the password of the default user.
func Password(password string) Option {
	return func(c *config) {
		c.password = password
		c.add("requirepass %s", quote(password))
	}
}

// User adds an ACL user with the rules of ACL SETUSER, for example
// User("app", "on", ">secret", "~*", "+@all").
func User(name string, rules ...string) Option {
	return func(c *config) { c.add("user %s %s", name, strings.Join(rules, " ")) }
}

// Databases sets how many there are.
func Databases(n int) Option { return func(c *config) { c.add("databases %d", n) } }

// MaxClients sets how many clients are let in beside the test's own, which
// holds one connection.
func MaxClients(n int) Option { return func(c *config) { c.add("maxclients %d", n+1) } }

// Without takes commands away, as old servers and proxies lack them.
func Without(commands ...string) Option {
	return func(c *config) {
		for _, command := range commands {
			c.add(`rename-command %s ""`, command)
		}
	}
}

// Cluster starts a single node in cluster mode; it serves no slots until some
// are added with Do("CLUSTER", "ADDSLOTSRANGE", 0, 16383).
func Cluster() Option { return func(c *config) { c.add("cluster-enabled yes") } }

// ReplicaOf makes the server a replica of another one.
func ReplicaOf(master *Server) Option {
	return func(c *config) {
		c.add("replicaof 127.0.0.1 %d", master.Port())
		if master.config.password != "" {
			c.add("masterauth %s", quote(master.config.password))
		}
	}
}

// Sentinel starts a Sentinel in place of a Redis, which watches a master under
// the name "mymaster" and decides alone.
func Sentinel(master *Server) Option {
	return func(c *config) {
		c.sentinel = true
		c.add("sentinel monitor mymaster 127.0.0.1 %d 1", master.Port())
		if master.config.password != "" {
			c.add("sentinel auth-pass mymaster %s", quote(master.config.password))
		}
	}
}

// TLS makes the TCP port speak TLS only, with a certificate that the authority
// signs (see Authority.Names). The default user needs no client certificate
// unless ClientCertificates is given as well.
func TLS(authority *Authority) Option {
	return func(c *config) { c.tls = authority }
}

// ClientCertificates makes a TLS server ask for a certificate of the client,
// signed by its authority.
func ClientCertificates() Option {
	return func(c *config) { c.tlsLines = append(c.tlsLines, "tls-auth-clients yes") }
}

// TLSProtocols limits the versions, as in "TLSv1.2".
func TLSProtocols(versions string) Option {
	return func(c *config) { c.tlsLines = append(c.tlsLines, fmt.Sprintf("tls-protocols %q", versions)) }
}

// Config adds lines of redis.conf.
func Config(lines ...string) Option { return func(c *config) { c.lines = append(c.lines, lines...) } }

// quote writes a value as redis.conf reads it.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		c := text[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	b.WriteByte('"')
	return b.String()
}

// ACLFile makes the server keep its users in an ACL file, as ACL SAVE writes it.
func ACLFile() Option { return func(c *config) { c.aclFile = true } }

// ConfigFile gives the server its configuration in a file, which CONFIG REWRITE
// can write.
func ConfigFile() Option { return func(c *config) { c.file = true } }

// BreakACLFile puts a directory into the place of the ACL file, so that it cannot
// be saved.
func (s *Server) BreakACLFile() {
	s.t.Helper()
	file := filepath.Join(s.dir, "users.acl")
	if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o700)); err != nil {
		s.t.Fatal(err)
	}
}
