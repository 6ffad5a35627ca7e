// Package redistest starts real Redis servers for tests: each on a port of its
// own on 127.0.0.1 and on a Unix socket, without persistence, configured over
// standard input and gone when the test ends.
//
// The binary is $CHANNELS_REDIS_SERVER, or redis-server on PATH, or the one
// that tools/setup-redis.sh put into the cache under a name such as
// "redis-6.2". Where there is none the test is skipped with the command that
// installs it; with CI set it fails.
package redistest
