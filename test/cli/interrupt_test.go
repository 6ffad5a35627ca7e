package cli

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// Ctrl-C while a server is silent ends the run at once and leaves nothing
// behind.
func TestInterrupt_EndsCheckAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ command, check string }{
		{"plan", `timeout = "1m"`},
		{"apply", `timeout = "1m", on_plan = "off"`},
		{"apply", `timeout = "1s", wait = "1h", on_plan = "off"`},
	} {
		t.Run(test.command+" "+test.check, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				connected := make(chan struct{})
				var once sync.Once
				server := faults.Serve(t, func(conn net.Conn) {
					once.Do(func() { close(connected) })
					faults.Silent(conn)
				})
				w := tfcli.New(t, cli)
				w.Main(layer(at(server.Addr()), "check = { "+test.check+" }"))
				process := w.Start(test.command)
				select {
				case <-connected:
				case <-time.After(30 * time.Second):
					t.Fatal("the server was not looked at")
				}
				process.Interrupt()
				result := process.Wait()
				if result.ExitCode != 1 {
					t.Errorf("exit %d, want 1:\n%s", result.ExitCode, result.Combined)
				}
				if result.Duration > 3*time.Second {
					t.Errorf("it took %s after the signal:\n%s", result.Duration, result.Combined)
				}
				t.Logf("%s after the signal", result.Duration.Round(time.Millisecond))
				if !eventually(2*time.Second, func() bool { return len(w.Processes()) == 0 }) {
					t.Errorf("processes %v are left", w.Processes())
				}
			})
		})
	}
}
