// Package sizing measures what one Redis carries with the real layers of
// channels_redis, for the guide on sizing. It has benchmarks only:
//
//	go test ./test/sizing -run '^$' -bench .
package sizing
