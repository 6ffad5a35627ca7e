package channelconfig

import (
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Origin says which setting decided about a value: one of the Setting...
// constants, or OriginDefault.
type Origin string

// OriginDefault is the origin of a value that nobody set.
const OriginDefault Origin = "default"

// Origins are the origins of what was resolved.
type Origins struct {
	Backend Origin
	// Host and Port are "" for a layer whose host is a URL or that has none.
	Host, Port Origin
	Debug      Origin
}

// Resolution is what the settings code makes of Settings.
type Resolution struct {
	// Exception is set where importing the settings raises one; Django then
	// does not start, and nothing else in the resolution holds.
	Exception *Exception
	// Backend is never Auto. Unknown where it hangs on something unknown.
	Backend Value[Backend]
	// Debug is the effective DEBUG.
	Debug Value[bool]
	// Port is int(os.getenv('REDIS_PORT', 6379)), computed whatever else is
	// set.
	Port Value[*big.Int]
	// Hosts are CONFIG.hosts; empty in memory. Unknown where the backend or
	// a part of a host is.
	Hosts   Value[[]Host]
	Origins Origins
}

// UsesRedis is unknown where the backend is.
func (r Resolution) UsesRedis() Value[bool] {
	backend, ok := r.Backend.Get()
	if !ok {
		return Unknown[bool]()
	}
	return Known(backend.UsesRedis())
}

// Exception is what Python raises while it imports the settings module.
type Exception struct {
	// Class is the exception's class, e.g. "ValueError".
	Class string
	// Setting is the setting at fault.
	Setting string
	// Err says what is wrong with it, without quoting it.
	Err error
}

// Error names the setting; the reason names the class.
func (e *Exception) Error() string { return e.Setting + ": " + e.Err.Error() }

// Unwrap is the reason.
func (e *Exception) Unwrap() error { return e.Err }

// Resolve does what the settings code does:
//
//	REDIS_PORT = int(os.getenv('REDIS_PORT', 6379))
//	'BACKEND': core if (REDIS_URL or not DEBUG) else in-memory
//	"hosts": [REDIS_URL] if REDIS_URL else [(REDIS_HOST, REDIS_PORT)]
//
// An explicit backend overrules the first condition and leaves the second. An
// unknown URL counts as set: whoever passes one means it.
//
// Where there are hosts, it does what the settings that are rendered for
// several hosts do, which read the hosts first and put them before REDIS_URL.
func Resolve(s Settings) Resolution {
	r := Resolution{Debug: s.Debug.Else(Known(false))}
	r.Origins.Debug = originOf(s.Debug.IsSet(), SettingDebug)
	hosts, err := resolveHostList(s)
	if err != nil {
		r.Exception = &Exception{Class: "json.decoder.JSONDecodeError", Setting: SettingHosts, Err: err}
		return r
	}
	port, err := resolvePort(s.RedisPort)
	if err != nil {
		r.Exception = &Exception{Class: "ValueError", Setting: SettingRedisPort, Err: err}
		return r
	}
	r.Port = port
	r.Backend, r.Origins.Backend = resolveBackend(s, hosts)
	r.resolveHosts(s, hosts)
	r.Hosts = withTLS(s, r.Hosts)
	return r
}

// resolveHostList are the hosts that are set for themselves; none where there
// are none that Python takes for true.
func resolveHostList(s Settings) (Value[[]Host], error) {
	none := Value[[]Host]{}
	if s.Hosts.IsUnknown() || s.HostsText.IsUnknown() {
		return Unknown[[]Host](), nil
	}
	entries, isSet := s.Hosts.Get()
	if !isSet {
		hosts, err := readHosts(s.HostsText.Or(secret.String{}).Reveal())
		if err != nil || len(hosts) == 0 {
			return none, err
		}
		return Known(hosts), nil
	}
	if len(entries) == 0 {
		return none, nil
	}
	hosts := make([]Host, len(entries))
	for i, entry := range entries {
		if !entry.known() {
			return Unknown[[]Host](), nil
		}
		hosts[i] = entry.host(i)
	}
	return Known(hosts), nil
}

func originOf(set bool, setting string) Origin {
	if set {
		return Origin(setting)
	}
	return OriginDefault
}

// resolvePort is int(os.getenv('REDIS_PORT', 6379)). An empty text is a
// ValueError, not the default.
func resolvePort(text Value[string]) (Value[*big.Int], error) {
	if text.IsUnknown() {
		return Unknown[*big.Int](), nil
	}
	port, err := pyvalue.Int(text.Or(DefaultRedisPort))
	if err != nil {
		return Value[*big.Int]{}, err
	}
	return Known(port), nil
}

// hasURL is the truth of REDIS_URL.
func hasURL(url Value[secret.String]) bool {
	text, ok := url.Get()
	return url.IsUnknown() || ok && !text.IsEmpty()
}

func resolveBackend(s Settings, hosts Value[[]Host]) (Value[Backend], Origin) {
	if s.Backend.IsUnknown() {
		return Unknown[Backend](), SettingBackend
	}
	if asked := s.Backend.Or(Auto); asked != Auto {
		return Known(asked), SettingBackend
	}
	if hosts.IsSet() {
		return Known(Core), SettingHosts
	}
	if hasURL(s.RedisURL) {
		return Known(Core), SettingRedisURL
	}
	origin := originOf(s.Debug.IsSet(), SettingDebug)
	if s.Debug.IsUnknown() {
		return Unknown[Backend](), origin
	}
	if s.Debug.Or(false) {
		return Known(InMemory), origin
	}
	return Known(Core), origin
}

func (r *Resolution) resolveHosts(s Settings, hosts Value[[]Host]) {
	backend, ok := r.Backend.Get()
	switch {
	case !ok:
		r.Hosts = Unknown[[]Host]()
	case !backend.UsesRedis():
		r.Hosts = Known[[]Host](nil)
	case hosts.IsSet():
		r.Hosts = hosts
	case hasURL(s.RedisURL):
		url, known := s.RedisURL.Get()
		if !known {
			r.Hosts = Unknown[[]Host]()
			return
		}
		r.Hosts = Known([]Host{{URL: url, Setting: SettingRedisURL}})
	default:
		r.Origins.Host = originOf(s.RedisHost.IsSet(), SettingRedisHost)
		r.Origins.Port = originOf(s.RedisPort.IsSet(), SettingRedisPort)
		port, portKnown := r.Port.Get()
		if s.RedisHost.IsUnknown() || !portKnown {
			r.Hosts = Unknown[[]Host]()
			return
		}
		r.Hosts = Known([]Host{{Host: s.RedisHost.Or(DefaultRedisHost), Port: port, Form: FormTuple, Setting: SettingRedisHost}})
	}
}

// ByName are the origins that there are, by the name of what was resolved:
// backend_class, host, port and debug.
func (o Origins) ByName() map[string]Origin {
	named := map[string]Origin{}
	for name, origin := range map[string]Origin{"backend_class": o.Backend, "host": o.Host, "port": o.Port, "debug": o.Debug} {
		if origin != "" {
			named[name] = origin
		}
	}
	return named
}
