package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// working is a deployment that works.
type working struct {
	name string
	// long ones run with CHANNELS_FULL=1 only.
	long  bool
	redis []redistest.Option
	// layer are the arguments of channels_layer for that server.
	layer func(t testing.TB, server *redistest.Server) string
	// packages is the Python environment whose packages the app has; "" are the
	// newest with redis-py 7.
	packages string
}

// quoted is `redis_url = "..."` for a URL.
func quoted(url string) string { return fmt.Sprintf("  redis_url = %q\n", url) }

func stated(redis string) string {
	return fmt.Sprintf("  packages = { channels = \"4.3.2\", channels_redis = \"4.3.0\", redis = %q }\n", redis)
}

func atURL(more string) func(testing.TB, *redistest.Server) string {
	return func(_ testing.TB, s *redistest.Server) string { return quoted(s.URL()) + more }
}

const twoKeys = "  config = { symmetric_encryption_keys = [\"made-up-key-of-today\", \"made-up-key-of-yesterday\"] }\n"

func workingDeployments(t testing.TB) []working {
	protected := []redistest.Option{redistest.Password(password)}
	authority := redistest.NewAuthority(t)
	return []working{
		{name: "production: URL with password", redis: protected, layer: atURL(stated("7.4.1"))},
		{
			name: "fallback: host and port",
			layer: func(_ testing.TB, s *redistest.Server) string {
				return fmt.Sprintf("  redis_host = \"127.0.0.1\"\n  redis_port = %d\n", s.Port()) + stated("7.4.1")
			},
		},
		{name: "debug with a Redis", long: true, redis: protected, layer: atURL("  debug = true\n" + stated("7.4.1"))},
		{name: "pub/sub", redis: protected, layer: atURL("  backend = \"pubsub\"\n" + stated("7.4.1"))},
		{name: "core, encrypted, with a prefix", redis: protected, layer: atURL("  config = { prefix = \"tickets\", symmetric_encryption_keys = [\"made-up-key\"] }\n" + stated("7.4.1"))},
		{name: "pub/sub, encrypted with two keys", long: true, redis: protected, layer: atURL("  backend = \"pubsub\"\n" + twoKeys + stated("7.4.1"))},
		{name: "JSON on the wire", long: true, redis: protected, layer: atURL("  config = { serializer_format = \"json\" }\n" + stated("7.4.1"))},
		{
			name: "Unix socket", long: true, redis: protected,
			layer: func(_ testing.TB, s *redistest.Server) string {
				return quoted("unix://default:"+password+"@"+s.Socket()) + stated("7.4.1")
			},
		},
		{
			name: "TLS with a CA of one's own", redis: append(slices.Clone(protected), redistest.TLS(authority)),
			layer: func(t testing.TB, s *redistest.Server) string {
				return quoted(s.URL()+"?ssl_ca_certs="+url.QueryEscape(authority.File(t))) + stated("7.4.1")
			},
		},
		{
			name: "special characters, by build_url", redis: []redistest.Option{redistest.Password(special)},
			layer: func(_ testing.TB, s *redistest.Server) string {
				return fmt.Sprintf("  redis_url = provider::channels::build_url({ host = \"127.0.0.1\", port = %d, username = \"default\", password = %q })\n", s.Port(), special) + stated("7.4.1")
			},
		},
		{name: "redis-py 8.1 with socket_timeout=10", redis: protected, packages: "redis-8.1", layer: func(_ testing.TB, s *redistest.Server) string {
			return quoted(s.URL()+"?socket_timeout=10") + stated("8.1.0")
		}},
		{name: "redis-py 8.1 and pub/sub", long: true, redis: protected, packages: "redis-8.1", layer: atURL("  backend = \"pubsub\"\n" + stated("8.1.0"))},
	}
}

// What apply puts out is all that an app needs: two processes, one from .env
// text and one from the map, carry each other's messages.
func TestDeployment_MessageToOneProcessArrivesAtTheOther(t *testing.T) {
	t.Parallel()
	for _, c := range workingDeployments(t) {
		t.Run(testName(c.name), func(t *testing.T) {
			t.Parallel()
			if c.long && !full() {
				t.Skip("runs with CHANNELS_FULL=1")
			}
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				server := redistest.Start(t, c.redis...)
				w := tfcli.New(t, cli)
				w.Main(layers(map[string]string{"app": c.layer(t, server)}, ""))
				result := w.OK("apply")
				if got := tfcli.IDs(result.Diagnostics()); len(got) != 0 {
					t.Errorf("apply says %q, want nothing\n%s", got, result.Combined)
				}
				app := outputs(t, w, "app")["app"]
				one := app.startFromDotenv(t, django.Packages(c.packages))
				two := app.start(t, django.Packages(c.packages))
				exchange(t, one, two)
				one.Stop(t)
				two.Stop(t)
			})
		})
	}
}

// distinct are the different ids, sorted: apply shows what plan found, too.
func distinct(ids []string) []string {
	sorted := slices.Sorted(slices.Values(ids))
	return slices.Compact(sorted)
}

// A task in a process of its own takes its orders from one process of the app,
// and its results reach the clients of all.
func TestDeployment_BackgroundTaskIsReachedAndReaches(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		server := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		w.Main(layers(map[string]string{"app": quoted(server.URL()) + stated("7.4.1")}, ""))
		w.OK("apply")
		app := outputs(t, w, "app")["app"]
		one, two := app.start(t), app.startFromDotenv(t)
		app.start(t, django.Worker("reports"))
		updates := []*django.Socket{one.Dial(t, updatesPath), two.Dial(t, updatesPath)}
		if status := one.Get(t, "/updates/report/sales"); status != 204 {
			t.Fatalf("the view answers %d:\n%s", status, one.Log())
		}
		for _, socket := range updates {
			seesUpdate(t, socket, "report sales")
		}
	})
}

// In memory a process works by itself and reaches no other: nothing to say of
// in debug, and a warning elsewhere.
func TestDeployment_InMemoryWorksWithinOneProcessOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		layer string
		ids   []string
	}{
		"debug":   {"  debug = true\n", nil},
		"outside": {"  backend = \"in_memory\"\n", []string{"layer/in-memory-outside-debug"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				w := tfcli.New(t, cli)
				w.Main(layers(map[string]string{"app": c.layer}, ""))
				result := w.OK("apply")
				if got := tfcli.IDs(result.Diagnostics()); !slices.Equal(distinct(got), c.ids) {
					t.Errorf("apply says %q, want %q\n%s", got, c.ids, result.Combined)
				}
				app := outputs(t, w, "app")["app"]
				one, two := app.startFromDotenv(t), app.start(t)
				exchange(t, one, one)
				apart(t, one, two)
			})
		})
	}
}
