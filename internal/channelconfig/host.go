package channelconfig

import (
	"fmt"
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Host is an entry of CONFIG.hosts: a URL, or a host and a port, or a Unix
// socket, or a master that Sentinels know.
type Host struct {
	// URL is set for an entry that is one; what follows then is not, but for
	// Arguments.
	URL secret.String
	// Host is the name or address of an entry with a host and a port; it may be
	// "", as REDIS_HOST may be.
	Host string
	// Port is what int() made of it, of any size; nil for a URL, a path and a
	// Sentinel.
	Port *big.Int
	// Path is that of a Unix socket.
	Path string
	// Username and Password log in to Redis; empty is none.
	Username, Password secret.String
	// DB is nil where nothing says one: then it is 0.
	DB *big.Int
	// TLS encrypts the connection to Redis.
	TLS bool
	// Arguments are further arguments of the connection, by redis-py's names, as
	// they would stand in the query of a URL.
	Arguments map[string]secret.String
	// Form is how channels_redis gets the entry.
	Form HostForm
	// Sentinel is set for a master that Sentinels know. Which host that is,
	// they say when they are asked.
	Sentinel *Sentinel
	// Problem is set where channels_redis or redis-py would refuse the entry
	// before it connects.
	Problem *HostError
	// Setting is where the entry comes from: REDIS_URL, REDIS_HOST, or
	// hosts[0] and its like.
	Setting string
}

// HostForm is how an entry of CONFIG.hosts is written for channels_redis, whose
// versions do not all take every form.
type HostForm int

// Forms of an entry.
const (
	// FormURL is a URL, which all take.
	FormURL HostForm = iota
	// FormTuple is a tuple of host and port, as (REDIS_HOST, REDIS_PORT).
	FormTuple
	// FormList is a list of host and port: JSON has no tuples.
	FormList
	// FormDict is a dict of arguments.
	FormDict
)

// Sentinel says where a master's address is to be had: the arguments of
// redis.asyncio.sentinel.Sentinel (channels_redis 4.1.0 to 4.3.0, utils.py,
// create_pool).
type Sentinel struct {
	// Addresses are the Sentinels, in the order in which they are asked.
	Addresses []SentinelAddress
	// MasterName is the name under which they watch the master.
	MasterName string
	// Username and Password log in to the Sentinels themselves; empty is none.
	Username, Password secret.String
	// TLS encrypts the connections to the Sentinels.
	TLS bool
	// Arguments are further arguments of those connections.
	Arguments map[string]secret.String
}

// SentinelAddress is where a Sentinel listens.
type SentinelAddress struct {
	Host string
	Port *big.Int
	// Setting is its place: hosts[1].sentinels[0].
	Setting string
}

// DefaultSentinelPort is where Sentinels listen unless they are told otherwise.
const DefaultSentinelPort = 26379

// HostSetting is the name of an entry of hosts: hosts[0].
func HostSetting(i int) string { return fmt.Sprintf("%s[%d]", SettingHosts, i) }

// sentinelSetting is the name of a Sentinel of an entry.
func sentinelSetting(host string, i int) string { return fmt.Sprintf("%s.sentinels[%d]", host, i) }

// IsURL reports whether the entry is a URL.
func (h Host) IsURL() bool { return h.Port == nil && h.Path == "" && h.Sentinel == nil }

// isPair reports an entry that is no more than a host and a port, as
// channels_redis gets it from (REDIS_HOST, REDIS_PORT).
func (h Host) isPair() bool {
	return h.Port != nil && h.Username.IsEmpty() && h.Password.IsEmpty() && h.DB == nil && !h.TLS && len(h.Arguments) == 0
}

// hasBeside reports a URL with arguments beside it.
func (h Host) hasBeside() bool {
	return len(h.Arguments) > 0 || !h.Username.IsEmpty() || !h.Password.IsEmpty() || h.DB != nil
}

// Connection is what redis-py of that line would connect with. Of a Sentinel's
// master it has everything but Host, "", and Port, nil: the Sentinels say them.
// The error is a [*HostError] or a [*redisurl.Error].
func (h Host) Connection(line redisurl.Line) (redisurl.Connection, error) {
	switch {
	case h.Problem != nil:
		return redisurl.Connection{}, h.Problem
	case h.isPair():
		return redisurl.HostPort(h.Host, h.Port), nil
	case h.IsURL() && !h.hasBeside():
		return connectionOf(h.URL, line)
	case h.IsURL():
		return h.withArguments(line)
	}
	url, err := h.AsURL()
	if err != nil {
		return redisurl.Connection{}, err
	}
	c, failed := connectionOf(url, line)
	if failed != nil {
		return redisurl.Connection{}, failed
	}
	if h.Sentinel != nil {
		c.Host, c.Port = "", nil
		if option, has := c.Options[minVersionOption]; has {
			c.Options[minVersionOption] = typed(minVersionOption, option)
		}
	}
	return c, nil
}

// Connection is what redis-py of that line would connect to one of the
// Sentinels with. The error is a [*HostError] or a [*redisurl.Error].
func (s Sentinel) Connection(address SentinelAddress, line redisurl.Line) (redisurl.Connection, error) {
	return Host{
		Host: address.Host, Port: address.Port, Username: s.Username, Password: s.Password,
		TLS: s.TLS, Arguments: s.Arguments, Setting: address.Setting,
	}.Connection(line)
}

func connectionOf(url secret.String, line redisurl.Line) (redisurl.Connection, error) {
	u, err := redisurl.Parse(url, line)
	if err != nil {
		return redisurl.Connection{}, err
	}
	return u.Connection, nil
}

// sentinelHost stands in the URL of a master whose host nobody knows yet.
const sentinelHost = "master"

// AsURL is the URL of the entry: the form that channels_redis 4.0 takes, too.
// Of a Sentinel's master it has a host that stands for the one to be found. The
// error is a [*HostError].
func (h Host) AsURL() (secret.String, *HostError) {
	if h.IsURL() {
		return h.URL, nil
	}
	tls := h.TLS
	parts := redisurl.Parts{
		TLS: &tls, Host: h.Host, Port: h.Port, Username: h.Username.Reveal(), Password: h.Password,
		DB: h.DB, Path: h.Path, Query: h.Arguments,
	}
	if h.Sentinel != nil {
		parts.Host, parts.Port = sentinelHost, nil
	}
	url, err := redisurl.Build(parts)
	if err != nil {
		return secret.String{}, partsError(h.Setting, err)
	}
	return url, nil
}

// withArguments is ConnectionPool.from_url(url, **arguments): what the URL says
// wins (redis/asyncio/connection.py, from_url).
func (h Host) withArguments(line redisurl.Line) (redisurl.Connection, error) {
	u, err := redisurl.Parse(h.URL, line)
	if err != nil {
		return redisurl.Connection{}, err
	}
	c := u.Connection
	beside := Host{Host: sentinelHost, Path: c.Path, TLS: c.Transport == redisurl.TLS, Arguments: h.Arguments, Setting: h.Setting}
	if c.Transport != redisurl.Unix {
		beside.Port = big.NewInt(1)
	} else {
		beside.Host = ""
	}
	url, problem := beside.AsURL()
	if problem != nil {
		return c, problem
	}
	extra, err := connectionOf(url, line)
	if err != nil {
		return c, err
	}
	for name, option := range extra.Options {
		if _, has := c.Options[name]; !has {
			c.Options[name] = typed(name, option)
		}
	}
	if c.Username.IsEmpty() {
		c.Username = h.Username
	}
	if c.Password.IsEmpty() {
		c.Password = h.Password
	}
	if h.DB != nil && u.Written.DB != redisurl.DBPath && u.Written.DB != redisurl.DBQuery {
		c.DB = h.DB
	}
	return c, nil
}

// typed is an argument of a dict, which no parser has to make a number of.
func typed(name string, option redisurl.Option) redisurl.Option {
	if name != minVersionOption || option.Int != nil {
		return option
	}
	if n, ok := new(big.Int).SetString(option.Text.Reveal(), 10); ok {
		option.Int = n
	}
	return option
}

// Showable reports whether people may be shown where the entry leads: a host,
// a port, a path and a database that look like ones. What redis-py refuses
// leads nowhere.
func (h Host) Showable(line redisurl.Line) bool {
	if h.IsURL() {
		u, err := redisurl.Parse(h.URL, line)
		return err == nil && u.Showable()
	}
	c, err := h.Connection(line)
	if h.Sentinel != nil || err != nil {
		return err == nil
	}
	return c.Showable()
}
