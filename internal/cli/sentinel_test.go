package cli_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/cli"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// behindSentinels is the environment of an app whose master Sentinels name.
func behindSentinels(w *redistest.Watched, password string) []string {
	var sentinels []string
	for _, address := range w.Addresses() {
		host, port, _ := net.SplitHostPort(address)
		sentinels = append(sentinels, fmt.Sprintf(`["%s", %s]`, host, port))
	}
	return []string{fmt.Sprintf(`CHANNEL_LAYERS_HOSTS=[{"sentinels": [%s], "master_name": "chat", "sentinel_kwargs": {"password": %q}}]`,
		strings.Join(sentinels, ", "), password)}
}

func TestRun_AsksTheSentinelsAndGoesOnWithTheMaster(t *testing.T) {
	const password = "canary-of-the-sentinels"
	w := redistest.StartWatched(t, redistest.Watch{Watchers: []redistest.Option{redistest.Password(password)}})
	network := hosts{}
	for _, address := range append(w.Addresses(), w.Master.Addr(), w.Replicas[0].Addr()) {
		network[address] = address
	}
	w.Master.Do("ZADD", "asgi:group:room", "99999999999", "member")
	result, code := run{args: []string{"--round-trip", "--group", "room"}, environ: behindSentinels(w, password), network: network}.json(t)
	if code != cli.ExitPassed || len(result.Servers) != 1 {
		t.Fatalf("exit %d: %+v", code, result)
	}
	server := result.Servers[0]
	if server.Address != w.Master.Addr() || server.Stages[0].Name != "sentinel" {
		t.Errorf("got %+v", server)
	}
	if result.Group == nil || result.Group.Status != finding.Passed {
		t.Errorf("the group on the master was not looked at: %+v", result.Group)
	}
	screen := run{environ: behindSentinels(w, password), network: network}.run(t).stdout
	wrong := run{environ: behindSentinels(w, password+"-wrong"), network: network}.run(t)
	if !strings.Contains(screen, "ask the Sentinels") || !strings.Contains(screen, "those that would follow") {
		t.Errorf("the ladder lacks the Sentinels:\n%s", strings.ReplaceAll(screen, password, "(secret)"))
	}
	if wrong.code != cli.ExitFailed || !strings.Contains(wrong.stdout, "sentinel/wrong-password") {
		t.Errorf("exit %d:\n%s", wrong.code, strings.ReplaceAll(wrong.stdout, password, "(secret)"))
	}
	if strings.Contains(screen+wrong.stdout+wrong.stderr, password) {
		t.Error("the password of the Sentinels is shown")
	}
}
