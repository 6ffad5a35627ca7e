package delivery_test

import (
	"net/url"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// A real app and a delivery to it work as the user of the layer, and Redis refuses
// neither of them anything.
func TestDeliver_WorksAsTheUserOfTheLayer(t *testing.T) {
	redistest.Slow(t)
	for name, test := range map[string]struct {
		backend channelconfig.Backend
		env     string
		shapes  []shape
	}{
		"core":    {channelconfig.Core, core, nil},
		"pub/sub": {channelconfig.PubSub, pubsub, []shape{pubSub}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := redisuser.Spec{Backend: test.backend, Prefix: "asgi", Checks: true}.Rule()
			server := redistest.Start(t, redistest.Password("made-up-admin"), redistest.User("app", append([]string{">" + password}, rule.Words()...)...))
			as := url.UserPassword("app", password)
			app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, test.env, "REDIS_URL="+server.URLAs(as))
			asApp := func(r *delivery.Request) {
				r.Redis.Connection.Username, r.Redis.Connection.Password = secret.New("app"), secret.New(password)
			}
			expect(t, request(t, server, app.URL("/joined/"), append(test.shapes, asApp)...), "")
			if log, _ := server.Do("ACL", "LOG").([]any); len(log) > 0 {
				t.Errorf("the server refused %v", log)
			}
		})
	}
}
