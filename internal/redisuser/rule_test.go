package redisuser_test

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
)

func TestRule_GrantsWhatTheLayerNeedsAndNoMore(t *testing.T) {
	for name, c := range map[string]struct {
		spec redisuser.Spec
		want string
	}{
		"core": {
			redisuser.Spec{Backend: channelconfig.Core, Prefix: "asgi"},
			"on resetchannels ~asgi:group:* ~asgispecific.* -@all " +
				"+bzpopmin +del +eval +exec +expire +multi +ping +zadd +zcount +zpopmin +zrange +zrem +zremrangebyscore",
		},
		"core with everything": {
			redisuser.Spec{Backend: channelconfig.Core, Prefix: "asgi", Database: 2, Flush: true, Checks: true, Channels: []string{"email"}},
			"on resetchannels ~asgi* -@all " +
				"+bzpopmin +del +eval +exec +expire +info +keys +multi +ping +select +zadd +zcount +zpopmin +zrange +zrem +zremrangebyscore",
		},
		"core with channels": {
			redisuser.Spec{Backend: channelconfig.Core, Prefix: "a", Channels: []string{"mail", "img.*", "mail"}},
			"on resetchannels ~a:group:* ~aimg.* ~amail ~amail$inflight ~aspecific.* -@all " +
				"+bzpopmin +del +eval +exec +expire +multi +ping +zadd +zcount +zpopmin +zrange +zrem +zremrangebyscore",
		},
		"pub/sub": {
			redisuser.Spec{Backend: channelconfig.PubSub, Prefix: "asgi", Flush: true, Channels: []string{"mail"}},
			"on resetchannels &asgi__group__* &asgispecific.* &mail -@all +ping +publish +subscribe +unsubscribe",
		},
		"pub/sub with the check": {
			redisuser.Spec{Backend: channelconfig.PubSub, Prefix: "", Checks: true},
			"on resetchannels &__group__* &specific.* -@all +eval +info +ping +publish +pubsub|channels +subscribe +unsubscribe",
		},
		"glob characters and what no rule can hold": {
			redisuser.Spec{Backend: channelconfig.PubSub, Prefix: "a*[b]?\\ c\t\"d'é"},
			`on resetchannels &a\*\[b\]\?\\?c??d?é__group__* &a\*\[b\]\?\\?c??d?éspecific.* -@all +ping +publish +subscribe +unsubscribe`,
		},
	} {
		if got := c.spec.Rule().String(); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
