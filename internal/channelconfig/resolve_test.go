package channelconfig_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func url(text string) channelconfig.Value[secret.String] {
	return channelconfig.Known(secret.New(text))
}

func TestResolve_FollowsTheSettingsCode(t *testing.T) {
	const (
		core   = channelconfig.Core
		memory = channelconfig.InMemory
	)
	for name, c := range map[string]struct {
		url     channelconfig.Value[secret.String]
		debug   channelconfig.Value[bool]
		backend channelconfig.Value[channelconfig.Backend]
		want    channelconfig.Backend
		origin  channelconfig.Origin
		hosts   int
	}{
		"nothing set is production":          {want: core, origin: channelconfig.OriginDefault, hosts: 1},
		"debug without a URL is in memory":   {debug: channelconfig.Known(true), want: memory, origin: channelconfig.SettingDebug},
		"debug off is core":                  {debug: channelconfig.Known(false), want: core, origin: channelconfig.SettingDebug, hosts: 1},
		"a URL beats debug":                  {url: url("redis://h"), debug: channelconfig.Known(true), want: core, origin: channelconfig.SettingRedisURL, hosts: 1},
		"an empty URL is none":               {url: url(""), debug: channelconfig.Known(true), want: memory, origin: channelconfig.SettingDebug},
		"a blank URL is one":                 {url: url(" "), debug: channelconfig.Known(true), want: core, origin: channelconfig.SettingRedisURL, hosts: 1},
		"a backend that is asked for counts": {url: url("redis://h"), backend: channelconfig.Known(memory), want: memory, origin: channelconfig.SettingBackend},
		"also pub/sub in debug":              {debug: channelconfig.Known(true), backend: channelconfig.Known(channelconfig.PubSub), want: channelconfig.PubSub, origin: channelconfig.SettingBackend, hosts: 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := channelconfig.Resolve(channelconfig.Settings{RedisURL: c.url, Debug: c.debug, Backend: c.backend})
			if got, ok := r.Backend.Get(); !ok || got != c.want {
				t.Errorf("backend %v (known: %v), want %v", got, ok, c.want)
			}
			if r.Origins.Backend != c.origin {
				t.Errorf("origin %q, want %q", r.Origins.Backend, c.origin)
			}
			if hosts, ok := r.Hosts.Get(); !ok || len(hosts) != c.hosts {
				t.Errorf("%d hosts (known: %v), want %d", len(hosts), ok, c.hosts)
			}
		})
	}
}

func TestResolve_PortIsComputedEvenWithAURL(t *testing.T) {
	for _, port := range []string{"", "tcp://10.0.0.1:6379", "6379.0", "0x10"} {
		r := channelconfig.Resolve(channelconfig.Settings{RedisURL: url("redis://h"), RedisPort: channelconfig.Known(port)})
		var reason *pyvalue.Error
		if r.Exception == nil || r.Exception.Class != "ValueError" || r.Exception.Setting != channelconfig.SettingRedisPort || !errors.As(r.Exception, &reason) {
			t.Errorf("%q: got %+v, want a ValueError about REDIS_PORT", port, r.Exception)
		}
	}
}

func TestResolve_HostAndPortKeepTheirTextAndOrigin(t *testing.T) {
	huge, _ := new(big.Int).SetString("99999999999999999999", 10)
	for name, c := range map[string]struct {
		host, port   channelconfig.Value[string]
		wantHost     string
		wantPort     *big.Int
		hostO, portO channelconfig.Origin
	}{
		"defaults":        {wantHost: "127.0.0.1", wantPort: big.NewInt(6379), hostO: channelconfig.OriginDefault, portO: channelconfig.OriginDefault},
		"empty host":      {host: channelconfig.Known(""), wantHost: "", wantPort: big.NewInt(6379), hostO: channelconfig.SettingRedisHost, portO: channelconfig.OriginDefault},
		"digits of int()": {port: channelconfig.Known(" 6_380\n"), wantHost: "127.0.0.1", wantPort: big.NewInt(6380), hostO: channelconfig.OriginDefault, portO: channelconfig.SettingRedisPort},
		"full width":      {port: channelconfig.Known("６３７９"), wantHost: "127.0.0.1", wantPort: big.NewInt(6379), hostO: channelconfig.OriginDefault, portO: channelconfig.SettingRedisPort},
		"of any size":     {port: channelconfig.Known("99999999999999999999"), wantHost: "127.0.0.1", wantPort: huge, hostO: channelconfig.OriginDefault, portO: channelconfig.SettingRedisPort},
	} {
		t.Run(name, func(t *testing.T) {
			r := channelconfig.Resolve(channelconfig.Settings{RedisHost: c.host, RedisPort: c.port})
			hosts, ok := r.Hosts.Get()
			if !ok || len(hosts) != 1 || hosts[0].IsURL() {
				t.Fatalf("got %d hosts (known: %v), want one host and port", len(hosts), ok)
			}
			if hosts[0].Host != c.wantHost || hosts[0].Port.Cmp(c.wantPort) != 0 {
				t.Errorf("got %q %v, want %q %v", hosts[0].Host, hosts[0].Port, c.wantHost, c.wantPort)
			}
			if r.Origins.Host != c.hostO || r.Origins.Port != c.portO {
				t.Errorf("origins %q %q, want %q %q", r.Origins.Host, r.Origins.Port, c.hostO, c.portO)
			}
		})
	}
}

func TestResolve_UnknownStaysUnknownOnlyWhereItDecides(t *testing.T) {
	unknownURL := channelconfig.Resolve(channelconfig.Settings{RedisURL: channelconfig.Unknown[secret.String](), Debug: channelconfig.Known(true)})
	if backend, ok := unknownURL.Backend.Get(); !ok || backend != channelconfig.Core {
		t.Error("a URL that is not known yet must count as set")
	}
	if !unknownURL.Hosts.IsUnknown() {
		t.Error("the hosts of a URL that is not known yet must be unknown")
	}
	unknownDebug := channelconfig.Resolve(channelconfig.Settings{Debug: channelconfig.Unknown[bool]()})
	if !unknownDebug.Backend.IsUnknown() || !unknownDebug.Hosts.IsUnknown() || !unknownDebug.UsesRedis().IsUnknown() {
		t.Error("without a URL an unknown DEBUG must leave the backend unknown")
	}
	debugOverruled := channelconfig.Resolve(channelconfig.Settings{RedisURL: url("redis://h"), Debug: channelconfig.Unknown[bool]()})
	if !debugOverruled.Backend.IsKnown() || !debugOverruled.Hosts.IsKnown() {
		t.Error("with a URL an unknown DEBUG must decide nothing")
	}
}

func names(t *testing.T, s channelconfig.Settings) []string {
	t.Helper()
	s.Variables = channelconfig.DefaultVariables()
	vars, ok := channelconfig.Environment(s, channelconfig.Resolve(s)).Get()
	if !ok {
		t.Fatal("the environment is not known")
	}
	var list []string
	for _, v := range vars {
		text, _ := v.Value.Get()
		list = append(list, v.Name+"="+text.Reveal())
	}
	return list
}

func TestEnvironment_HasExactlyWhatTheAppNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		settings channelconfig.Settings
		want     []string
	}{
		"URL": {
			channelconfig.Settings{RedisURL: url("redis://h"), RedisHost: channelconfig.Known("ignored")},
			[]string{"REDIS_URL=redis://h", "REDIS_PORT=6379", "DEBUG=False", "DJANGO_SETTINGS_MODULE=config.settings"},
		},
		"host and port": {
			channelconfig.Settings{RedisHost: channelconfig.Known("h"), RedisPort: channelconfig.Known("7000")},
			[]string{"REDIS_HOST=h", "REDIS_PORT=7000", "DEBUG=False", "DJANGO_SETTINGS_MODULE=config.settings"},
		},
		"in memory": {
			channelconfig.Settings{Debug: channelconfig.Known(true)},
			[]string{"REDIS_PORT=6379", "DEBUG=True", "DJANGO_SETTINGS_MODULE=config.settings"},
		},
		"keys": {
			channelconfig.Settings{RedisURL: url("redis://h"), Config: channelconfig.Config{
				SymmetricEncryptionKeys: channelconfig.Known([]secret.String{secret.New("k1"), secret.New("k2")}),
			}},
			[]string{"REDIS_URL=redis://h", "REDIS_PORT=6379", "DEBUG=False", "CHANNEL_LAYERS_SYMMETRIC_ENCRYPTION_KEYS=k1,k2", "DJANGO_SETTINGS_MODULE=config.settings"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := names(t, c.settings)
			if len(got) != len(c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got %q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

func TestEnvironment_ComesBackThroughTheSettings(t *testing.T) {
	for _, s := range []channelconfig.Settings{
		{RedisURL: url("rediss://:p@h/1")},
		{RedisHost: channelconfig.Known("h"), RedisPort: channelconfig.Known("1")},
		{Debug: channelconfig.Known(true)},
	} {
		s.Variables = channelconfig.DefaultVariables()
		before := channelconfig.Resolve(s)
		vars, _ := channelconfig.Environment(s, before).Get()
		read := map[string]channelconfig.Value[secret.String]{}
		for _, v := range vars {
			read[v.Name] = v.Value
		}
		after := channelconfig.Resolve(channelconfig.SettingsFrom(read, s.Variables, channelconfig.DebugReader{}))
		if before.Backend != after.Backend {
			t.Errorf("backend %v became %v", before.Backend, after.Backend)
		}
		hostsBefore, _ := before.Hosts.Get()
		hostsAfter, _ := after.Hosts.Get()
		if len(hostsBefore) != len(hostsAfter) {
			t.Fatalf("%d hosts became %d", len(hostsBefore), len(hostsAfter))
		}
		for i := range hostsBefore {
			if hostsBefore[i].URL != hostsAfter[i].URL || hostsBefore[i].Host != hostsAfter[i].Host {
				t.Error("a host changed on the way through the environment")
			}
		}
	}
}

func TestEnvironment_WriteOnlyValuesAreUnknown(t *testing.T) {
	s := channelconfig.Settings{RedisURL: url("redis://:p@h"), RedisURLWriteOnly: true, Variables: channelconfig.DefaultVariables()}
	vars, ok := channelconfig.Environment(s, channelconfig.Resolve(s)).Get()
	if !ok || vars[0].Name != "REDIS_URL" || !vars[0].Value.IsUnknown() {
		t.Error("a write-only URL must be named in the environment and not stand in it")
	}
}

func TestDebugReader_ReadsOnlyWhatAllReadersAgreeOn(t *testing.T) {
	reader := channelconfig.DebugReader{True: []string{"an"}, False: []string{"aus", "1"}}
	for text, want := range map[string]channelconfig.Value[bool]{
		"True": channelconfig.Known(true), "true": channelconfig.Known(true), "an": channelconfig.Known(true),
		"False": channelconfig.Known(false), "false": channelconfig.Known(false), "0": channelconfig.Known(false), "aus": channelconfig.Known(false),
		"1":    channelconfig.Known(false), // the app's own reading comes first
		"TRUE": channelconfig.Unknown[bool](), "yes": channelconfig.Unknown[bool](), "": channelconfig.Unknown[bool](), " True": channelconfig.Unknown[bool](),
	} {
		if got := reader.Read(channelconfig.Known(text)); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
	if got := reader.Read(channelconfig.Value[string]{}); got.IsSet() {
		t.Error("unset must stay unset, which counts as false")
	}
	if got, _ := (channelconfig.DebugReader{Unset: true}).Read(channelconfig.Value[string]{}).Get(); !got {
		t.Error("an app that takes an unset DEBUG for true must be believed")
	}
}
