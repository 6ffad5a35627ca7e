package redisprobe

import "time"

// RoundTrip is what messages came through. Two simulated processes of an app
// take part, each with one channel of its own, both in one group.
type RoundTrip struct {
	// Direct says that the message to one channel arrived, and DirectTook how
	// long that took from the moment it was sent.
	Direct     bool          `json:"direct"`
	DirectTook time.Duration `json:"direct_ns"`
	// GroupMembers is how many of the group's two members got the message to the
	// group, and GroupTook how long it took until both had it.
	GroupMembers int           `json:"group_members"`
	GroupTook    time.Duration `json:"group_ns"`
	// Connections is how many connections took part, that of the other checks
	// included.
	Connections int `json:"connections"`
}

// Delivered reports whether all messages arrived.
func (r RoundTrip) Delivered() bool { return r.Direct && r.GroupMembers == groupMembers }

// groupMembers is how many members the group of a round trip has.
const groupMembers = 2
