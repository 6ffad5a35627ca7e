package cli_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// spoilt are ways in which a URL with a password is written, most of them
// wrong: %s is the password, %e the password as it should stand there.
var spoilt = []string{
	"redis://default:%e@" + address + "/0",
	"rediss://:%e@" + address,
	"redis://%s@" + address,
	"redis://default:%s@" + address + "/0",
	"redis://:%s@" + address,
	"default:%s@" + address,
	"%s",
	"redis:%s@" + address,
	"redis:/default:%s@" + address,
	"redis//default:%s@" + address,
	"http://default:%s@" + address,
	"redis://" + address + "/%s",
	"redis://" + address + "?password=%s",
	"redis://" + address + "?ssl_password=%s&decode_responses=%s",
	"redis://" + address + "?%s=1",
	"redis://" + address + "#%s",
	"redis://h:%s",
	"redis://[%s]:6379",
	"redis://a:%s@b:6379,c:%s@d:6379",
	"unix://%s@/run/redis.sock",
	"\"redis://default:%s@" + address + "\"",
	" redis://default:%s@" + address + " ",
	"redis://default:%s@${HOST}:6379",
	"REDIS_URL=redis://default:%s@" + address,
}

// delimiters stand between the pieces of a password.
var delimiters = []string{"", "#", "/", "?", "@", ":", "%", "[", "]", " ", "\"", "$", "&", "=", "\\", "\n", "\x1b", "#/?", "@#@", "\xff"}

func TestSecrets_AreNowhere(t *testing.T) {
	server := redistest.Start(t, redistest.Password("example-password"))
	for _, delimiter := range delimiters {
		t.Run(fmt.Sprintf("%q", delimiter), func(t *testing.T) {
			for _, template := range spoilt {
				if isWellFormed(template, delimiter) {
					continue
				}
				s := canary.Broken(template, delimiter)
				url := strings.NewReplacer("%s", s.Text, "%e", s.Encoded()).Replace(template)
				for _, variable := range []string{"REDIS_URL=", "REDIS_HOST=:", "REDIS_PORT=", "DEBUG="} {
					quiet(t, s, run{environ: []string{variable + url}, network: at(server)})
				}
				if delimiter != "\n" { // what stands before it is a URL of its own
					quiet(t, s, run{args: []string{"--env-file", "-"}, stdin: "REDIS_URL=" + url + "\n", network: at(server)})
				}
				for _, args := range [][]string{
					{url}, {"--redis-url", url}, {"--url=" + url}, {"--" + url}, {"--env-file", url}, {"--requirements", url},
					{"--timeout", url}, {"--backend", url}, {"--redis-version=" + url}, {"--debug-unset", url}, {"--json=" + url},
				} {
					quiet(t, s, run{args: args, network: hosts{}})
				}
			}
		})
	}
}

// isWellFormed reports a URL in which a piece of the password is what its place
// says, a user or a host: nobody can tell that it is another.
func isWellFormed(template, delimiter string) bool {
	switch template {
	case "redis://%s@" + address, "unix://%s@/run/redis.sock":
		return delimiter == ":"
	case "redis://h:%s":
		return delimiter == "@"
	}
	return false
}

// quiet runs the command, as text and as JSON, and finds no secret in what it
// prints.
func quiet(t *testing.T, s canary.Secret, r run) {
	t.Helper()
	finder := canary.NewFinder(s)
	r.terminal = true
	// A server that does not speak TLS is silent: there is no need to wait long.
	r.args = append([]string{"--timeout", "100ms"}, r.args...)
	text := r.run(t)
	r.args = append([]string{"--json"}, r.args...)
	asJSON := r.run(t)
	for where, printed := range map[string]string{
		"standard output": text.stdout, "standard error": text.stderr, "JSON": asJSON.stdout, "standard error of --json": asJSON.stderr,
	} {
		finder.Nowhere(t, where, printed)
	}
}
