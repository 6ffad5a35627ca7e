package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// Two processes of an app over three hosts, each reached in another form: what
// is said in any room is heard in both, whichever host the room belongs to.
func TestDeployment_SeveralHostsCarryEveryRoom(t *testing.T) {
	t.Parallel()
	for _, backend := range []string{"pubsub", "core"} {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				a, b, c := redistest.Start(t, redistest.Password(password)), redistest.Start(t, redistest.Password(special)), redistest.Start(t)
				w := tfcli.New(t, cli)
				w.Main(layers(map[string]string{"app": fmt.Sprintf(`
  backend = %q
  hosts = [
    { url = %q },
    { host = "127.0.0.1", port = %d, password = %q, db = 3 },
    { path = %q },
  ]
  findings = { "hosts/direct-messages" = "off" } # this app sends to groups
`, backend, a.URL(), b.Port(), special, c.Socket()) + stated("7.4.1")}, ""))
				result := w.OK("apply")
				if got := tfcli.IDs(result.Diagnostics()); len(got) != 0 {
					t.Errorf("apply says %q, want nothing\n%s", got, result.Combined)
				}
				app := outputs(t, w, "app")["app"]
				one, two := app.startFromDotenv(t), app.start(t)
				exchange(t, one, two)
				for _, room := range rooms(t, backend) {
					path := "/ws/chat/" + room + "/"
					here, there := one.Dial(t, path), two.Dial(t, path)
					say(t, here, room)
					hears(t, here, room)
					hears(t, there, room)
					here.Close()
					there.Close()
				}
				for i, server := range []*redistest.Server{a, b, c} {
					stats, _ := server.Do("INFO", "commandstats").(string)
					if !strings.Contains(stats, "cmdstat_publish") && !strings.Contains(stats, "cmdstat_zadd") {
						t.Errorf("host %d carried no message", i)
					}
				}
				one.Stop(t)
				two.Stop(t)
			})
		})
	}
}

// rooms are two for each of three hosts.
func rooms(t *testing.T, backend string) []string {
	t.Helper()
	var chosen []string
	taken := map[int]int{}
	for i := 0; len(chosen) < 6; i++ {
		room := fmt.Sprintf("room%d", i)
		group := "chat_" + room
		if backend == "pubsub" {
			group = "asgi__group__" + group
		}
		if shard := channellayer.Shard(group, 3); taken[shard] < 2 {
			taken[shard]++
			chosen = append(chosen, room)
		}
	}
	return chosen
}
