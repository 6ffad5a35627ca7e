package redisurl

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
)

// Line is a row of redis-py releases that treat URLs alike: the same parsers,
// the same keyword arguments, the same connection defaults. The zero Line is
// [Newest]. Lines compare with < and >, older first.
type Line int

// The lines, named by their first release. What changed stands beside each.
const (
	line43  Line = iota - 21 // 4.3.0
	line434                  // retry_on_error
	line44                   // credential_provider, also for unix; retry is copied
	line46                   // one signature for all transports; the TLS settings are checked first; a connect timeout of 0 counts
	line50                   // lib_name, lib_version, protocol
	line502                  // ssl_min_version; timeout is read as a float
	line504                  // ssl_ciphers
	line51                   // the quotes in an error's text
	line53                   // event_dispatcher
	line60                   // ssl_check_hostname is true by default
	line61                   // ... unless ssl_cert_reqs is none
	line70                   // ssl_include_verify_flags, ssl_exclude_verify_flags
	line72                   // driver_info, ssl_ca_path, ssl_password; either of certificate and key
	line721                  // a protocol that is no number is a ConnectionError
	line722                  // driver_info must not be text
	line73                   // driver_info may be text again
	line731                  // ... and not
	line74                   // ... and again
	line741                  // ... and not
	line80                   // timeouts of 5 s; legacy_responses; protocol and socket_read_size are numbers
	line801                  // ssl_min_version is a number
	line81                   // query values decoded once; maintenance notifications
)

// Newest is the newest line known.
const Newest = line81

// firstReleases are the lines' first releases, oldest first.
var firstReleases = [...]packages.Version{
	{Major: 4, Minor: 3}, {Major: 4, Minor: 3, Micro: 4}, {Major: 4, Minor: 4}, {Major: 4, Minor: 6},
	{Major: 5}, {Major: 5, Micro: 2}, {Major: 5, Micro: 4}, {Major: 5, Minor: 1}, {Major: 5, Minor: 3},
	{Major: 6}, {Major: 6, Minor: 1},
	{Major: 7}, {Major: 7, Minor: 2}, {Major: 7, Minor: 2, Micro: 1}, {Major: 7, Minor: 2, Micro: 2},
	{Major: 7, Minor: 3}, {Major: 7, Minor: 3, Micro: 1}, {Major: 7, Minor: 4}, {Major: 7, Minor: 4, Micro: 1},
	{Major: 8}, {Major: 8, Micro: 1}, {Major: 8, Minor: 1},
}

// Lines are all lines, oldest first.
func Lines() []Line {
	lines := make([]Line, 0, len(firstReleases))
	for line := line43; line <= Newest; line++ {
		lines = append(lines, line)
	}
	return lines
}

// VersionError says that a redis-py version is outside of what is mirrored.
type VersionError struct {
	Version packages.Version
	// TooNew: newer than the newest known release line; else too old.
	TooNew bool
}

func (e *VersionError) Error() string {
	if e.TooNew {
		return fmt.Sprintf("redis-py %s is newer than the newest known line, %s", e.Version, Newest)
	}
	return fmt.Sprintf("redis-py %s is older than the oldest supported, %s", e.Version, line43)
}

// LineOf is the line that a redis-py release belongs to. For a release before
// 4.3.0 or after 8.1 the error is a [*VersionError], and the line is the
// oldest or the newest: the best guess, for callers that go on with a notice.
func LineOf(v packages.Version) (Line, error) {
	if !v.AtLeast(4, 3, 0) {
		return line43, &VersionError{Version: v}
	}
	if v.AtLeast(8, 2, 0) {
		return Newest, &VersionError{Version: v, TooNew: true}
	}
	line := line43
	for line < Newest && v.Compare((line+1).Version()) >= 0 {
		line++
	}
	return line, nil
}

// Version is the line's first release.
func (l Line) Version() packages.Version {
	if l < line43 || l > Newest {
		return firstReleases[len(firstReleases)-1]
	}
	return firstReleases[l-line43]
}

// String is the line's first release without a micro version of 0: "7.4.1",
// "8.0".
func (l Line) String() string {
	v := l.Version()
	if v.Micro == 0 {
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return v.String()
}
