package redisprobe

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// Sentinel is a host that is found by asking Sentinels which server is the
// master now, as channels_redis does for an entry with a master_name
// (channels_redis 4.1 to 4.3, utils.py, create_pool; 4.0, core.py).
type Sentinel struct {
	// Sentinels are what redis-py connects to, in its order: an entry of
	// "sentinels" each, with the arguments of "sentinel_kwargs". The master's own
	// user, password, database and TLS are not theirs: create_pool gives the
	// Sentinels nothing but sentinel_kwargs.
	Sentinels []redisurl.Connection
	// MasterName is the name under which the Sentinels watch the master.
	MasterName string
}

// SentinelOf is what a host's entry says of Sentinels, nil for one without. The
// error is that of [channelconfig.Sentinel.Connection].
func SentinelOf(host channelconfig.Host, line redisurl.Line) (*Sentinel, error) {
	if host.Sentinel == nil {
		return nil, nil //nolint:nilnil // a host that is given has none, and that is no error
	}
	s := &Sentinel{MasterName: host.Sentinel.MasterName}
	for _, address := range host.Sentinel.Addresses {
		c, err := host.Sentinel.Connection(address, line)
		if err != nil {
			return nil, err
		}
		s.Sentinels = append(s.Sentinels, c)
	}
	return s, nil
}

// address is the set of Sentinels for people.
func (s *Sentinel) address(hidden bool) string {
	addresses := make([]string, len(s.Sentinels))
	for i, c := range s.Sentinels {
		addresses[i] = Request{Connection: c, Hidden: hidden}.address()
	}
	return s.name() + " of Sentinel " + strings.Join(addresses, ", ")
}

// name is the master's name for people.
func (s *Sentinel) name() string { return showName(s.MasterName) }

func showName(name string) string {
	if !isPlain(name, "") {
		return "(a name that is not shown)"
	}
	return name
}

// places are the Sentinels without what they are told: who asks makes no
// difference to whether they answer.
func (s *Sentinel) places() *Sentinel {
	if s == nil {
		return nil
	}
	places := &Sentinel{MasterName: s.MasterName}
	for _, c := range s.Sentinels {
		places.Sentinels = append(places.Sentinels, placeOf(c))
	}
	return places
}

// toSentinel is the request for one of the Sentinels.
func (r Request) toSentinel(c redisurl.Connection) Request {
	r.Connection, r.Sentinel, r.Layer = c, nil, nil
	return r
}

// toServer is the request for a server that a Sentinel named.
func (r Request) toServer(host string, port *big.Int) Request {
	r.Connection.Host, r.Connection.Port, r.Sentinel = host, port, nil
	return r
}

// found is what led an attempt to a server.
type found struct {
	// by is the Sentinel's address, for people.
	by string
	// name is the master's, for people.
	name string
	host string
	port *big.Int
	// distant: the Sentinel is on another machine than the one that asks.
	distant bool
}

// loops reports an address that means the machine that asks, given by a
// Sentinel on another one.
func (f *found) loops() bool { return f.distant && isLoopback(f.host) }

// instance is what a Sentinel says of a server, by the names of SENTINEL
// MASTERS and REPLICAS (Redis 7, sentinel.c, addReplySentinelRedisInstance).
type instance map[string]string

// instances reads a reply of lists of names and values.
func instances(reply any) []instance {
	rows, _ := reply.([]any)
	var all []instance
	for _, row := range rows {
		values, _ := row.([]any)
		one := instance{}
		for i := 0; i+1 < len(values); i += 2 {
			name, isText := values[i].(string)
			value, too := values[i+1].(string)
			if isText && too {
				one[name] = value
			}
		}
		all = append(all, one)
	}
	return all
}

// is reports one of the flags, as redis-py reads them (_parsers/helpers.py,
// parse_sentinel_state).
func (i instance) is(flag string) bool {
	for _, one := range strings.Split(i["flags"], ",") {
		if one == flag {
			return true
		}
	}
	return false
}

// number is a value, and otherwise where there is none.
func (i instance) number(name string, otherwise int) int {
	n, err := strconv.Atoi(i[name])
	if err != nil {
		return otherwise
	}
	return n
}

// port is the server's port; nil stands for one that is no number.
func (i instance) port() *big.Int {
	port, ok := new(big.Int).SetString(i["port"], 10)
	if !ok {
		return new(big.Int)
	}
	return port
}

// address is the server's address, for people.
func (i instance) address() string {
	host, ok := netprobe.ShowHost(i["ip"])
	if !ok {
		host = "(a host that is not shown)"
	}
	return host + ":" + shortNumber(i.port())
}

// serves reports a master that redis-py would connect to (asyncio/sentinel.py,
// Sentinel.check_master_state, 4.3 to 8.1, with min_other_sentinels at 0, which
// create_pool leaves it at).
func (i instance) serves() bool { return i.is("master") && !i.is("s_down") && !i.is("o_down") }
