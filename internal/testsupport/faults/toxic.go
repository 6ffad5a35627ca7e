package faults

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Toxic is the address of a proxy before a server that does to what comes back
// what toxiproxy calls so: latency, bandwidth, slicer, limit_data, reset_peer,
// timeout, each with its attributes.
func Toxic(t testing.TB, upstream, kind string, attributes map[string]any) string {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, kind, "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	toxic, err := json.Marshal(map[string]any{"type": kind, "stream": "downstream", "attributes": attributes})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proxy.Toxics.AddToxicJson(bytes.NewReader(toxic)); err != nil {
		t.Fatal(err)
	}
	return proxy.Listen
}
