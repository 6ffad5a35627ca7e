package redisurl_test

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func TestAppend_AddsArgumentsAndChangesNothingElse(t *testing.T) {
	file := redisurl.Argument{Name: "ssl_ca_certs", Value: "/etc/ssl/redis ca&.pem"}
	const written = "ssl_ca_certs=%2Fetc%2Fssl%2Fredis%20ca%26.pem"
	for url, want := range map[string]string{
		"rediss://h":                    "rediss://h?" + written,
		"rediss://:p%40@h:6380/1":       "rediss://:p%40@h:6380/1?" + written,
		"rediss://h?socket_timeout=9":   "rediss://h?socket_timeout=9&" + written,
		"rediss://h?":                   "rediss://h?" + written,
		"rediss://h?socket_timeout=9&":  "rediss://h?socket_timeout=9&" + written,
		"rediss://h/0?a#b?c":            "rediss://h/0?a&" + written + "#b?c",
		"rediss://h#":                   "rediss://h?" + written + "#",
		"rediss://h?ssl_check_hostname": "rediss://h?ssl_check_hostname&" + written,
	} {
		if got := redisurl.Append(secret.New(url), file).Reveal(); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
		for _, line := range redisurl.Lines() {
			before, err := redisurl.Parse(secret.New(url), line)
			if err != nil {
				continue
			}
			after, err := redisurl.Parse(secret.New(want), line)
			if err != nil || after.Options["ssl_ca_certs"].Text.Reveal() != file.Value || after.Host != before.Host || after.DB.Cmp(before.DB) != 0 ||
				after.Options["socket_timeout"].Text.Reveal() != before.Options["socket_timeout"].Text.Reveal() {
				t.Errorf("%s, %s: %+v, %v", url, line, after, err)
			}
		}
	}
	if got := redisurl.Append(secret.New("rediss://h#x")).Reveal(); got != "rediss://h#x" {
		t.Errorf("without arguments: %s", got)
	}
}
