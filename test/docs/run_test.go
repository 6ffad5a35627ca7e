package docs

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// redisHost is where pages have their Redis. Here it is an address of the
// loopback range, with the port that pages name.
const redisHost = "redis.internal.example.com"

// site is where the blocks of one page are run.
type site struct {
	t   *testing.T
	w   *tfcli.Workspace
	dir string
	env []string
	// host is the address that stands for redisHost, secret the password there.
	host, secret string
	// output is what the last block printed.
	output string
}

// TestBlocks_CommandsDoWhatThePageShows runs the commands of each page in one
// workspace, in order, and compares what they print with what the page shows.
func TestBlocks_CommandsDoWhatThePageShows(t *testing.T) {
	t.Parallel()
	examples := exampleTexts(t)
	byPage := map[string][]block{}
	for _, b := range blocks(t) {
		switch k, _ := classify(b, examples); k {
		case executed, placed, compared:
			if b.has("outage") {
				continue
			}
			byPage[b.page] = append(byPage[b.page], b)
		}
	}
	for page, steps := range byPage {
		t.Run(strings.ReplaceAll(page, "/", "-"), func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				s := open(t, cli, steps)
				for _, step := range steps {
					s.do(step)
				}
			})
		})
	}
}

// open makes the workspace of a page: a mirror with the provider, so that init
// works, the commands that pages use, and a Redis where the page asks for one
// with <!-- redis: PASSWORD --> above any block.
func open(t *testing.T, cli tfcli.CLI, steps []block) *site {
	t.Helper()
	s := &site{t: t, w: tfcli.New(t, cli)}
	s.dir = s.w.Dir
	for _, step := range steps {
		if step.has("redis") {
			s.secret = step.notes["redis"]
			server := redistest.Start(t, redistest.Password(s.secret), redistest.ACLFile())
			s.host = forward(t, server.Addr())
		}
		if step.has("redis-tls") {
			s.secret = step.notes["redis-tls"]
			s.host = s.secured()
		}
	}
	t.Cleanup(s.stop)
	bin := t.TempDir()
	write(t, filepath.Join(bin, "terraform"), "#!/bin/sh\nexec '"+cli.Path+"' \"$@\"\n", 0o700)
	python := readers.Python(t, "e2e")
	write(t, filepath.Join(bin, "python"), "#!/bin/sh\nexec '"+python+"' \"$@\"\n", 0o700)
	write(t, filepath.Join(bin, "daphne"), "#!/bin/sh\nexec '"+python+"' -m daphne \"$@\"\n", 0o700)
	link(t, tfcli.ProviderBinary(t), filepath.Join(bin, "terraform-provider-channels"))
	config := filepath.Join(bin, "cli.tfrc")
	write(t, config, fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror(t)), 0o600)
	environment := s.w.Environment()
	environment["PATH"] = bin + ":" + environment["PATH"]
	environment["TF_CLI_CONFIG_FILE"] = config
	environment["TF_CLI_ARGS"] = "-no-color"
	for _, command := range []string{"apply", "destroy"} {
		environment["TF_CLI_ARGS_"+command] = "-auto-approve"
	}
	for name, value := range environment {
		s.env = append(s.env, name+"="+value)
	}
	return s
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(from, to); err != nil {
		t.Fatal(err)
	}
}

// mirror is a directory that init takes the provider from.
func mirror(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		link(t, tfcli.ProviderBinary(t), filepath.Join(dir, host, "channel-layer", "channels", "0.1.0",
			runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-channels_v0.1.0"))
	}
	return dir
}

// secured starts a Redis that speaks TLS and asks for a certificate, for pages
// with <!-- redis-tls: PASSWORD --> above any block. Its authority's certificate
// and the app's own are in the page's directory.
func (s *site) secured() (host string) {
	s.t.Helper()
	host, serve := listen(s.t)
	authority := redistest.NewAuthority(s.t).Names("redis", host, "localhost", "127.0.0.1")
	certificate, key := authority.Client(s.t)
	for name, path := range map[string]string{"redis-ca.pem": authority.File(s.t), "app.crt": certificate, "app.key": key} {
		text, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		write(s.t, filepath.Join(s.dir, name), string(text), 0o600)
	}
	serve(redistest.Start(s.t, redistest.Password(s.secret), redistest.TLS(authority), redistest.ClientCertificates()).Addr())
	return host
}

// forward listens at port 6379 of a loopback address of its own, and passes on
// what comes.
func forward(t *testing.T, to string) (host string) {
	t.Helper()
	host, serve := listen(t)
	serve(to)
	return host
}

// listen listens there, and passes on what comes once it is told whom to.
func listen(t *testing.T) (host string, serve func(to string)) {
	t.Helper()
	var listener net.Listener
	var config net.ListenConfig
	for listener == nil {
		part := make([]byte, 3)
		_, _ = rand.Read(part)
		host = fmt.Sprintf("127.%d.%d.%d", 64+part[0]%64, part[1], 1+part[2]%254)
		var err error
		if listener, err = config.Listen(t.Context(), "tcp", host+":6379"); err != nil && t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); _ = listener.Close() })
	return host, func(to string) {
		go func() {
			for {
				client, err := listener.Accept()
				if err != nil {
					return
				}
				go pass(ctx, client, to)
			}
		}()
	}
}

func pass(ctx context.Context, client net.Conn, to string) {
	defer func() { _ = client.Close() }()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
}

// stop ends the servers that a page has started and whose number it wrote into
// a file, if the page has not.
func (s *site) stop() {
	files, _ := filepath.Glob(filepath.Join(s.dir, "*.pid"))
	for _, file := range files {
		text, _ := os.ReadFile(file)
		if number, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			if process, err := os.FindProcess(number); err == nil {
				_ = process.Kill()
			}
		}
	}
}

// do does what a block asks for.
func (s *site) do(b block) {
	s.t.Helper()
	switch {
	case b.has("run"):
		s.run(b)
	case b.has("file"):
		write(s.t, filepath.Join(s.dir, filepath.FromSlash(b.notes["file"])), s.here(b.text), 0o600)
	default:
		s.compare(b)
	}
}

// here is a text of the page with the address of this Redis, where the page's
// own servers listen, too.
func (s *site) here(text string) string {
	if s.host == "" {
		return text
	}
	return strings.NewReplacer(redisHost, s.host, "127.0.0.1", s.host).Replace(text)
}

// run runs commands in the shell that the page has open: what they export and
// where they go to lasts.
func (s *site) run(b block) {
	s.t.Helper()
	memory := filepath.Join(filepath.Dir(s.w.Environment()["TF_CLI_CONFIG_FILE"]), "shell")
	script := fmt.Sprintf(`
		set -e -o pipefail
		if [ -f %[1]q ]; then . %[1]q; fi
		trap 'export -p >%[1]q; printf "cd %%q\n" "$PWD" >>%[1]q' EXIT
	`, memory) + s.here(b.text)
	command := exec.CommandContext(s.t.Context(), "bash", "-c", script)
	command.Dir = s.dir
	command.Env = s.env
	output, err := command.CombinedOutput()
	s.output = string(output)
	want := cmp.Or(b.notes["run"], "exit 0")
	if got := fmt.Sprintf("exit %d", command.ProcessState.ExitCode()); got != want {
		logs, _ := filepath.Glob(filepath.Join(s.dir, "*.log"))
		for _, log := range logs {
			text, _ := os.ReadFile(log)
			s.t.Logf("%s:\n%s", filepath.Base(log), text)
		}
		s.t.Fatalf("%s:%d: %s, want %s (%v)\n%s", b.page, b.line, got, want, err, s.output)
	}
	if s.secret != "" && strings.Contains(strings.Join(strings.Fields(s.output), ""), s.secret) {
		s.t.Errorf("%s:%d: the password is printed", b.page, b.line)
	}
}

var (
	duration = regexp.MustCompile(`\b\d+(\.\d+)? ?m?s\b`)
	frame    = regexp.MustCompile(`[│╷╵]`)
)

// steady is a text without what differs from run to run, and from terminal to
// terminal.
func (s *site) steady(text string) string {
	if s.host != "" {
		text = strings.NewReplacer(s.host, redisHost, "127.0.0.1", redisHost).Replace(text)
	}
	text = duration.ReplaceAllString(frame.ReplaceAllString(text, ""), "0 ms")
	return strings.Join(strings.Fields(text), " ")
}

// compare looks for what the page shows in what was printed: in that order,
// with anything where the page has a line of three dots.
func (s *site) compare(b block) {
	s.t.Helper()
	rest := s.steady(s.output)
	for part := range strings.SplitSeq("\n"+b.text, "\n...\n") {
		part = s.steady(part)
		_, after, found := strings.Cut(rest, part)
		if !found {
			s.t.Errorf("%s:%d: the page shows\n%s\nbut what is printed is\n%s", b.page, b.line, part, s.steady(s.output))
			return
		}
		rest = after
	}
}
