package wiring

import (
	"os"
	"testing"
	"time"
)

// retry is a bounded wait for something that starts.
type retry struct {
	t   *testing.T
	C   <-chan time.Time
	end time.Time
}

func deadline(t *testing.T) *retry {
	ticker := time.NewTicker(20 * time.Millisecond)
	t.Cleanup(ticker.Stop)
	return &retry{t: t, C: ticker.C, end: time.Now().Add(20 * time.Second)}
}

// check fails the test when the time is over and the error still there.
func (r *retry) check(err error) {
	r.t.Helper()
	if err != nil && time.Now().After(r.end) {
		r.t.Fatal(err)
	}
}

// missing fails the test with CI set and skips it without.
func missing(t *testing.T, what, setup string) {
	t.Helper()
	const message = "%s is missing; run %s"
	if os.Getenv("CI") != "" {
		t.Fatalf(message, what, setup)
	}
	t.Skipf(message, what, setup)
}
