package wsprobe_test

import (
	"slices"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// shape changes a request.
type shape func(*wsprobe.Request)

func request(t testing.TB, url string, shapes ...shape) wsprobe.Request {
	t.Helper()
	target, err := wsprobe.ParseURL(secret.New(url))
	if err != nil {
		t.Fatal(err)
	}
	r := wsprobe.Request{Target: target, Timeout: 5 * time.Second}
	for _, change := range shapes {
		change(&r)
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

func within(d time.Duration) shape { return func(r *wsprobe.Request) { r.Timeout = d } }

func origin(text string) shape { return func(r *wsprobe.Request) { r.Origin = &text } }

func send(text string) shape {
	return func(r *wsprobe.Request) {
		hidden := secret.New(text)
		r.Send = &hidden
	}
}

func expect(text string) shape {
	return func(r *wsprobe.Request) { r.Expect = &wsprobe.Expectation{Text: secret.New(text)} }
}

func pattern(t testing.TB, text string) shape {
	t.Helper()
	compiled, err := wsprobe.CompilePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return func(r *wsprobe.Request) { r.Expect = &wsprobe.Expectation{Pattern: compiled} }
}

func subprotocols(names ...string) shape { return func(r *wsprobe.Request) { r.Subprotocols = names } }

func secured(how wsprobe.TLS) shape { return func(r *wsprobe.Request) { r.TLS = how } }

func probe(t testing.TB, r wsprobe.Request) wsprobe.Report {
	t.Helper()
	return wsprobe.Probe(t.Context(), netprobe.System{}, nil, r)
}

// row is what a probe of something must say. 0 and "" are nothing.
type row struct {
	name      string
	request   wsprobe.Request
	status    int
	closeCode int
	finding   finding.ID
}

func (r row) run(t *testing.T) {
	t.Helper()
	started := time.Now()
	report := probe(t, r.request)
	took := time.Since(started)
	var want []finding.ID
	if r.finding != "" {
		want = []finding.ID{r.finding}
	}
	t.Logf("| %s | %d | %d | %s |", r.name, report.Status, report.CloseCode, r.finding)
	if got := report.Outcome.IDs(); !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q: %+v", got, want, report.Outcome)
	}
	if report.Status != r.status || report.CloseCode != r.closeCode {
		t.Errorf("status %d, close code %d (%q), want %d and %d", report.Status, report.CloseCode, report.CloseReason, r.status, r.closeCode)
	}
	if report.Passed() != (r.finding == "") {
		t.Errorf("the outcome is %s", report.Outcome.Status)
	}
	if bound := r.request.Timeout + time.Second; took > bound {
		t.Errorf("it took %s, more than %s", took, bound)
	}
}
