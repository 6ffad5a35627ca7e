package redisprobe_test

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Redis 7 hangs up on long commands of those who have not logged in, which the
// question for rights is.
func TestLook_NoPasswordGivenHasItsFindingAtEveryDepth(t *testing.T) {
	for _, binary := range append([]string{""}, others...) {
		server := redistest.Start(t, redistest.Binary(binary), redistest.Password(canary))
		for _, depth := range []redisprobe.Depth{redisprobe.DepthPing, redisprobe.DepthCapabilities, redisprobe.DepthRoundTrip} {
			for _, backend := range []shape{func(*redisprobe.Request) {}, pubSub} {
				asked := request(t, server.Addr(), func(r *redisprobe.Request) { r.Depth = depth }, backend)
				got := redisprobe.New().Look(t.Context(), asked)
				if !got.Outcome.Has("auth/no-password-given") || got.Outcome.Status != finding.Failed || got.Transient {
					t.Errorf("%q, depth %d: got %v, %v", binary, depth, got.Outcome.Status, got.Outcome.IDs())
				}
			}
		}
	}
}

// Where the server does not tell the rights, nothing may be written that would
// not expire, whatever this user lacks.
func TestRoundTrip_NothingIsWrittenWithoutItsExpiry(t *testing.T) {
	const most = "+zadd +zcount +zrem +zrange +zremrangebyscore +zpopmin +bzpopmin +del +eval"
	for name, commands := range map[string]string{
		"no multi":            most + " +exec +expire",
		"no multi, no expire": most + " +exec",
		"no expire":           most + " +multi +exec",
		"no exec":             most + " +multi +expire",
		"hardly anything":     "+eval +zadd +del",
		"neither, and no del": "+eval +zadd",
		"no del, no multi":    "+zadd +zcount +zrem +zrange +zremrangebyscore +zpopmin +bzpopmin +eval +exec +expire",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, binary := range []string{"", "redis-6.2"} {
				server := redistest.Start(t, redistest.Binary(binary), redistest.Password(canary), userWith("me", "~asgi*", commands))
				got := redisprobe.New().Look(t.Context(), request(t, server.Addr(), roundTrip, as("me", canary)))
				if got.Ready {
					t.Errorf("%q: ready, with %v", binary, got.Outcome.IDs())
				}
				if left := server.Do("KEYS", "*"); len(left.([]any)) != 0 {
					t.Errorf("%q: %v are left", binary, left)
				}
			}
		})
	}
}
