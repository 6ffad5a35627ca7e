package channelconfig_test

import (
	"errors"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func known[T any](v T) channelconfig.Value[T] { return channelconfig.Known(v) }

// threeHosts are one of each kind.
func threeHosts() []channelconfig.HostEntry {
	return []channelconfig.HostEntry{
		{URL: known(secret.New("rediss://default:p%40ss@a.example.com:6380/1"))},
		{
			Host: known("b.example.com"), Username: known(secret.New("default")), Password: known(secret.New(`p@s"s`)),
			DB: known(int64(2)), Arguments: known(map[string]secret.String{"socket_timeout": secret.New("10")}),
		},
		{
			Sentinels: known([]channelconfig.SentinelEntry{
				{Host: known("s1.example.com")}, {Host: known("s2.example.com"), Port: known(int64(26380))},
			}),
			MasterName: known("chat"), SentinelPassword: known(secret.New("watch")), Password: known(secret.New(`q"é`)), DB: known(int64(3)),
			TLS: known(true), Arguments: known(map[string]secret.String{"socket_timeout": secret.New("10"), "ssl_cert_reqs": secret.New("none")}),
		},
		{Path: known("/run/redis.sock"), DB: known(int64(4))},
	}
}

func resolved(t *testing.T, s channelconfig.Settings) []channelconfig.Host {
	t.Helper()
	s.Variables = channelconfig.DefaultVariables()
	r := channelconfig.Resolve(s)
	hosts, ok := r.Hosts.Get()
	if r.Exception != nil || !ok {
		t.Fatalf("no hosts: %v", r.Exception)
	}
	return hosts
}

func TestHosts_AreWrittenInTheFormThatEveryVersionTakes(t *testing.T) {
	text, err := channelconfig.HostsJSON(resolved(t, channelconfig.Settings{Hosts: known(threeHosts())}))
	if err != nil {
		t.Fatal(err)
	}
	const want = `["rediss://default:p%40ss@a.example.com:6380/1",` +
		`"redis://default:p%40s%22s@b.example.com:6379/2?socket_timeout=10",` +
		`{"sentinels":[["s1.example.com",26379],["s2.example.com",26380]],"master_name":"chat","sentinel_kwargs":{"password":"watch"},` +
		`"password":"q\"\u00e9","db":3,"ssl":true,"socket_timeout":10,"ssl_cert_reqs":"none"},` +
		`"unix:///run/redis.sock?db=4"]`
	if text.Reveal() != want {
		t.Errorf("got  %s\nwant %s", text.Reveal(), want)
	}
}

// What is written into the environment is read back as the same hosts, in both
// spellings.
func TestHosts_AreReadBackAsTheyWere(t *testing.T) {
	hosts := resolved(t, channelconfig.Settings{Hosts: known(threeHosts())})
	text, err := channelconfig.HostsJSON(hosts)
	if err != nil {
		t.Fatal(err)
	}
	for name, spelling := range map[string]secret.String{"JSON": text, "spelled": channelconfig.SpelledHosts(text)} {
		again := resolved(t, channelconfig.Settings{HostsText: known(spelling)})
		back, err := channelconfig.HostsJSON(again)
		if err != nil || back.Reveal() != text.Reveal() {
			t.Errorf("%s: %v, %s", name, err, back.Reveal())
		}
		for i := range hosts {
			compareConnections(t, hosts[i], again[i])
		}
	}
}

func compareConnections(t *testing.T, a, b channelconfig.Host) {
	t.Helper()
	for _, line := range redisurl.Lines() {
		one, errOne := a.Connection(line)
		other, errOther := b.Connection(line)
		if (errOne == nil) != (errOther == nil) {
			t.Errorf("%s, redis-py %s: %v and %v", a.Setting, line, errOne, errOther)
			continue
		}
		if one.Transport != other.Transport || one.Host != other.Host || one.Port.String() != other.Port.String() ||
			one.Username != other.Username || one.Password != other.Password || one.DB.Cmp(other.DB) != 0 || len(one.Options) != len(other.Options) {
			t.Errorf("%s, redis-py %s: %+v and %+v", a.Setting, line, one, other)
		}
	}
}

func TestHosts_MasterOfASentinelHasNoHostYet(t *testing.T) {
	host := resolved(t, channelconfig.Settings{Hosts: known(threeHosts())})[2]
	c, err := host.Connection(redisurl.Newest)
	if err != nil {
		t.Fatal(err)
	}
	if c.Host != "" || c.Port != nil || c.Transport != redisurl.TLS || c.DB.Int64() != 3 || c.Password.Reveal() != `q"é` {
		t.Errorf("got %+v", c)
	}
	if at := host.Sentinel.Addresses[1]; at.Setting != "hosts[2].sentinels[1]" || at.Port.Int64() != 26380 {
		t.Errorf("got %+v", at)
	}
	asked, err := host.Sentinel.Connection(host.Sentinel.Addresses[0], redisurl.Newest)
	if err != nil || asked.Host != "s1.example.com" || asked.Password.Reveal() != "watch" || asked.Transport != redisurl.TCP {
		t.Errorf("got %+v, %v", asked, err)
	}
}

func TestHosts_WhatChannelsRedisRefusesHasAReason(t *testing.T) {
	for text, want := range map[string]channelconfig.HostReason{
		`"redis://redis"`:                          channelconfig.HostNotAList,
		`{"host":"redis"}`:                         channelconfig.HostNotAList,
		`[""]`:                                     channelconfig.HostEmptyURL,
		`[5]`:                                      channelconfig.HostNotAnEntry,
		`[["redis"]]`:                              channelconfig.HostNotAPair,
		`[["redis","x"]]`:                          channelconfig.HostPort,
		`[{"sentinels":[["s",26379]]}]`:            channelconfig.HostNoMaster,
		`[{"master_name":"m"}]`:                    channelconfig.HostNoSentinels,
		`[{"host":"redis","db":[1]}]`:              channelconfig.HostArgument,
		`[{"address":"","password":"p"}]`:          channelconfig.HostEmptyURL,
		`[{"host":"redis","retry":{"a":1}}]`:       channelconfig.HostArgument,
		`[["redis",1e400]]`:                        channelconfig.HostPort,
		`[["redis",1e100000000]]`:                  channelconfig.HostPort,
		`[{"host":"redis","socket_timeout":"10"}]`: channelconfig.HostArgument,
		`[{"host":"redis","is_master":true}]`:      channelconfig.HostArgument,
		`[{"address":"redis://a","master_name":"m","sentinels":[["s",1]]}]`:      channelconfig.HostArgument,
		`[{"master_name":"m","sentinels":[["s",1]],"is_master":false}]`:          channelconfig.HostArgument,
		`[{"master_name":"m","sentinels":[["s",1]],"sentinel_kwargs":{"db":3}}]`: channelconfig.HostArgument,
		`[{"master_name":"m","sentinels":["redis://s:26379"]}]`:                  channelconfig.HostSentinelNotAPair,
	} {
		host := resolved(t, channelconfig.Settings{HostsText: known(secret.New(text))})[0]
		_, err := host.Connection(redisurl.Newest)
		var problem *channelconfig.HostError
		if !errors.As(err, &problem) || problem.Reason != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestHosts_WhatIsFalseInPythonFallsBack(t *testing.T) {
	for _, text := range []string{"", "[]", "null", `""`, "{}", "0", "false", " [ ] ", "%5B%5D"} {
		s := channelconfig.Settings{HostsText: known(secret.New(text)), RedisURL: known(secret.New("redis://redis"))}
		if host := resolved(t, s)[0]; host.Setting != channelconfig.SettingRedisURL {
			t.Errorf("%q is taken for hosts", text)
		}
	}
}

func TestHosts_BrokenJSONIsAnExceptionAtImport(t *testing.T) {
	for _, text := range []string{`["redis://redis"`, `['redis://redis']`, `["a"] x`, "redis://redis", "[%22redis://redis"} {
		s := channelconfig.Settings{HostsText: known(secret.New(text)), Variables: channelconfig.DefaultVariables()}
		if r := channelconfig.Resolve(s); r.Exception == nil || r.Exception.Setting != channelconfig.SettingHosts {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// The Sentinels get their own arguments, and nothing of the host's.
func TestHosts_ArgumentsOfTheSentinelsAreTheirOwn(t *testing.T) {
	entry := channelconfig.HostEntry{
		Sentinels:  known([]channelconfig.SentinelEntry{{Host: known("s.example.com")}}),
		MasterName: known("chat"), Arguments: known(map[string]secret.String{"socket_timeout": secret.New("10")}),
		SentinelArguments: known(map[string]secret.String{"socket_timeout": secret.New("3")}),
	}
	hosts := resolved(t, channelconfig.Settings{Hosts: known([]channelconfig.HostEntry{entry})})
	text, err := channelconfig.HostsJSON(hosts)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"sentinels":[["s.example.com",26379]],"master_name":"chat","sentinel_kwargs":{"socket_timeout":3},"socket_timeout":10}]`
	if text.Reveal() != want {
		t.Errorf("got  %s\nwant %s", text.Reveal(), want)
	}
	c, err := hosts[0].Sentinel.Connection(hosts[0].Sentinel.Addresses[0], redisurl.Newest)
	if reply, _ := c.SocketTimeouts(redisurl.Newest); err != nil || reply == nil || *reply != 3 {
		t.Errorf("got %v, %v", reply, err)
	}
	entry.SentinelArguments = known(map[string]secret.String{"no_such_argument": secret.New("3")})
	host := resolved(t, channelconfig.Settings{Hosts: known([]channelconfig.HostEntry{entry})})[0]
	if host.Problem == nil || host.Problem.Reason != channelconfig.HostArgument {
		t.Errorf("an argument that redis-py does not know: %v", host.Problem)
	}
}

// The expected numbers are what create_pool of channels_redis 4.3.0 hands to
// redis-py 8.1.0.
func TestHosts_DatabaseOfTheAddressWins(t *testing.T) {
	for address, want := range map[string]int64{
		"redis://a/0": 0, "redis://a/2": 2, "redis://a/?db=0": 0, "redis://a": 3, "redis://a/": 3, "redis://a/abc": 3,
	} {
		host := resolved(t, channelconfig.Settings{HostsText: known(secret.New(`[{"address":"` + address + `","db":3}]`))})[0]
		if c, err := host.Connection(redisurl.Newest); err != nil || c.DB.Int64() != want {
			t.Errorf("%s: database %v, %v, want %d", address, c.DB, err, want)
		}
	}
}

func TestHosts_CredentialsBesideAnAddressCount(t *testing.T) {
	host := resolved(t, channelconfig.Settings{HostsText: known(secret.New(`[{"address":"redis://a","password":"made-up","db":3}]`))})[0]
	c, err := host.Connection(redisurl.Newest)
	if err != nil || c.Password.Reveal() != "made-up" || c.DB.Int64() != 3 {
		t.Errorf("password %v, database %v, %v", c.Password.Reveal() == "made-up", c.DB, err)
	}
	text, err := channelconfig.HostsJSON([]channelconfig.Host{host})
	if want := `[{"address":"redis://a","password":"made-up","db":3}]`; err != nil || text.Reveal() != want {
		t.Errorf("got %s, %v, want %s", text.Reveal(), err, want)
	}
}
