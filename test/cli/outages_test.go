package cli

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// step is a block of commands in the page on outages: what they are run on, and
// how they must end.
type step struct {
	state    string
	exit     int
	commands []string
}

var (
	outageBlock  = regexp.MustCompile("(?m)^<!-- outage: (\\w+) (\\d) -->\n```shell\n((?:.+\n)+)```$")
	commandBlock = regexp.MustCompile("(?m)^```shell$")
)

// outageSteps reads the page. A block without a mark would be run by nobody.
func outageSteps(t *testing.T) []step {
	t.Helper()
	page, err := os.ReadFile("../../templates/guides/outages.md")
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for _, block := range outageBlock.FindAllStringSubmatch(string(page), -1) {
		exit, err := strconv.Atoi(block[2])
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step{block[1], exit, strings.Split(strings.TrimSpace(block[3]), "\n")})
	}
	if all := len(commandBlock.FindAllString(string(page), -1)); all != len(steps) || all == 0 {
		t.Fatalf("%d of the %d blocks of commands say what they are run on", len(steps), all)
	}
	return steps
}

// down brings a workspace into a state that the page speaks of, with a Redis
// that was stopped since.
func down(t *testing.T, w *tfcli.Workspace, state string) {
	t.Helper()
	server := redistest.Start(t, redistest.Password(password))
	reading := "data \"channels_redis\" \"this\" {\n  redis_url = \"" + server.URL() + "\"\n}\n"
	kept := named("kept", server.URL())
	const quick = `check = { wait = "1s" }`
	switch state {
	case "unchanged":
		w.Main(kept)
		w.OK("apply")
	case "new":
		w.Main(kept)
		w.OK("apply")
		w.Main(kept + layer(server.URL(), quick))
	case "strict":
		w.Main(kept)
		w.OK("apply")
		w.Main(kept + layer(server.URL(), `check = { on_plan = "error" }`))
	case "data":
		w.Main(kept + reading)
		w.OK("apply")
	default:
		t.Fatalf("no such state: %s", state)
	}
	server.Stop()
}

// Every command of the page on outages ends as the page says, and nobody loses
// a layer but by a destroy.
func TestOutages_CommandsOfThePageEndAsItSays(t *testing.T) {
	t.Parallel()
	for _, step := range outageSteps(t) {
		t.Run(step.state+" "+strings.Join(step.commands, "; "), func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				down(t, w, step.state)
				for _, command := range step.commands {
					words := strings.Fields(command)
					if name, value, isSet := strings.Cut(words[0], "="); isSet {
						w.Setenv(name, value)
						words = words[1:]
					}
					if words[0] != "terraform" {
						t.Fatalf("not a command of Terraform: %s", command)
					}
					result := w.Run(words[1:]...)
					if result.ExitCode != step.exit {
						t.Fatalf("%s: exit %d, want %d\n%s", command, result.ExitCode, step.exit, result.Combined)
					}
					if result.ExitCode != 0 {
						if ids := tfcli.IDs(result.Errors()); !slices.Equal(ids, []string{"network/refused"}) {
							t.Errorf("%s: errors %q\n%s", command, ids, result.Combined)
						}
						expectHas(t, result, "CHANNELS_CHECKS=off", "guides/outages")
					}
					destroyed := words[1] == "destroy" && step.exit == 0
					if _, there := w.State()["channels_layer.kept"]; there == destroyed {
						t.Errorf("%s: in the state: %v\n%s", command, there, result.Combined)
					}
				}
			})
		})
	}
}
