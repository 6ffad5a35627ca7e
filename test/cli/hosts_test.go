package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/golden"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// hostsLayer is a layer over those servers, in that order.
func hostsLayer(servers ...*redistest.Server) string {
	urls := make([]string, len(servers))
	for i, server := range servers {
		urls[i] = fmt.Sprintf("{ url = %q }", server.URL())
	}
	return layerOf("backend = \"pubsub\"", "hosts = ["+strings.Join(urls, ", ")+"]")
}

// layerOf is a layer with no Redis in a URL of its own.
func layerOf(arguments ...string) string {
	return "resource \"channels_layer\" \"this\" {\n  packages = { channels_redis = \"4.3.0\", redis = \"7.4.1\" }\n  " +
		strings.Join(arguments, "\n  ") + "\n}\n"
}

func TestHosts_AChangeOfTheirOrderOrNumberIsSaid(t *testing.T) {
	t.Parallel()
	a, b := redistest.Start(t), redistest.Start(t)
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		w.WithoutProvider()
		quiet := func(servers ...*redistest.Server) string {
			return "provider \"channels\" {\n  findings = { \"host/loopback\" = \"off\" }\n}\n" + hostsLayer(servers...)
		}
		w.Main(quiet(a, b))
		expectWarnings(t, w.OK("apply"))
		w.Main(quiet(b, a))
		result := w.OK("plan")
		expectWarnings(t, result, "hosts/order-changed")
		golden.Block{}.Check(t, "hosts/order-changed", result)
		w.Main(quiet(a))
		expectWarnings(t, w.OK("plan"), "hosts/order-changed")
		// Another way to the same place moves nothing.
		w.Main(strings.Replace(quiet(a, b), a.URL(), a.URL()+"?socket_timeout=10", 1))
		expectWarnings(t, w.OK("plan"))
	})
}

// All hosts are looked at side by side, and each fault names its host.
func TestHosts_EachFaultNamesItsHost(t *testing.T) {
	t.Parallel()
	healthy, locked, gone := redistest.Start(t), redistest.Start(t, redistest.Password(password)), redistest.Start(t)
	gone.Stop()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		w.Main(layerOf("backend = \"pubsub\"", fmt.Sprintf("hosts = [{ url = %q }, { host = \"127.0.0.1\", port = %d }, { url = %q }]",
			healthy.URL(), locked.Port(), gone.URL())))
		result := w.Fails("plan")
		for _, want := range []string{"auth/no-password-given", "hosts[1]", "network/refused", "hosts[2]"} {
			expectHas(t, result, want)
		}
	})
}

// What is write-only stands in no state, so that nobody knows where it led.
func TestHosts_OfWhatIsWriteOnlyNoMoveIsSaid(t *testing.T) {
	t.Parallel()
	a, b := redistest.Start(t), redistest.Start(t)
	stored := fmt.Sprintf("hosts = [{ url = %q }, { url = %q }]", a.URL(), b.URL())
	hosts := func(version int) string {
		return fmt.Sprintf("hosts_wo = [{ url = %q }, { url = %q }]\n  hosts_wo_version = %d", a.URL(), b.URL(), version)
	}
	url := fmt.Sprintf("redis_url_wo = %q\n  redis_url_wo_version = 1", a.URL())
	layer := func(where string) string {
		return "provider \"channels\" {\n  findings = { \"host/loopback\" = \"off\" }\n}\n" + layerOf("backend = \"pubsub\"", where)
	}
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		w.WithoutProvider()
		w.Main(layer(hosts(1)))
		expectWarnings(t, w.OK("apply"))
		for _, next := range []string{hosts(2), stored, url} {
			w.Main(layer(next))
			expectWarnings(t, w.OK("plan"))
		}
		w.Main(layer(url))
		expectWarnings(t, w.OK("apply"))
		w.Main(layer(stored))
		expectWarnings(t, w.OK("plan"))
	})
}
