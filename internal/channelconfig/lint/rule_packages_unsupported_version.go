package lint

import (
	"errors"
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var rulePackagesUnsupportedVersion = Rule{
	Doc: finding.Doc{
		ID:       "packages/unsupported-version",
		Title:    "A stated package version is not one this provider knows",
		Severity: finding.Warning,
		Varies:   "Information for a version that is newer than the newest known one.",
		Why: "The checks mirror redis-py 4.3 to 8.1 and channels_redis 4.0 to 4.3. For another version they go by the nearest of " +
			"these, which may behave differently.",
		Django:  "Works or not, depending on the version. channels_redis before 4 uses another library (aioredis).",
		Fix:     "Update the package, or the provider where the package is newer.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/0\nredis==4.2.2", "REDIS_URL=redis://redis:6379/0\nchannels_redis==3.4.1", "REDIS_URL=redis://redis:6379/0?socket_timeout=10\nredis==9.0.0"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nredis==8.1.0\nchannels_redis==4.3.0", "REDIS_HOST=redis\nredis==4.3.4\nchannels_redis==4.1.0"},
		Since:   "0.1.0",
		Sources: []string{"https://channels-redis.readthedocs.io/en/latest/changelog.html"},
	},
	Rank:  Parts,
	Check: checkPackagesUnsupportedVersion,
}

func checkPackagesUnsupportedVersion(doc finding.Doc, in Input) finding.Outcome {
	backend, known := in.sound.Backend.Get()
	if known && !backend.UsesRedis() {
		return finding.Pass()
	}
	var found []finding.Finding
	// packages/redis-too-old says what is wrong with those before 4.2.
	if v := in.Settings.Packages.Redis; v != nil && v.AtLeast(4, 2, 0) {
		_, err := redisurl.LineOf(*v)
		var outside *redisurl.VersionError
		if errors.As(err, &outside) {
			found = append(found, unsupported(doc, "redis", *v, "redis-py 4.3 to 8.1", outside.TooNew))
		}
	}
	if v := in.Settings.Packages.ChannelsRedis; v != nil && (!v.AtLeast(4, 0, 0) || v.AtLeast(4, 4, 0)) {
		found = append(found, unsupported(doc, "channels_redis", *v, "channels_redis 4.0 to 4.3", v.AtLeast(4, 0, 0)))
	}
	return finding.Fail(found...)
}

func unsupported(doc finding.Doc, name string, v packages.Version, known string, tooNew bool) finding.Finding {
	f := doc.New("packages."+name, fmt.Sprintf("The version stated for %s is %s; known are %s. The checks go by the nearest of these.", name, v, known))
	if tooNew {
		return f.WithSeverity(finding.Info)
	}
	return f
}
