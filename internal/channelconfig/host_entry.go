package channelconfig

import (
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// HostEntry is an entry of hosts as a user writes it: a URL, or a host and what
// belongs to it, or a Unix socket's path, or Sentinels and the name of a master.
type HostEntry struct {
	URL                Value[secret.String]
	Host               Value[string]
	Port               Value[int64]
	Path               Value[string]
	Username, Password Value[secret.String]
	DB                 Value[int64]
	TLS                Value[bool]
	Arguments          Value[map[string]secret.String]

	Sentinels                          Value[[]SentinelEntry]
	MasterName                         Value[string]
	SentinelUsername, SentinelPassword Value[secret.String]
	SentinelTLS                        Value[bool]
	SentinelArguments                  Value[map[string]secret.String]
}

// SentinelEntry is where a Sentinel listens, as a user writes it. The port is
// 26379 unless it is set.
type SentinelEntry struct {
	Host Value[string]
	Port Value[int64]
}

// known reports whether nothing of the entry is still to come.
func (e HostEntry) known() bool {
	for _, unknown := range []bool{
		e.URL.IsUnknown(), e.Host.IsUnknown(), e.Port.IsUnknown(), e.Path.IsUnknown(), e.Username.IsUnknown(),
		e.Password.IsUnknown(), e.DB.IsUnknown(), e.TLS.IsUnknown(), e.Arguments.IsUnknown(), e.Sentinels.IsUnknown(),
		e.MasterName.IsUnknown(), e.SentinelUsername.IsUnknown(), e.SentinelPassword.IsUnknown(), e.SentinelTLS.IsUnknown(),
		e.SentinelArguments.IsUnknown(),
	} {
		if unknown {
			return false
		}
	}
	for _, s := range e.Sentinels.Or(nil) {
		if s.Host.IsUnknown() || s.Port.IsUnknown() {
			return false
		}
	}
	return true
}

// isSentinel reports an entry that means a master that Sentinels know.
func (e HostEntry) isSentinel() bool {
	return e.Sentinels.IsSet() || e.MasterName.IsSet() || e.SentinelUsername.IsSet() || e.SentinelPassword.IsSet() || e.SentinelTLS.IsSet() ||
		e.SentinelArguments.IsSet()
}

// host is the entry as channels_redis gets it.
func (e HostEntry) host(index int) Host {
	setting := HostSetting(index)
	if problem := e.problem(setting); problem != nil {
		return Host{Problem: problem, Setting: setting}
	}
	if url, ok := e.URL.Get(); ok {
		return Host{URL: url, Setting: setting}
	}
	h := Host{
		Path: e.Path.Or(""), Username: e.Username.Or(secret.String{}), Password: e.Password.Or(secret.String{}),
		DB: number(e.DB), TLS: e.TLS.Or(false), Arguments: e.Arguments.Or(nil), Setting: setting,
	}
	switch {
	case e.isSentinel():
		h.Sentinel, h.Form = e.sentinel(setting), FormDict
	case h.Path == "":
		h.Host, h.Port = e.Host.Or(""), number(Known(e.Port.Or(defaultPort)))
	}
	_, h.Problem = h.AsURL()
	if h.Problem == nil && h.Sentinel != nil {
		h.Problem = h.Sentinel.problem()
	}
	return h
}

// defaultPort is redis-py's.
const defaultPort = 6379

func number(v Value[int64]) *big.Int {
	n, ok := v.Get()
	if !ok {
		return nil
	}
	return big.NewInt(n)
}

// problem is what the entry as a whole lacks or says twice.
func (e HostEntry) problem(setting string) *HostError {
	fail := func(reason HostReason, part string) *HostError {
		return &HostError{Reason: reason, Setting: setting, Part: part}
	}
	url, isURL := e.URL.Get()
	switch {
	case isURL:
		if part := e.beside(); part != "" {
			return fail(HostConflict, part)
		}
		if url.IsEmpty() {
			return fail(HostEmptyURL, "url")
		}
	case e.isSentinel():
		switch {
		case e.Host.IsSet():
			return fail(HostConflict, "host")
		case e.Port.IsSet():
			return fail(HostConflict, "port")
		case e.Path.IsSet():
			return fail(HostConflict, "path")
		case len(e.Sentinels.Or(nil)) == 0:
			return fail(HostNoSentinels, "sentinels")
		case e.MasterName.Or("") == "":
			return fail(HostNoMaster, "master_name")
		}
	case e.Path.IsSet() && e.Host.IsSet():
		return fail(HostConflict, "host")
	case e.Path.IsSet() && e.Port.IsSet():
		return fail(HostConflict, "port")
	case e.Path.Or("") == "" && e.Host.Or("") == "":
		return fail(HostMissing, "")
	}
	return nil
}

// beside is what stands beside a URL and would be ignored; "" for nothing.
func (e HostEntry) beside() string {
	for _, part := range []struct {
		name string
		set  bool
	}{
		{"host", e.Host.IsSet()},
		{"port", e.Port.IsSet()},
		{"path", e.Path.IsSet()},
		{"username", e.Username.IsSet()},
		{"password", e.Password.IsSet()},
		{"db", e.DB.IsSet()},
		{"tls", e.TLS.IsSet()},
		{"arguments", e.Arguments.IsSet()},
		{"sentinels", e.Sentinels.IsSet()},
		{"master_name", e.MasterName.IsSet()},
		{"sentinel_username", e.SentinelUsername.IsSet()},
		{"sentinel_password", e.SentinelPassword.IsSet()},
		{"sentinel_tls", e.SentinelTLS.IsSet()},
		{"sentinel_arguments", e.SentinelArguments.IsSet()},
	} {
		if part.set {
			return part.name
		}
	}
	return ""
}

func (e HostEntry) sentinel(setting string) *Sentinel {
	s := &Sentinel{
		MasterName: e.MasterName.Or(""), Username: e.SentinelUsername.Or(secret.String{}),
		Password: e.SentinelPassword.Or(secret.String{}), TLS: e.SentinelTLS.Or(false), Arguments: e.SentinelArguments.Or(nil),
	}
	for i, address := range e.Sentinels.Or(nil) {
		s.Addresses = append(s.Addresses, SentinelAddress{
			Host: address.Host.Or(""), Port: big.NewInt(address.Port.Or(DefaultSentinelPort)), Setting: sentinelSetting(setting, i),
		})
	}
	return s
}

// problem is what is wrong with the address of a Sentinel, or with the arguments
// of the connections to them.
func (s Sentinel) problem() *HostError {
	for _, address := range s.Addresses {
		if _, err := (Host{Host: address.Host, Port: address.Port, Setting: address.Setting}).AsURL(); err != nil {
			return err
		}
		if _, err := s.Connection(address, redisurl.Newest); err != nil && len(s.Arguments) > 0 {
			return &HostError{Reason: HostArgument, Setting: address.Setting}
		}
	}
	return nil
}
