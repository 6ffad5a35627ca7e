package cli

import (
	"path/filepath"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// ciPassword is the one in the .env files of examples/ci.
const ciPassword = "made-up-7Qd2"

// Each way to check a directory of .env files passes the sound ones and names
// what is wrong with a broken one.
func TestExamplesCI_PassSoundFilesAndNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		dir, command string
		exit         int
		minor        int // of the version 1.x that it needs
	}{
		{"plan", "plan", 1, 3}, {"check", "plan", 0, 5}, {"postcondition", "plan", 1, 3}, {"test", "test", 1, 6},
	} {
		t.Run(way.dir, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				cli.Need(t, 1, way.minor)
				w := tfcli.New(t, cli)
				w.Copy(filepath.Join("..", "..", "examples", "ci"), ".")
				root := w.Dir
				run := func(production string, exit int, phrases ...string) tfcli.Result {
					w.Dir = root
					w.Write("environments/production.env", production)
					w.Dir = filepath.Join(root, way.dir)
					result := w.Run(way.command)
					if result.ExitCode != exit {
						t.Errorf("exit %d, want %d\n%s", result.ExitCode, exit, result.Combined)
					}
					expectHas(t, result, phrases...)
					expectHidden(t, result.Combined, ciPassword)
					return result
				}
				sound := w.Read("environments/production.env")
				if result := run(sound, 0); len(result.Diagnostics()) != 0 {
					t.Errorf("sound files give %q\n%s", tfcli.IDs(result.Diagnostics()), result.Combined)
				}
				run("REDIS_URL=rediss://default:"+ciPassword+"@redis.example.com:6380/abc\n", way.exit, "url/database-ignored")
				run("REDIS_URL=\"rediss://default:"+ciPassword+"#x@redis.example.com:6380\"\n", way.exit, "dotenv/ambiguous")
				if way.dir == "postcondition" {
					run("REDIS_URL=redis://default:"+ciPassword+"@redis.example.com:6379\n", 1, "production.env reaches Redis without TLS")
				}
			})
		})
	}
}
