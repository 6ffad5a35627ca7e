package wiring

import (
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestDotenv_EveryReaderReadsTheLayersVariables(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w, url := start(t, cli, "dotenv")
		apply(t, w)
		expectRead(t, raw(w, "dotenv"), variables(url))
	})
}

// TestCompose_ServicesGetTheVariables loads the example with the library that
// docker compose is made of.
func TestCompose_ServicesGetTheVariables(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, terraform tfcli.CLI) {
		t.Parallel()
		w, _ := start(t, terraform, "compose")
		const password = "p+a@s/s:w?ord"
		w.Setenv("TF_VAR_redis_password", password)
		apply(t, w)
		w.Write("app.env", raw(w, "app_env"))
		w.Write("redis.env", raw(w, "redis_env"))

		options, err := cli.NewProjectOptions([]string{filepath.Join(w.Dir, "compose.yaml")},
			cli.WithWorkingDirectory(w.Dir), cli.WithName("example"), cli.WithProfiles([]string{"check"}))
		if err != nil {
			t.Fatal(err)
		}
		project, err := options.LoadProject(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		environment := func(service string) map[string]string {
			found := map[string]string{}
			for name, value := range project.Services[service].Environment {
				if value != nil {
					found[name] = *value
				}
			}
			return found
		}
		url, _ := w.State()["channels_layer.app"]["redis_url"].(string)
		want := variables(url)
		expect(t, "docker compose, app", environment("app"), want)
		expect(t, "docker compose, check", environment("check"), want)
		expect(t, "docker compose, redis", environment("redis"), map[string]string{"REDIS_PASSWORD": password})
		expectRedisAsks(t, project.Services["redis"].Command, password)
	})
}

// expectRedisAsks starts Redis with the command of its container and logs in.
func expectRedisAsks(t *testing.T, command []string, password string) {
	t.Helper()
	if len(command) != 3 || command[0] != "sh" {
		t.Fatalf("the command of Redis is %q", command)
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	run := exec.CommandContext(t.Context(), command[0], command[1], command[2]+" --port 0 --unixsocket "+socket+" --dir "+dir)
	run.Env = []string{"PATH=/usr/bin:/bin", "REDIS_PASSWORD=" + password}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = run.Process.Kill(); _ = run.Wait() }()
	var conn net.Conn
	var err error
	for deadline := deadline(t); conn == nil; <-deadline.C {
		conn, err = (&net.Dialer{}).DialContext(t.Context(), "unix", socket)
		deadline.check(err)
	}
	defer func() { _ = conn.Close() }()
	for _, exchange := range []struct{ send, want string }{
		{"PING\r\n", "-NOAUTH"},
		{"AUTH " + password + "\r\n", "+OK"},
	} {
		if _, err := conn.Write([]byte(exchange.send)); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 200)
		n, err := conn.Read(answer)
		if err != nil || !strings.HasPrefix(string(answer[:n]), exchange.want) {
			t.Errorf("Redis does not answer %q, error %v", exchange.want, err)
		}
	}
}

// TestSystemd_UnitIsRightAndItsFileIsRead has systemd look at the unit, and
// the parser that EnvironmentFile= has read the file.
func TestSystemd_UnitIsRightAndItsFileIsRead(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w, url := start(t, cli, "systemd")
		apply(t, w)
		expectRead(t, raw(w, "dotenv"), variables(url), "systemd")

		// What is installed where the app runs is not here.
		unit := strings.ReplaceAll(w.Read("chat.service"), "/opt/chat/venv/bin/daphne", "/usr/bin/env")
		unit = strings.ReplaceAll(unit, "/opt/chat", "/tmp")
		if !regexp.MustCompile(`(?m)^EnvironmentFile=/etc/chat/channels\.env$`).MatchString(unit) {
			t.Error("the unit reads no file")
		}
		expectUnit(t, w, unit, true)
		expectUnit(t, w, unit+"\n[Service]\nEnvironmentFiles=/etc/chat/channels.env\n", false)
	})
}

// expectUnit asks systemd about a unit. What it does not know it only says.
func expectUnit(t *testing.T, w *tfcli.Workspace, unit string, right bool) {
	t.Helper()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		missing(t, "systemd-analyze", "tools/setup-readers.sh")
	}
	w.Write("check/chat.service", unit)
	output, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no",
		filepath.Join(w.Dir, "check", "chat.service")).CombinedOutput()
	said := strings.Contains(string(output), "chat.service")
	if (err == nil && !said) != right {
		t.Errorf("systemd-analyze verify says of a unit that is right = %t: %v\n%s", right, err, output)
	}
}
