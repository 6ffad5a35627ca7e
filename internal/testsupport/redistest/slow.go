package redistest

import (
	"os"
	"testing"
)

// Slow skips a test of a plain "go test", which is for a quick look: make test
// runs all of them.
func Slow(t testing.TB) {
	t.Helper()
	if os.Getenv("CI") == "" && os.Getenv("CHANNELS_REAL") == "" && os.Getenv("CHANNELS_FULL") == "" {
		t.Skip("takes long: make test runs it (CHANNELS_REAL=1)")
	}
}
