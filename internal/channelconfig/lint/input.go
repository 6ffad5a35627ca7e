package lint

import (
	"errors"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Input is what the rules look at. [NewInput] makes one.
type Input struct {
	Settings   channelconfig.Settings
	Resolution channelconfig.Resolution
	// Readings are what each redis-py line in scope makes of REDIS_URL, oldest
	// first: every supported line where the version is not stated. There are
	// none where REDIS_URL is unset, empty or not known.
	Readings []Reading
	// Existing is set for variables that somebody else manages (a .env file,
	// the environment of a running app), where the mending happens there and
	// not in the Terraform configuration.
	Existing bool
	// Here is set where the settings are looked at from where their app runs,
	// or only to connect from here: localhost then means no other machine.
	Here bool

	// sound is the resolution as it would be without an invalid REDIS_PORT, or
	// without hosts that are no JSON, so that one mistake does not hide the
	// others.
	sound channelconfig.Resolution
	url   urlText
	// several is set where hosts decide, and not REDIS_URL or REDIS_HOST.
	several bool
	// entry is the entry of hosts that the settings stand for, nil where they
	// are those of the layer itself: see [Input.ofHost].
	entry *channelconfig.Host
}

// Reading is a URL in the eyes of one line of redis-py: exactly one of URL and
// Err is set.
type Reading struct {
	Line redisurl.Line
	URL  *redisurl.URL
	Err  *redisurl.Error
}

// refused reports whether redis-py refuses the URL for one of the reasons.
func (r Reading) refused(reasons ...redisurl.Reason) bool {
	if r.Err == nil {
		return false
	}
	for _, reason := range reasons {
		if r.Err.Reason == reason {
			return true
		}
	}
	return false
}

// NewInput prepares settings for the rules. The resolution is that of
// [channelconfig.Resolve].
func NewInput(s channelconfig.Settings, r channelconfig.Resolution, existing bool) Input {
	in := Input{Settings: s, Resolution: r, Existing: existing, sound: soundOf(s, r), several: s.HasHosts() || brokenHosts(r)}
	if in.several {
		return in
	}
	text, ok := s.RedisURL.Get()
	if !ok || text.IsEmpty() {
		return in
	}
	in.url = cutURL(text.Reveal())
	for _, line := range linesInScope(s.Packages.Redis) {
		in.Readings = append(in.Readings, read(text, line))
	}
	return in
}

// brokenHosts reports that the text of hosts is no JSON.
func brokenHosts(r channelconfig.Resolution) bool {
	return r.Exception != nil && r.Exception.Setting == channelconfig.SettingHosts
}

// soundOf is the resolution without what makes the settings raise.
func soundOf(s channelconfig.Settings, r channelconfig.Resolution) channelconfig.Resolution {
	if brokenHosts(r) {
		s.HostsText = channelconfig.Value[secret.String]{}
		r = channelconfig.Resolve(s)
	}
	if r.Exception != nil {
		s.RedisPort = channelconfig.Value[string]{}
		r = channelconfig.Resolve(s)
	}
	return r
}

func read(text secret.String, line redisurl.Line) Reading {
	url, err := redisurl.Parse(text, line)
	var refusal *redisurl.Error
	if errors.As(err, &refusal) {
		return Reading{Line: line, Err: refusal}
	}
	return Reading{Line: line, URL: url}
}

// refusedByAll reports whether no line in scope takes the URL.
func (in Input) refusedByAll() bool {
	for _, r := range in.Readings {
		if r.Err == nil {
			return false
		}
	}
	return len(in.Readings) > 0
}

// urlStatus says whether REDIS_URL is there to be judged: Failed where it is,
// Passed where it plays no role, Undetermined where it is not known.
func (in Input) urlStatus() finding.Status {
	url := in.Settings.RedisURL
	backend, known := in.sound.Backend.Get()
	text, given := url.Get()
	switch {
	case in.several, !url.IsSet(), given && text.IsEmpty(), known && !backend.UsesRedis():
		return finding.Passed
	case url.IsUnknown(), !known:
		return finding.Undetermined
	default:
		return finding.Failed
	}
}

// host is REDIS_HOST, where it is what decides about the host. The status is
// as in urlStatus.
func (in Input) host() (string, finding.Status) {
	backend, known := in.sound.Backend.Get()
	switch {
	case !in.Settings.RedisHost.IsSet(), known && !backend.UsesRedis(), in.hasURL():
		return "", finding.Passed
	case in.Settings.RedisHost.IsUnknown(), !known:
		return "", finding.Undetermined
	default:
		return in.Settings.RedisHost.Or(""), finding.Failed
	}
}

// hasURL is the truth of REDIS_URL in Python, or of the hosts in its place; an
// unknown one counts as set, as in [channelconfig.Resolve].
func (in Input) hasURL() bool {
	text, ok := in.Settings.RedisURL.Get()
	return in.several || in.Settings.RedisURL.IsUnknown() || ok && !text.IsEmpty()
}

// rawURL is the text of REDIS_URL, "" where it is not known.
func (in Input) rawURL() string { return in.Settings.RedisURL.Or(secret.String{}).Reveal() }

// explicitBackend is the backend that was asked for by name; Auto where none
// was. ok is false where it is not known.
func (in Input) explicitBackend() (backend channelconfig.Backend, ok bool) {
	return in.Settings.Backend.Or(channelconfig.Auto), !in.Settings.Backend.IsUnknown()
}
