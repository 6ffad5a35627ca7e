package tunnel

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// ErrHostKey is what is no key or fingerprint of a host.
var ErrHostKey = errors.New("it is neither a line of a public key file (ssh-ed25519 AAAA...) nor a fingerprint (SHA256:...)")

// fingerprintPrefix begins the fingerprints that ssh-keygen -l prints.
const fingerprintPrefix = "SHA256:"

// CheckHostKey says what is wrong with a text for SSHSettings.HostKey, nil where
// nothing is. The error does not quote it.
func CheckHostKey(text string) error {
	_, _, err := pinned(text)
	return err
}

// pinned reads a pinned key: the key, or the fingerprint.
func pinned(text string) (ssh.PublicKey, string, error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, fingerprintPrefix); ok {
		rest = strings.TrimRight(rest, "=")
		if len(rest) != 43 || strings.ContainsAny(rest, " \t\n") {
			return nil, "", ErrHostKey
		}
		return nil, fingerprintPrefix + rest, nil
	}
	// A line of known_hosts has the host before the key; ssh-keyscan prints it.
	for _, candidate := range []string{text, afterWord(text)} {
		if key, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(candidate)); err == nil && len(bytes.TrimSpace(rest)) == 0 {
			return key, "", nil
		}
	}
	return nil, "", ErrHostKey
}

func afterWord(text string) string {
	_, rest, _ := strings.Cut(text, " ")
	return rest
}

// hostKeys decides about the key that a server shows.
type hostKeys struct {
	end   end
	judge func(host string, remote net.Addr, key ssh.PublicKey) *netprobe.Fault
	// algorithms are asked for, in this order.
	algorithms []string
	// fault is what was found of the key that was shown.
	fault *netprobe.Fault
	// retry: another kind of key may be the right one. seen are the kinds that
	// were shown.
	retry bool
	seen  ssh.PublicKey
}

// preferred are the kinds of host keys in the order of ssh_config(5),
// HostKeyAlgorithms: a server that has several shows the first of these.
func preferred() []string {
	return []string{
		ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
	}
}

// algorithmsOf are those with which a key of that kind signs.
func algorithmsOf(kind string) []string {
	if kind == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{kind}
}

// check is the callback for a handshake.
func (k *hostKeys) check(host string, remote net.Addr, key ssh.PublicKey) error {
	k.seen = key
	if k.fault = k.judge(host, remote, key); k.fault != nil {
		return k.fault
	}
	return nil
}

// tryOthers reports whether the server may have another key, of another kind,
// that is the right one, and asks for that from now on.
func (k *hostKeys) tryOthers() bool {
	if !k.retry || k.fault == nil || k.seen == nil {
		return false
	}
	left := slices.DeleteFunc(slices.Clone(k.algorithms), func(name string) bool {
		return slices.Contains(algorithmsOf(k.seen.Type()), name)
	})
	if len(left) == 0 || len(left) == len(k.algorithms) {
		return false
	}
	k.algorithms = left
	return true
}

// hostKeys are the keys that are known of the server.
func (s *SSH) hostKeys() (*hostKeys, *netprobe.Fault) {
	k := &hostKeys{end: s.end, algorithms: preferred()}
	switch {
	case s.settings.AnyHostKey:
		k.judge = func(string, net.Addr, ssh.PublicKey) *netprobe.Fault { return nil }
		return k, nil
	case s.settings.HostKey != "":
		key, fingerprint, err := pinned(s.settings.HostKey)
		if err != nil {
			return nil, s.end.settled(docHostKeyUnknown, "ssh.host_key cannot be read: "+err.Error()+".")
		}
		k.pin(key, fingerprint)
		return k, nil
	default:
		return k, s.known(k)
	}
}

// pin makes one key the only one.
func (k *hostKeys) pin(key ssh.PublicKey, fingerprint string) {
	if key != nil {
		k.ask(algorithmsOf(key.Type())...)
		fingerprint = ssh.FingerprintSHA256(key)
	} else {
		k.retry = true
	}
	k.judge = func(_ string, _ net.Addr, shown ssh.PublicKey) *netprobe.Fault {
		if ssh.FingerprintSHA256(shown) == fingerprint {
			return nil
		}
		return k.end.hostKeyChanged(shown, "ssh.host_key pins "+fingerprint)
	}
}

// known reads what is known, and asks for the kinds of keys that are.
func (s *SSH) known(k *hostKeys) *netprobe.Fault {
	file, done, err := s.knownHostsFile()
	defer done()
	where := "ssh.known_hosts has no key of this server"
	if s.settings.KnownHosts == nil {
		where = "neither ssh.host_key nor ssh.known_hosts is set, and the known_hosts files of this user and machine have no key of this server"
	}
	var callback ssh.HostKeyCallback
	if err == nil {
		callback, err = knownhosts.New(file)
	}
	if err != nil {
		return s.end.settled(docKnownHosts, "What is known of the keys of SSH servers cannot be read"+lineOf(err)+".")
	}
	at, own, certified := s.lines(callback)
	k.prefer(own, certified)
	k.judge = func(_ string, remote net.Addr, key ssh.PublicKey) *netprobe.Fault {
		if certificate, ok := key.(*ssh.Certificate); ok {
			if fault, vouched := k.vouched(callback, at, remote, certificate); vouched || fault != nil {
				return fault
			}
			// As in OpenSSH (sshconnect.c, check_host_key, 9.2) it counts as its key alone.
			key = certificate.Key
		}
		fault := k.compare(callback(at, remote, key), key, own, where)
		if fault != nil && at != s.address() && fault.Doc.ID == docHostKeyChanged.ID && !isRevoked(callback(at, remote, key)) {
			// The key of the port 22 of that machine is not one of this port.
			return k.end.hostKeyUnknown(key, where)
		}
		return fault
	}
	return nil
}

// address is the server in the form that a known_hosts is asked with.
func (s *SSH) address() string { return net.JoinHostPort(strings.ToLower(s.settings.Host), s.end.port) }

// lines are what known_hosts has of the server: for which address, its own keys,
// and whether an authority may sign one for it. As in OpenSSH (sshconnect.c,
// check_host_key, 9.2, "checking without port identifier") lines without a port
// count where there is none with it.
func (s *SSH) lines(callback ssh.HostKeyCallback) (at string, own []ssh.PublicKey, certified bool) {
	at = s.address()
	if own, certified = linesFor(callback, at); len(own) > 0 || certified {
		return at, own, certified
	}
	portless := net.JoinHostPort(strings.ToLower(s.settings.Host), "22")
	if own, certified = linesFor(callback, portless); len(own) > 0 || certified {
		return portless, own, certified
	}
	return at, nil, false
}

func isRevoked(err error) bool {
	var revoked *knownhosts.RevokedError
	return errors.As(err, &revoked)
}

// vouched reports whether an authority of known_hosts vouches for a certificate.
// One of a revoked key or authority is a fault (sshconnect.c,
// check_key_not_revoked): the library looks for the certificate itself alone.
func (k *hostKeys) vouched(callback ssh.HostKeyCallback, host string, remote net.Addr, c *ssh.Certificate) (*netprobe.Fault, bool) {
	for _, key := range []ssh.PublicKey{c.Key, c.SignatureKey} {
		if isRevoked(callback(host, remote, key)) {
			return k.end.hostKeyChanged(c.Key, "known_hosts says that this key, or the authority that signed it, is revoked"), false
		}
	}
	return nil, callback(host, remote, c) == nil
}

// compare says what a known_hosts makes of a key. The lines of authorities are
// none of keys.
func (k *hostKeys) compare(err error, key ssh.PublicKey, own []ssh.PublicKey, where string) *netprobe.Fault {
	switch {
	case isRevoked(err):
		return k.end.hostKeyChanged(key, "known_hosts says that this key is revoked")
	case slices.ContainsFunc(own, func(known ssh.PublicKey) bool { return bytes.Equal(known.Marshal(), key.Marshal()) }):
		return nil
	case len(own) > 0:
		known := make([]string, 0, len(own))
		for _, want := range own {
			known = append(known, presented(want))
		}
		return k.end.hostKeyChanged(key, "known_hosts has "+strings.Join(known, ", "))
	default:
		return k.end.hostKeyUnknown(key, where)
	}
}

// linesFor are the keys that known_hosts has of a server, and whether it has an
// authority that may sign one for it.
func linesFor(callback ssh.HostKeyCallback, address string) (own []ssh.PublicKey, certified bool) {
	var mismatch *knownhosts.KeyError
	if !errors.As(callback(address, &net.TCPAddr{IP: net.IPv4zero}, noKey{}), &mismatch) {
		return nil, false
	}
	for _, want := range mismatch.Want {
		if isAuthority(want) {
			certified = true
			continue
		}
		own = append(own, want.Key)
	}
	return own, certified
}

// prefer asks for the kinds of keys that are known of the host first, as ssh(1)
// does (sshconnect2.c, order_hostkeyalgs): a server shows the first kind that is
// asked for, known or not.
func (k *hostKeys) prefer(own []ssh.PublicKey, certified bool) {
	var first []string
	// Where an authority signs for the host, its key may be a certificate of any
	// kind.
	if certified {
		first = certificates()
	}
	for _, key := range own {
		first = append(first, algorithmsOf(key.Type())...)
	}
	k.ask(first...)
}

// ask asks for those algorithms before the others. None is left out, so that a
// server that has only another kind of key is one with another key, and not one
// that cannot encrypt.
func (k *hostKeys) ask(first ...string) {
	var list []string
	for _, name := range append(first, preferred()...) {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	k.algorithms = list
}

// isAuthority reports a line of known_hosts that begins with @cert-authority.
func isAuthority(known knownhosts.KnownKey) bool {
	text, err := os.ReadFile(known.Filename)
	lines := bytes.Split(text, []byte("\n"))
	return err == nil && known.Line <= len(lines) && bytes.HasPrefix(bytes.TrimSpace(lines[known.Line-1]), []byte("@cert-authority"))
}

func certificates() []string {
	return slices.DeleteFunc(ssh.SupportedAlgorithms().HostKeys, func(name string) bool { return !strings.Contains(name, "-cert-") })
}

// noKey is the key of nobody: what is known is asked with it.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return []byte("none") }
func (noKey) Verify([]byte, *ssh.Signature) error { return ErrHostKey }

// knownHostsFile is what is known, as a file, because the library reads nothing
// else; done removes it.
func (s *SSH) knownHostsFile() (name string, done func(), err error) {
	done = func() {}
	var text []byte
	if s.settings.KnownHosts != nil {
		text = []byte(*s.settings.KnownHosts)
	} else if text, err = s.readKnownHosts(); err != nil {
		return "", done, err
	}
	file, err := os.CreateTemp("", "known_hosts")
	if err != nil {
		return "", done, err
	}
	done = func() { _ = os.Remove(file.Name()) }
	_, err = file.Write(text)
	return file.Name(), done, errors.Join(err, file.Close())
}

// readKnownHosts are the lines of the user's files that can be read. Others are
// passed over, as by ssh(1) (hostfile.c, hostkeys_foreach_file, 9.2): old kinds of
// keys stand in many files, and were not written for this program.
func (s *SSH) readKnownHosts() ([]byte, error) {
	var all bytes.Buffer
	for _, file := range s.settings.KnownHostsFiles {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(text) {
			if _, _, _, _, _, err := ssh.ParseKnownHosts(line); err == nil {
				all.Write(bytes.TrimSpace(line))
				all.WriteByte('\n')
			}
		}
	}
	return all.Bytes(), nil
}

// lineOf is the number of a line in an error of knownhosts, for a sentence. The
// rest of it quotes the line.
func lineOf(err error) string {
	parts := strings.Split(err.Error(), ":")
	for i, part := range parts {
		var n int
		if _, scanErr := fmt.Sscanf(part, "%d", &n); scanErr == nil && i >= 2 && fmt.Sprint(n) == part {
			return ": line " + part + " is none of that format"
		}
	}
	return ""
}
