package lint

import "testing"

// BenchmarkRun is what one layer costs in a plan, with redis-py's version not
// stated: every line is looked at.
func BenchmarkRun(b *testing.B) {
	in := inputOf(b, "REDIS_URL=redis://default:k9%2FvQ%23x@app-redis:6379/0?socket_timeout=10")
	for b.Loop() {
		Run(NewInput(in.Settings, in.Resolution, false))
	}
}
