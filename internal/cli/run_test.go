package cli_test

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/envfile"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/cli"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// usage are arguments that are not understood, each with a part of the message.
var usage = map[string][]string{
	"there is a flag":                      {"--verbose"},
	"Is it --channel that was meant?":      {"--chanel", "x"},
	"no flag for a URL":                    {"--redis-url", "redis://:made-up@redis.example.com"},
	"argument that is no flag":             {"redis://:made-up@redis.example.com"},
	"--timeout takes":                      {"--timeout", "redis://:made-up@redis.example.com"},
	"at most 10m":                          {"--timeout=1h"},
	"--backend takes auto, core":           {"--backend", "redis"},
	"--debug-unset takes true or false":    {"--debug-unset", "yes"},
	"--redis-version takes a version":      {"--redis-version", "newest"},
	"--group takes the name":               {"--group", "made up"},
	"--channel takes the name":             {"--channel", "made/up"},
	"--group needs a value":                {"--group"},
	"--env-file: there is no such file":    {"--env-file", "redis://:made-up@redis.example.com"},
	"--requirements: there is no":          {"--requirements", "made-up.txt"},
	"a flag has a value that it does not":  {"--json=redis://:made-up@redis.example.com"},
	"--requirements: line 1: this is not":  {"--requirements", "-"},
	"--env-file: the file is too large":    {"--env-file", "-"},
	"everybody on the machine can see the": {"redis://:made-up@redis.example.com"},
}

func TestUsage_IsAMessageOnStandardErrorThatQuotesNothing(t *testing.T) {
	for want, args := range usage {
		t.Run(want, func(t *testing.T) {
			stdin := "!!!\n"
			if strings.Contains(want, "too large") {
				stdin = strings.Repeat("x", 5<<20)
			}
			out := run{args: args, stdin: stdin}.run(t)
			tooWide(t, out.stderr)
			out.stderr = strings.Join(strings.Fields(out.stderr), " ")
			if out.code != cli.ExitUndetermined || out.stdout != "" || !strings.Contains(out.stderr, want) {
				t.Errorf("it ended with %d, printed %q and said %q; want %d, nothing and %q", out.code, out.stdout, out.stderr, cli.ExitUndetermined, want)
			}
			if strings.Contains(out.stderr, "made") {
				t.Errorf("it quotes an argument: %s", out.stderr)
			}
		})
	}
}

func TestOrigins_AreFlagsToo(t *testing.T) {
	requirements := writeFile(t, "requirements.txt", "redis==6.4.0\nchannels_redis==4.3.0\n")
	result, _ := run{
		args: []string{"--debug-unset", "false", "--prefix", "app", "--requirements", requirements, "--channels-redis-version", "4.2.1"},
	}.json(t)
	l := result.Layer
	for name, got := range map[string]*cli.Value{
		"default": l.Port, "--debug-unset": l.Debug, "--prefix": l.Prefix, "--requirements": l.Redis, "--channels-redis-version": l.ChannelsRedis,
	} {
		if got == nil || got.Origin != name {
			t.Errorf("the origin is %+v, want %s", got, name)
		}
	}
	if l.Redis.Value != "6.4.0" || l.ChannelsRedis.Value != "4.2.1" || l.Prefix.Value != "app" {
		t.Errorf("the values are %v, %v and %v", l.Redis.Value, l.ChannelsRedis.Value, l.Prefix.Value)
	}
	if l.Backend.Origin != "--debug-unset" {
		t.Errorf("the backend is from %s, want --debug-unset", l.Backend.Origin)
	}
	memory, code := run{args: []string{"--debug-unset", "true"}}.json(t)
	if memory.Layer.Backend.Value != "channels.layers.InMemoryChannelLayer" || code != cli.ExitPassed {
		t.Errorf("with DEBUG taken for true it ended with %d and %v", code, memory.Layer.Backend.Value)
	}
	explicit, _ := run{args: []string{"--backend", "in_memory"}, environ: []string{"DEBUG=True"}}.json(t)
	if explicit.Layer.Backend.Origin != "--backend" || explicit.Layer.Debug.Origin != "DEBUG" {
		t.Errorf("the origins are %s and %s", explicit.Layer.Backend.Origin, explicit.Layer.Debug.Origin)
	}
}

func TestEnvFile_IsReadAlone(t *testing.T) {
	server := redistest.Start(t, redistest.Password("example-password"))
	file := writeFile(t, "production.env", "REDIS_URL=redis://default:example-password@"+address+"/0\n")
	result, code := run{args: []string{"--env-file", file}, environ: []string{"REDIS_PORT=tcp://10.0.0.1:6379"}, network: at(server)}.json(t)
	if code != cli.ExitPassed || result.Source != (cli.Source{Kind: "env_file", Path: file}) {
		t.Errorf("it ended with %d, from %+v", code, result.Source)
	}
}

// A DEBUG that the URL makes meaningless leaves nothing open.
func TestDebug_DoesNotMatterBesideAURL(t *testing.T) {
	server := redistest.Start(t, redistest.Password("example-password"))
	_, code := run{environ: []string{"DEBUG=off", "REDIS_URL=redis://default:example-password@" + address}, network: at(server)}.json(t)
	if code != cli.ExitPassed {
		t.Errorf("it ended with %d, want %d", code, cli.ExitPassed)
	}
}

func TestGroup_IsSeenByTheLeastPrivilegedUser(t *testing.T) {
	server := redistest.Start(t, redistest.Password("another-password"), redistest.User("core", "on", ">example-password", "resetkeys", "resetchannels", "nocommands", "~asgi*",
		"+zadd", "+zcount", "+zrem", "+zrange", "+zremrangebyscore", "+zpopmin", "+bzpopmin", "+del", "+expire", "+eval", "+multi", "+exec"))
	server.Do("ZADD", "asgi:group:chat", time.Now().Unix(), "specific.a!1")
	server.Do("ZADD", "asgispecific.a!", time.Now().Unix(), "message")
	server.Do("ZADD", "asgispecific.a!$inflight", time.Now().Unix(), "another")
	result, _ := run{
		args:    []string{"--group", "chat", "--channel", "specific.a!1"},
		environ: []string{"REDIS_URL=redis://core:example-password@" + address}, network: at(server),
	}.json(t)
	if g := result.Group; g.Status != finding.Passed || *g.Members != 1 || *g.Expired != 0 {
		t.Errorf("the group is %+v", *g)
	}
	if c := result.Channel; c.Status != finding.Passed || *c.Waiting != 1 || *c.Capacity != 100 || *c.InFlight != 1 {
		t.Errorf("the channel is %+v", *c)
	}
}

// pubSubOnly is a server whose user "pub" may do what the pub/sub layer does.
func pubSubOnly(t *testing.T) *redistest.Server {
	t.Helper()
	return redistest.Start(t, redistest.Password("another-password"),
		redistest.User("pub", "on", ">example-password", "resetkeys", "resetchannels", "nocommands", "&asgi*", "+subscribe", "+unsubscribe", "+publish"))
}

func TestRoundTrip_ProvesWhatMayNotBeAsked(t *testing.T) {
	server := pubSubOnly(t)
	r := run{args: []string{"--backend", "pubsub"}, environ: []string{"REDIS_URL=redis://pub:example-password@" + address}, network: at(server)}
	asked, code := r.json(t)
	if code != cli.ExitUndetermined || !strings.Contains(asked.NextStep, "--round-trip") {
		t.Errorf("it ended with %d, and the next step is %q", code, asked.NextStep)
	}
	r.args = append(r.args, "--round-trip")
	tried, code := r.json(t)
	if code != cli.ExitPassed || tried.Depth != "round_trip" || tried.Servers[0].RoundTrip == nil || !tried.Servers[0].RoundTrip.Delivered {
		t.Errorf("it ended with %d and %+v", code, tried)
	}
}

func TestRoundTrip_LeavesNothing(t *testing.T) {
	server := redistest.Start(t, redistest.Password("example-password"))
	for _, backend := range []string{"core", "pubsub"} {
		_, code := run{args: []string{"--round-trip", "--backend", backend}, environ: []string{"REDIS_URL=redis://default:example-password@" + address}, network: at(server)}.json(t)
		if code != cli.ExitPassed {
			t.Errorf("%s: it ended with %d", backend, code)
		}
	}
	if left := server.Do("DBSIZE"); left != int64(0) {
		t.Errorf("%v keys are left", left)
	}
}

func TestGroup_ThatMayNotBeAskedForIsUndetermined(t *testing.T) {
	server := pubSubOnly(t)
	result, code := run{
		args:    []string{"--group", "chat", "--backend", "pubsub"},
		environ: []string{"REDIS_URL=redis://pub:example-password@" + address}, network: at(server),
	}.json(t)
	if result.Group.Status != finding.Undetermined || !strings.Contains(result.Group.Reason, "+pubsub") || code != cli.ExitUndetermined {
		t.Errorf("it ended with %d and %+v", code, *result.Group)
	}
	if !strings.Contains(result.NextStep, "+pubsub") {
		t.Errorf("the next step is %q", result.NextStep)
	}
}

func TestGroup_ListensOnPubSub(t *testing.T) {
	server := redistest.Start(t, redistest.Password("example-password"))
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := conn.Write([]byte("AUTH example-password\r\nSUBSCRIBE asgi__group__chat\r\n")); err != nil {
		t.Fatal(err)
	}
	var said []byte
	for !strings.Contains(string(said), "subscribe") {
		chunk := make([]byte, 64)
		n, err := conn.Read(chunk)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, chunk[:n]...)
	}
	result, code := run{args: []string{"--group", "chat", "--backend", "pubsub"}, environ: []string{"REDIS_URL=redis://default:example-password@" + address}, network: at(server)}.json(t)
	if code != cli.ExitPassed || result.Group.Listeners == nil || *result.Group.Listeners != 1 {
		t.Errorf("it ended with %d and %+v", code, *result.Group)
	}
}

func TestChannel_ThatIsFullIsTheNextStep(t *testing.T) {
	server := redistest.Start(t, redistest.Password("example-password"))
	for i := range 100 {
		server.Do("ZADD", "asgithumbnails", time.Now().Unix(), i)
	}
	r := run{args: []string{"--channel", "thumbnails"}, environ: []string{"REDIS_URL=redis://default:example-password@" + address}, network: at(server)}
	result, _ := r.json(t)
	if !strings.Contains(result.NextStep, "thumbnails: it is full") {
		t.Errorf("the next step is %q", result.NextStep)
	}
	if out := r.run(t); !strings.Contains(out.stdout, "100 messages wait, of at most 100: it is full.") {
		t.Errorf("the screen does not say that it is full:\n%s", out.stdout)
	}
}

func TestGroup_OfAnInMemoryLayerCannotBeSeen(t *testing.T) {
	result, code := run{args: []string{"--group", "chat"}, environ: []string{"DEBUG=1"}}.json(t)
	if code != cli.ExitUndetermined || result.Group.Status != finding.Undetermined {
		t.Errorf("it ended with %d and %+v", code, *result.Group)
	}
}

func TestGroup_IsSeenOverTLS(t *testing.T) {
	authority := redistest.NewAuthority(t)
	server := redistest.Start(t, redistest.TLS(authority), redistest.Password("example-password"))
	server.Do("ZADD", "asgi:group:chat", time.Now().Unix(), "specific.a!1")
	url := "REDIS_URL=" + server.URL() + "?ssl_ca_certs=" + authority.File(t)
	for name, query := range map[string]string{
		"verified": "", "name not checked": "&ssl_check_hostname=false", "not verified": "&ssl_cert_reqs=none",
	} {
		t.Run(name, func(t *testing.T) {
			result, code := run{args: []string{"--group", "chat", "--redis-version", "7.4.1"}, environ: []string{url + query}, network: hosts{server.Addr(): server.Addr()}}.json(t)
			if code != cli.ExitPassed || result.Group == nil || result.Group.Members == nil || *result.Group.Members != 1 {
				t.Errorf("it ended with %d and %+v", code, result)
			}
		})
	}
}

func TestColour_IsForTerminalsOfThoseWhoWantIt(t *testing.T) {
	for name, r := range map[string]run{
		"piped":                  {},
		"NO_COLOR":               {terminal: true, environ: []string{"NO_COLOR=1"}},
		"a terminal without any": {terminal: true, environ: []string{"TERM=dumb"}},
	} {
		r.network = hosts{}
		r.environ = append(r.environ, "DEBUG=True")
		if out := r.run(t); strings.Contains(out.stdout+out.stderr, "\x1b") {
			t.Errorf("%s: there are escape sequences in %q", name, out.stdout+out.stderr)
		}
	}
	out := run{terminal: true, network: hosts{}, environ: []string{"REDIS_URL=redis://redis:6379/0"}}.run(t)
	for _, want := range []string{"\x1b[1mChannel layer", "\x1b[33mwarning:\x1b[0m The name", "\x1b[33munclear\x1b[0m  resolve", "\x1b[1;33mUNDETERMINED\x1b[0m"} {
		if !strings.Contains(out.stdout, want) {
			t.Errorf("%q is missing in\n%q", want, out.stdout)
		}
	}
	if out.stderr != "Connecting, for at most 5s ...\r\x1b[K" {
		t.Errorf("the progress is %q", out.stderr)
	}
	if out := (run{terminal: true, environ: []string{"DEBUG=1"}, args: []string{"--json"}}).run(t); strings.Contains(out.stdout, "\x1b") {
		t.Errorf("JSON has escape sequences: %q", out.stdout)
	}
}

func TestFixes_NeedNoTerraform(t *testing.T) {
	for _, doc := range slices.Concat(lint.Docs(), envfile.Docs(), redisprobe.Docs(), finding.SharedDocs()) {
		fix := cli.FixFor(doc.New("", ""))
		for _, word := range []string{"Terraform", "terraform", "provider::", "on_apply", "on_plan", "TF_"} {
			if strings.Contains(fix, word) {
				t.Errorf("%s: %q speaks of %s", doc.ID, fix, word)
			}
		}
	}
}

func TestBinary_ChecksAndStillServes(t *testing.T) {
	binary := tfcli.ProviderBinary(t)
	check := exec.CommandContext(t.Context(), binary, "check")
	check.Env = []string{"DEBUG=True"}
	if output, err := check.CombinedOutput(); err != nil || !strings.Contains(string(output), "PASSED") {
		t.Errorf("check: %v\n%s", err, output)
	}
	failing := exec.CommandContext(t.Context(), binary, "check", "--json")
	failing.Env = []string{"REDIS_PORT=tcp://10.0.0.1:6379"}
	_, err := failing.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != cli.ExitFailed {
		t.Errorf("a failing check ended with %v, want %d", err, cli.ExitFailed)
	}
	serve := exec.CommandContext(t.Context(), binary)
	if output, err := serve.CombinedOutput(); err == nil || !strings.Contains(string(output), "plugin") {
		t.Errorf("without arguments it does not serve: %v\n%s", err, output)
	}
}

func TestBinary_EndsAtOnceWhenInterrupted(t *testing.T) {
	asked := make(chan struct{})
	silent := faults.Serve(t, func(conn net.Conn) {
		close(asked)
		faults.Silent(conn)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, tfcli.ProviderBinary(t), "check", "--timeout", "10m")
	command.Env = []string{"REDIS_URL=redis://" + silent.Addr()}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	interrupted := time.Now()
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	if took := time.Since(interrupted); took > 2*time.Second {
		t.Errorf("it took %s to end", took)
	}
	if status, ok := command.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %s, want the signal", command.ProcessState)
	}
}
