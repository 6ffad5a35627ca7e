package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// isBackend reports whether the layer is of that backend: Failed where it is,
// Passed where it is not, Undetermined where that is not known.
func (in Input) isBackend(wanted ...channelconfig.Backend) finding.Status {
	backend, known := in.sound.Backend.Get()
	if !known {
		return finding.Undetermined
	}
	for _, b := range wanted {
		if b == backend {
			return finding.Failed
		}
	}
	return finding.Passed
}

// before4 is what a fault of versions of channels_redis before a release 4.* comes
// to: the finding as it is where such a version is stated, information where
// none is, nothing where it is newer. The finding's detail names the release.
func (in Input) before4(minor, micro int, f finding.Finding) finding.Outcome {
	v := in.Settings.Packages.ChannelsRedis
	release := packages.Version{Major: 4, Minor: minor, Micro: micro}
	switch {
	case v == nil:
		f.Detail += " So it is with channels_redis before " + release.String() + "; the version that the app has is not stated."
		return finding.Fail(f.WithSeverity(finding.Info))
	case v.AtLeast(release.Major, minor, micro):
		return finding.Pass()
	}
	f.Detail += " So it is with channels_redis before " + release.String() + "; the app has " + v.String() + "."
	return finding.Fail(f)
}

// option is the state of an option of CONFIG for a judgement: Failed where it
// has a value to be judged, Passed where it is unset, Undetermined else.
func option[T any](v channelconfig.Value[T]) finding.Status {
	switch {
	case v.IsKnown():
		return finding.Failed
	case v.IsSet():
		return finding.Undetermined
	default:
		return finding.Passed
	}
}

// first is the first of the states that is not Failed; Failed where all are.
func first(states ...finding.Status) finding.Status {
	for _, state := range states {
		if state == finding.Passed {
			return state
		}
	}
	for _, state := range states {
		if state != finding.Failed {
			return state
		}
	}
	return finding.Failed
}
