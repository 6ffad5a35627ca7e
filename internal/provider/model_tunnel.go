package provider

import (
	"errors"
	"net"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/tunnel"
)

// tunnelModel is the way to Redis as written.
type tunnelModel struct {
	ssh, socks5 objectReader
}

func readTunnel(r *reader) tunnelModel {
	return tunnelModel{ssh: r.object("ssh"), socks5: r.object("socks5")}
}

// unknown reports whether it is not known yet how Redis is reached. Nothing may
// be dialled then: it would go around the tunnel.
func (m tunnelModel) unknown() bool {
	return m.ssh.anyUnknown() || m.socks5.anyUnknown()
}

func (o objectReader) anyUnknown() bool {
	if o.object.IsUnknown() {
		return true
	}
	for _, v := range o.object.Attributes() {
		if v.IsUnknown() {
			return true
		}
	}
	return false
}

func (o objectReader) written() bool { return !o.object.IsNull() && !o.object.IsUnknown() }

// validate is what is wrong with the arguments alone. No diagnostic points at an
// attribute: core would print its source line, secrets included.
func (m tunnelModel) validate() (diags diag.Diagnostics) {
	if m.ssh.written() && m.socks5.written() {
		diags.AddError("ssh and socks5 exclude each other", "Both say how Redis is reached. Keep one; for two ways use two provider blocks with aliases.")
	}
	for _, check := range []func() error{m.checkSSH, m.checkSOCKS5} {
		if err := check(); err != nil {
			diags.AddError("The way to Redis cannot be used", err.Error()+".")
		}
	}
	return diags
}

func (m tunnelModel) checkSSH() error {
	host, hasHost := m.ssh.text("host").Get()
	port, hasPort := m.ssh.integer("port").Get()
	key, hasKey := m.ssh.text("host_key").Get()
	_, hasKnown := m.ssh.text("known_hosts").Get()
	ignore := m.ssh.boolean("insecure_ignore_host_key").Or(false)
	switch {
	case hasHost && !isHost(host):
		return errors.New("ssh.host must be the name or the address of the SSH server alone, without a user, a port or a scheme")
	case hasPort && (port < 1 || port > 65535):
		return errors.New("ssh.port must be a port from 1 to 65535")
	case hasKey && hasKnown:
		return errors.New("ssh.host_key and ssh.known_hosts exclude each other: both say which key the server has")
	case ignore && (hasKey || hasKnown):
		return errors.New("ssh.insecure_ignore_host_key takes any key, so that ssh.host_key and ssh.known_hosts would mean nothing: keep one of them and drop it")
	case hasKey:
		if err := tunnel.CheckHostKey(key); err != nil {
			return errors.New("ssh.host_key: " + err.Error())
		}
	}
	return nil
}

func (m tunnelModel) checkSOCKS5() error {
	if address, ok := m.socks5.text("address").Get(); ok {
		if _, _, err := proxyAddress(address); err != nil {
			return errors.New("socks5.address " + err.Error())
		}
	}
	return nil
}

// isHost reports a name or an address.
func isHost(text string) bool {
	_, isAddress := netprobe.ParseAddress(text)
	return isAddress || netprobe.IsPlain(text, "")
}

var errProxyAddress = errors.New("must be host:port of the proxy, without a user or a scheme")

// proxyAddress reads "host", "host:port" or "[::1]:port"; port is 0 where there
// is none.
func proxyAddress(text string) (host string, port int, err error) {
	host = text
	if h, p, splitErr := net.SplitHostPort(text); splitErr == nil {
		n, numberErr := strconv.ParseUint(p, 10, 16)
		if numberErr != nil || n == 0 {
			return "", 0, errProxyAddress
		}
		host, port = h, int(n)
	}
	if !isHost(host) {
		return "", 0, errProxyAddress
	}
	return host, port, nil
}

// environment is where arguments come from that are left out.
type environment func(name string) string

// or is the value, or that of the variable where it is unset. An empty variable
// counts as none.
func (e environment) or(v channelconfig.Value[string], name string) string {
	return v.Or(e(name))
}

// network is the way to Redis: nil for none where it is this machine's own.
func (m tunnelModel) network(env environment) (netprobe.Network, error) {
	switch {
	case m.ssh.written():
		settings, err := m.sshSettings(env)
		if err != nil {
			return nil, err
		}
		return tunnel.NewSSH(settings, netprobe.System{}), nil
	case m.socks5.written():
		settings, err := m.socks5Settings(env)
		if err != nil {
			return nil, err
		}
		return tunnel.NewSOCKS5(settings, netprobe.System{}), nil
	default:
		return netprobe.System{}, nil
	}
}

func (m tunnelModel) sshSettings(env environment) (s tunnel.SSHSettings, err error) {
	o := m.ssh
	s.Host = env.or(o.text("host"), "CHANNELS_SSH_HOST")
	if s.Host == "" {
		return s, errors.New("ssh has no host, and the environment variable CHANNELS_SSH_HOST is not set")
	}
	if !isHost(s.Host) {
		return s, errors.New("CHANNELS_SSH_HOST must be the name or the address of the SSH server alone, without a user, a port or a scheme")
	}
	if s.Port, err = sshPort(o, env); err != nil {
		return s, err
	}
	if s.User = env.or(o.text("user"), "CHANNELS_SSH_USER"); s.User == "" {
		if s.User = whoRuns(); s.User == "" {
			return s, errors.New("ssh has no user, CHANNELS_SSH_USER is not set, and the user who runs Terraform has no name")
		}
	}
	s.PrivateKey = secret.New(env.or(o.text("private_key"), "CHANNELS_SSH_PRIVATE_KEY"))
	s.PrivateKeyPassphrase = secret.New(env.or(o.text("private_key_passphrase"), "CHANNELS_SSH_PRIVATE_KEY_PASSPHRASE"))
	s.Password = secret.New(env.or(o.text("password"), "CHANNELS_SSH_PASSWORD"))
	s.Agent = o.boolean("agent").Or(s.PrivateKey.IsEmpty() && s.Password.IsEmpty())
	s.AgentSocket = env("SSH_AUTH_SOCK")
	return s, hostKeysOf(&s, o, env)
}

func sshPort(o objectReader, env environment) (int, error) {
	if port, ok := o.integer("port").Get(); ok {
		return int(port), nil
	}
	text := env("CHANNELS_SSH_PORT")
	if text == "" {
		return 0, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, errors.New("CHANNELS_SSH_PORT must be a port from 1 to 65535")
	}
	return int(port), nil
}

// hostKeysOf says which keys the server may show. What is written in the
// configuration is not mixed with what stands in the environment.
func hostKeysOf(s *tunnel.SSHSettings, o objectReader, env environment) error {
	key, known := o.text("host_key"), o.text("known_hosts")
	s.AnyHostKey = o.boolean("insecure_ignore_host_key").Or(false)
	if s.AnyHostKey {
		return nil
	}
	if !key.IsSet() && !known.IsSet() {
		key = fromEnvironment(env("CHANNELS_SSH_HOST_KEY"))
		known = fromEnvironment(env("CHANNELS_SSH_KNOWN_HOSTS"))
		if key.IsSet() && known.IsSet() {
			return errors.New("CHANNELS_SSH_HOST_KEY and CHANNELS_SSH_KNOWN_HOSTS exclude each other")
		}
		if text, ok := key.Get(); ok && tunnel.CheckHostKey(text) != nil {
			return errors.New("CHANNELS_SSH_HOST_KEY: " + tunnel.ErrHostKey.Error())
		}
	}
	s.HostKey = key.Or("")
	if text, ok := known.Get(); ok {
		s.KnownHosts = &text
	}
	if home, err := os.UserHomeDir(); err == nil {
		s.KnownHostsFiles = append(s.KnownHostsFiles, filepath.Join(home, ".ssh", "known_hosts"))
	}
	s.KnownHostsFiles = append(s.KnownHostsFiles, "/etc/ssh/ssh_known_hosts")
	return nil
}

func fromEnvironment(text string) channelconfig.Value[string] {
	if text == "" {
		return channelconfig.Value[string]{}
	}
	return channelconfig.Known(text)
}

// whoRuns is the name of the user who runs Terraform.
func whoRuns() string {
	who, err := user.Current()
	if err != nil {
		return ""
	}
	// On Windows it is DOMAIN\name.
	return who.Username[strings.LastIndexByte(who.Username, '\\')+1:]
}

func (m tunnelModel) socks5Settings(env environment) (s tunnel.SOCKS5Settings, err error) {
	o := m.socks5
	address := env.or(o.text("address"), "CHANNELS_SOCKS5_ADDRESS")
	username, password := env.or(o.text("username"), "CHANNELS_SOCKS5_USERNAME"), env.or(o.text("password"), "CHANNELS_SOCKS5_PASSWORD")
	source := "CHANNELS_SOCKS5_ADDRESS "
	if address == "" {
		proxy := env("ALL_PROXY")
		if proxy == "" {
			proxy = env("all_proxy")
		}
		if proxy == "" {
			return s, errors.New("socks5 has no address, and neither CHANNELS_SOCKS5_ADDRESS nor ALL_PROXY is set")
		}
		u, parseErr := url.Parse(proxy) //nolint:forbidigo // no URL of a Redis, and the error, which quotes it, is dropped
		if parseErr != nil {
			return s, errors.New("socks5 has no address, and ALL_PROXY cannot be read: special characters in its password must be percent-encoded")
		}
		if u.Scheme != "socks5" && u.Scheme != "socks5h" {
			return s, errors.New("socks5 has no address, and ALL_PROXY does not begin with socks5:// or socks5h://")
		}
		source, address = "ALL_PROXY ", u.Host
		if username == "" && password == "" && u.User != nil {
			username = u.User.Username()
			password, _ = u.User.Password()
		}
	}
	host, port, err := proxyAddress(address)
	if err != nil {
		return s, errors.New(source + err.Error())
	}
	if len(username) > 255 || len(password) > 255 {
		return s, errors.New("the user and the password of a SOCKS5 proxy have at most 255 bytes each")
	}
	if username == "" && password != "" {
		return s, errors.New("socks5 has a password and no username")
	}
	return tunnel.SOCKS5Settings{Host: host, Port: port, Username: username, Password: secret.New(password)}, nil
}

// boolean reads a boolean.
func (o objectReader) boolean(name string) channelconfig.Value[bool] {
	v, unknown := member[types.Bool](o, name)
	if unknown {
		return channelconfig.Unknown[bool]()
	}
	return boolValue(v)
}
