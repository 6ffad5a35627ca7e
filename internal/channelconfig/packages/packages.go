// Package packages knows the Python packages that the app runs with: their
// versions, the release lines whose behaviour differs, and how to read the
// versions from the files that pin them.
package packages

import "fmt"

// Version is the release part of a Python package's version (PEP 440).
// Epochs, pre-, post-, development and local parts play no role here.
type Version struct {
	Major, Minor, Micro int
}

// String is "major.minor.micro".
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Micro) }

// Compare is -1, 0 or 1, as v is before, equal to or after w.
func (v Version) Compare(w Version) int {
	for _, pair := range [][2]int{{v.Major, w.Major}, {v.Minor, w.Minor}, {v.Micro, w.Micro}} {
		switch {
		case pair[0] < pair[1]:
			return -1
		case pair[0] > pair[1]:
			return 1
		}
	}
	return 0
}

// AtLeast reports whether v is major.minor.micro or later.
func (v Version) AtLeast(major, minor, micro int) bool {
	return v.Compare(Version{major, minor, micro}) >= 0
}

// Set are the versions in an app; nil is a version nobody stated. What holds
// for an unstated version is what holds for every supported one.
type Set struct {
	Channels      *Version `json:"channels,omitempty"`
	ChannelsRedis *Version `json:"channels_redis,omitempty"`
	Redis         *Version `json:"redis,omitempty"`
}
