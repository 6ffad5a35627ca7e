package channelconfig

import (
	"maps"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// SettingTLS is what people want of TLS, whatever redis-py calls it.
const SettingTLS = "tls"

// Verify is how much of the server's certificate the app looks at.
type Verify string

// Values of [TLS.Verify].
const (
	// VerifyFull wants a trusted authority and the name of the host.
	VerifyFull Verify = "full"
	// VerifyChain wants a trusted authority and any name.
	VerifyChain Verify = "chain"
	// VerifyNone takes any certificate.
	VerifyNone Verify = "none"
)

// Values of [TLS.MinVersion].
const (
	TLS12 = "1.2"
	TLS13 = "1.3"
)

// TLS is what people want of the encryption of the connections to Redis. The
// app gets it as arguments of redis-py; what is unset is left to redis-py.
type TLS struct {
	// Verify is how much of the server's certificate the app looks at.
	Verify Value[Verify]
	// MinVersion is the oldest version of TLS: [TLS12], which Python has by
	// itself, or [TLS13].
	MinVersion Value[string]
	// CAFile is the path of the authorities' certificates where the app runs.
	CAFile Value[string]
	// CAPEM are those certificates. Where nothing names a file of them, the app
	// gets them as text; else they stand in its place for a check.
	CAPEM Value[string]
	// CertificateFile and KeyFile are the paths of the app's own certificate and
	// key where it runs.
	CertificateFile, KeyFile Value[string]
	// CertificatePEM and KeyPEM stand in the place of those for a check, and
	// never reach the app.
	CertificatePEM Value[string]
	KeyPEM         Value[secret.String]
	// ServerName is a host name other than that of the connection, which no
	// redis-py can compare with the certificate.
	ServerName Value[string]
}

// MinVersionForm is how a minimum version reaches redis-py.
type MinVersionForm int

// Forms of a minimum version.
const (
	// MinVersionUnsaid: it is Python's own, or nobody asked for one.
	MinVersionUnsaid MinVersionForm = iota
	// MinVersionInURL: redis-py reads the number from a URL, from 8.0.1 on.
	MinVersionInURL
	// MinVersionInDict: a dict in CONFIG.hosts has the number: redis-py from
	// 5.0.2 on takes it, and channels_redis from 4.1.0 on hands it over.
	MinVersionInDict
	// MinVersionUnstated: it hangs on a version that is not stated.
	MinVersionUnstated
	// MinVersionImpossible: these versions have no way to say it.
	MinVersionImpossible
)

// MinVersionForm is the form for those packages.
func (t TLS) MinVersionForm(set packages.Set) MinVersionForm {
	if t.MinVersion.Or(TLS12) == TLS12 {
		return MinVersionUnsaid
	}
	redis, layer := set.Redis, set.ChannelsRedis
	switch {
	case redis == nil:
		return MinVersionUnstated
	case redis.AtLeast(8, 0, 1):
		return MinVersionInURL
	case !redis.AtLeast(5, 0, 2):
		return MinVersionImpossible
	case layer == nil:
		return MinVersionUnstated
	case layer.AtLeast(4, 1, 0):
		return MinVersionInDict
	default:
		return MinVersionImpossible
	}
}

// minVersionOption is the argument, and tls13 the number of ssl.TLSVersion.
const (
	minVersionOption = "ssl_min_version"
	tls13            = "772"
)

// known reports whether nothing that reaches the app is still to come.
func (t TLS) known() bool {
	return !t.Verify.IsUnknown() && !t.MinVersion.IsUnknown() && !t.CAFile.IsUnknown() && (t.CAFile.IsSet() || !t.CAPEM.IsUnknown()) &&
		!t.CertificateFile.IsUnknown() && !t.KeyFile.IsUnknown()
}

// Arguments are those of redis-py that say what is wanted, in the spelling that
// all supported versions read the same (see the table in docs/guides/tls.md),
// in a fixed order. named reports whether the connection has an argument of its
// own.
func (t TLS) Arguments(set packages.Set, named func(option string) bool) []redisurl.Argument {
	var list []redisurl.Argument
	add := func(name, value string) {
		if value != "" && !named(name) {
			list = append(list, redisurl.Argument{Name: name, Value: value})
		}
	}
	verify := t.Verify.Or("")
	switch verify {
	case VerifyFull:
		add("ssl_check_hostname", "true")
	case VerifyChain:
		add("ssl_check_hostname", "false")
	case VerifyNone:
		add("ssl_cert_reqs", "none")
		// redis-py 6.0.0 would check names all the same, and fail.
		add("ssl_check_hostname", "false")
	}
	if verify != VerifyNone {
		add("ssl_ca_certs", t.CAFile.Or(""))
		if !t.CAFile.IsSet() && !named("ssl_ca_certs") && !named("ssl_ca_path") {
			add("ssl_ca_data", Certificates(t.CAPEM.Or("")))
		}
	}
	add("ssl_certfile", t.CertificateFile.Or(""))
	add("ssl_keyfile", t.KeyFile.Or(""))
	if t.MinVersionForm(set) == MinVersionInURL {
		add(minVersionOption, tls13)
	}
	return list
}

// ConnectionArguments are the arguments of TLS that an entry has by itself, in
// its URL or beside it.
func (h Host) ConnectionArguments() map[string]string {
	own := map[string]string{}
	if c, err := h.Connection(redisurl.Newest); err == nil {
		for name, option := range c.Options {
			own[name] = option.Text.Reveal()
		}
	}
	return own
}

// withTLS are the hosts with what people want of TLS, as far as they are
// encrypted; unknown where that is not known yet.
func withTLS(s Settings, hosts Value[[]Host]) Value[[]Host] {
	list, ok := hosts.Get()
	if !s.TLS.IsSet() || !ok {
		return hosts
	}
	wanted, known := s.TLS.Get()
	if !known || !wanted.known() {
		return Unknown[[]Host]()
	}
	list = slices.Clone(list)
	for i, h := range list {
		list[i] = wanted.apply(h, s.Packages)
	}
	return Known(list)
}

// apply adds the arguments to a host. What is not encrypted stays as it is.
func (t TLS) apply(h Host, set packages.Set) Host {
	if h.Problem != nil {
		return h
	}
	own := h.ConnectionArguments()
	arguments := t.Arguments(set, func(option string) bool { return own[option] != "" })
	inDict := t.MinVersionForm(set) == MinVersionInDict && own[minVersionOption] == ""
	if h.Sentinel != nil {
		return t.applySentinel(h, set, inDict)
	}
	if !h.Encrypted() {
		return h
	}
	if !h.IsURL() {
		url, err := h.AsURL()
		if err != nil {
			return h
		}
		h = Host{URL: url, Setting: h.Setting}
	}
	h.URL = redisurl.Append(h.URL, arguments...)
	if inDict {
		h.Arguments = withArgument(h.Arguments, minVersionOption, tls13)
	}
	return h
}

// applySentinel: a Sentinel's master and the Sentinels themselves have
// connections of their own.
func (t TLS) applySentinel(h Host, set packages.Set, inDict bool) Host {
	add := func(have map[string]secret.String) map[string]secret.String {
		for _, a := range t.Arguments(set, func(option string) bool { return !have[option].IsEmpty() }) {
			have = withArgument(have, a.Name, a.Value)
		}
		if inDict && have[minVersionOption].IsEmpty() {
			have = withArgument(have, minVersionOption, tls13)
		}
		return have
	}
	if h.TLS {
		h.Arguments = add(h.Arguments)
	}
	if h.Sentinel.TLS {
		sentinel := *h.Sentinel
		sentinel.Arguments = add(sentinel.Arguments)
		h.Sentinel = &sentinel
	}
	return h
}

func withArgument(have map[string]secret.String, name, value string) map[string]secret.String {
	have = maps.Clone(have)
	if have == nil {
		have = map[string]secret.String{}
	}
	have[name] = secret.New(value)
	return have
}

// Encrypted reports whether the connection to the host, or to the Sentinels
// that know it, speaks TLS, as far as that can be read.
func (h Host) Encrypted() bool {
	if h.Sentinel != nil {
		return h.TLS || h.Sentinel.TLS
	}
	c, err := h.Connection(redisurl.Newest)
	return err == nil && c.Transport == redisurl.TLS
}
