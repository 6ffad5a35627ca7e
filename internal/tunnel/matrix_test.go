package tunnel_test

import (
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
	"github.com/channel-layer/terraform-provider-channels/internal/tunnel"
)

// hostOf is where a server of the tests for faults listens.
func hostOf(t testing.TB, address string) change {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return func(s *tunnel.SSHSettings) {
		s.Host = host
		if _, err := fmt.Sscan(port, &s.Port); err != nil {
			t.Fatal(err)
		}
	}
}

func key(text string) change {
	return func(s *tunnel.SSHSettings) { s.PrivateKey = secret.New(text) }
}

func without(s *tunnel.SSHSettings) { s.PrivateKey = secret.String{} }

func pin(text string) change { return func(s *tunnel.SSHSettings) { s.HostKey = text } }

func known(text string) change {
	return func(s *tunnel.SSHSettings) { s.HostKey, s.KnownHosts = "", &text }
}

func agentAt(path string) change {
	return func(s *tunnel.SSHSettings) { s.Agent, s.AgentSocket, s.PrivateKey = true, path, secret.String{} }
}

// TestSSH_EachStageHasItsFinding is the matrix of the way over an SSH server:
// each stage fails for real, and none is taken for a fault of Redis.
func TestSSH_EachStageHasItsFinding(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	server := tunneltest.Start(t, tunneltest.Password(canary), tunneltest.Hosts("127.0.0.1 redis.example.com"))
	_, port, _ := net.SplitHostPort(redis.Addr())
	locked := tunneltest.NewKey(t, tunneltest.Ed25519, canary)
	other := tunneltest.NewKey(t, tunneltest.Ed25519, "")
	short := within(time.Second)
	for name, row := range map[string]struct {
		changes []change
		target  string
		shapes  []shape
		want    verdict
	}{
		"healthy":                       {},
		"healthy, by a name from there": {target: "redis.example.com:" + port},
		"healthy, a round trip":         {shapes: []shape{deep}},
		"healthy, known_hosts":          {changes: []change{known(server.KnownHosts())}},
		"healthy, any host key":         {changes: []change{func(s *tunnel.SSHSettings) { s.HostKey, s.AnyHostKey = "", true }}},
		"healthy, pinned line":          {changes: []change{pin(server.HostKey.Public)}},
		"healthy, password":             {changes: []change{without, func(s *tunnel.SSHSettings) { s.Password = secret.New(canary) }}},
		"healthy, agent":                {changes: []change{agentAt(tunneltest.Agent(t, server.Key))}},

		"name unknown":   {changes: []change{func(s *tunnel.SSHSettings) { s.Host = "" }}, want: open("tunnel/name-not-resolved")},
		"refused":        {changes: []change{hostOf(t, faults.ClosedPort(t))}, want: open("tunnel/refused")},
		"no answer":      {changes: []change{hostOf(t, faults.FullBacklog(t))}, shapes: []shape{short}, want: open("tunnel/no-answer")},
		"silent":         {changes: []change{hostOf(t, faults.Serve(t, faults.Silent).Addr())}, shapes: []shape{short}, want: open("tunnel/silent")},
		"hangs up":       {changes: []change{hostOf(t, faults.Serve(t, faults.HangUpAfter(1)).Addr())}, want: open("tunnel/closed")},
		"stops midway":   {changes: []change{hostOf(t, faults.Serve(t, faults.Greet("SSH-2.0-made-up\r\n")).Addr())}, shapes: []shape{short}, want: open("tunnel/silent")},
		"too many":       {changes: []change{hostOf(t, faults.Serve(t, faults.GreetAndHangUp("Exceeded MaxStartups\r\n")).Addr())}, want: open("tunnel/closed")},
		"a Redis":        {changes: []change{hostOf(t, redis.Addr())}, want: answered("tunnel/not-ssh")},
		"a web server":   {changes: []change{hostOf(t, faults.Serve(t, faults.AnswerAndHangUp("HTTP/1.1 400 Bad Request\r\n\r\n")).Addr())}, want: answered("tunnel/not-ssh")},
		"not a protocol": {changes: []change{hostOf(t, faults.Serve(t, faults.Greet("SSH-2.0-made-up\r\n\xff\xff\xff\xffnot a packet")).Addr())}, want: answered("tunnel/handshake")},

		"host key not known":           {changes: []change{known("")}, want: answered("tunnel/host-key-unknown")},
		"host key of another host":     {changes: []change{known("other.example.com " + server.HostKey.Public + "\n")}, want: answered("tunnel/host-key-unknown")},
		"known_hosts has another key":  {changes: []change{known(server.KnownHostsWith(other))}, want: answered("tunnel/host-key-changed")},
		"known_hosts revokes it":       {changes: []change{known("@revoked * " + server.HostKey.Public + "\n")}, want: answered("tunnel/host-key-changed")},
		"another fingerprint pinned":   {changes: []change{pin(other.Fingerprint)}, want: answered("tunnel/host-key-changed")},
		"another key pinned":           {changes: []change{pin(other.Public)}, want: answered("tunnel/host-key-changed")},
		"known_hosts cannot be read":   {changes: []change{known("# a comment\nbastion.example.com ssh-ed25519 made-up\n")}, want: answered("tunnel/known-hosts")},
		"key unreadable":               {changes: []change{key("made-up")}, want: answered("tunnel/key-unreadable")},
		"key without its line breaks":  {changes: []change{key(strings.ReplaceAll(server.Key.Private, "\n", " "))}, want: answered("tunnel/key-unreadable")},
		"key is the public half":       {changes: []change{key(server.Key.Public)}, want: answered("tunnel/key-unreadable")},
		"passphrase missing":           {changes: []change{key(locked.Private)}, want: answered("tunnel/key-passphrase")},
		"passphrase wrong":             {changes: []change{key(locked.Private), func(s *tunnel.SSHSettings) { s.PrivateKeyPassphrase = secret.New("made-up") }}, want: answered("tunnel/key-passphrase")},
		"no agent":                     {changes: []change{agentAt("")}, want: answered("tunnel/agent")},
		"agent not there":              {changes: []change{agentAt("/nowhere/agent")}, want: answered("tunnel/agent")},
		"agent empty":                  {changes: []change{agentAt(tunneltest.Agent(t))}, want: answered("tunnel/agent")},
		"agent silent":                 {changes: []change{agentAt(silentAgent(t))}, shapes: []shape{short}, want: answered("tunnel/agent")},
		"key refused":                  {changes: []change{key(other.Private)}, want: answered("tunnel/authentication-refused")},
		"key of the agent refused":     {changes: []change{agentAt(tunneltest.Agent(t, other))}, want: answered("tunnel/authentication-refused")},
		"password refused":             {changes: []change{without, func(s *tunnel.SSHSettings) { s.Password = secret.New("made-up") }}, want: answered("tunnel/authentication-refused")},
		"user unknown":                 {changes: []change{func(s *tunnel.SSHSettings) { s.User = "nobody-of-that-name" }}, want: answered("tunnel/authentication-refused")},
		"nothing to log in with":       {changes: []change{without}, want: answered("tunnel/authentication-refused")},
		"passphrase right, key no":     {changes: []change{key(locked.Private), func(s *tunnel.SSHSettings) { s.PrivateKeyPassphrase = secret.New(canary) }}, want: answered("tunnel/authentication-refused")},
		"target name unknown":          {target: "nowhere.example.com:6379", want: open("network/name-not-resolved")},
		"target refuses":               {target: faults.ClosedPort(t), want: open("network/refused")},
		"target drops":                 {target: faults.FullBacklog(t), shapes: []shape{within(2 * time.Second)}, want: open("network/connect-timeout")},
		"target silent":                {target: faults.Serve(t, faults.Silent).Addr(), shapes: []shape{within(2 * time.Second)}, want: open("network/silent")},
		"target hangs up":              {target: faults.Serve(t, faults.HangUp).Addr(), want: open("network/closed")},
		"target is no Redis":           {target: faults.Serve(t, faults.AnswerAndHangUp("HTTP/1.1 400 Bad Request\r\n\r\n")).Addr(), want: answered("redis/not-redis")},
		"target socket missing":        {shapes: []shape{socket("/nowhere/redis.sock")}, want: open("tunnel/target-unreachable")},
		"target name cannot be a name": {target: strings.Repeat("a", 300) + ":6379", want: open("network/name-not-resolved")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := row.target
			if target == "" {
				target = redis.Addr()
			}
			report := look(t, over(t, settings(server, row.changes...)), request(t, target, row.shapes...))
			judge(t, report, row.want)
			for _, f := range report.Outcome.Findings {
				if strings.HasPrefix(string(f.ID), "tunnel/") == (f.Setting == "REDIS_URL") {
					t.Errorf("%s is about %s", f.ID, f.Setting)
				}
			}
			hidden(t, report, canary, "made-up", server.Key.Private)
		})
	}
}

// silentAgent is the socket of an agent that never answers.
func silentAgent(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = listener.Close()
		_ = os.RemoveAll(dir)
	})
	return filepath.Join(dir, "s")
}

// hidden fails the test where a report shows a secret, or what another machine
// said.
func hidden(t *testing.T, report any, secrets ...string) {
	t.Helper()
	text := fmt.Sprintf("%+v %#v", report, report)
	for _, s := range secrets {
		if strings.Contains(text, s) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(s))) {
			t.Error("the report shows what it must not")
		}
	}
}

// TestSSH_ForwardingRefusedIsNoFaultOfRedis has one sshd for each rule that
// forbids to go on.
func TestSSH_ForwardingRefusedIsNoFaultOfRedis(t *testing.T) {
	redis := redistest.Start(t)
	for name, option := range map[string]tunneltest.Option{
		"AllowTcpForwarding":  tunneltest.Config("AllowTcpForwarding no"),
		"DisableForwarding":   tunneltest.Config("DisableForwarding yes"),
		"PermitOpen":          tunneltest.Config("PermitOpen 127.0.0.1:1"),
		"permitopen of a key": tunneltest.Restrict(`permitopen="127.0.0.1:1"`),
		"restricted key":      tunneltest.Restrict("restrict"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			way := over(t, settings(tunneltest.Start(t, option)))
			judge(t, look(t, way, request(t, redis.Addr())), answered("tunnel/forwarding-refused"))
		})
	}
}

// The line of authorized_keys that the guide shows is enough, and no more than
// that is let through.
func TestSSH_KeyForRedisAloneIsEnough(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	other := redistest.Start(t, redistest.Password(canary))
	server := tunneltest.Start(t, tunneltest.Restrict(`restrict,port-forwarding,permitopen="`+redis.Addr()+`"`))
	way := over(t, settings(server))
	judge(t, look(t, way, request(t, redis.Addr(), deep)), verdict{})
	judge(t, look(t, way, request(t, other.Addr())), answered("tunnel/forwarding-refused"))
}

// A server that has keys of several kinds is known by any one of them, also by
// one that it would not show by itself.
func TestSSH_HostKeysOfOtherKindsAreNoChangedKey(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	for _, kind := range []string{tunneltest.RSA, tunneltest.ECDSA, tunneltest.Ed25519} {
		kinds := append([]string{kind}, tunneltest.RSA, tunneltest.ECDSA, tunneltest.Ed25519)
		server := tunneltest.Start(t, tunneltest.HostKeys(kinds...))
		for name, c := range map[string]change{
			"fingerprint": pin(server.HostKey.Fingerprint), "line": pin(server.HostKey.Public), "known_hosts": known(server.KnownHosts()),
			"keyscan": pin(strings.TrimSpace(server.KnownHosts())),
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				judge(t, look(t, over(t, settings(server, c)), request(t, redis.Addr())), verdict{})
			})
		}
		t.Run(kind+"/another", func(t *testing.T) {
			other := tunneltest.NewKey(t, kind, "")
			judge(t, look(t, over(t, settings(server, pin(other.Fingerprint))), request(t, redis.Addr())), answered("tunnel/host-key-changed"))
		})
	}
}

// TestSOCKS5_EachStageHasItsFinding is the matrix of the way through a proxy.
func TestSOCKS5_EachStageHasItsFinding(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary))
	plain := tunneltest.Microsocks(t, tunneltest.Hosts("127.0.0.1 redis.example.com"))
	locked := tunneltest.Microsocks(t, tunneltest.Password(canary))
	strict := tunneltest.Dante(t)
	dynamic := tunneltest.Dynamic(t, tunneltest.Start(t))
	_, port, _ := net.SplitHostPort(redis.Addr())
	fake := func(behave faults.Behaviour) string { return faults.Serve(t, behave).Addr() }
	user := func(s *tunnel.SOCKS5Settings) { s.Username, s.Password = tunneltest.User, secret.New(canary) }
	reply := func(number string) string {
		return fake(faults.Answer("\x05\x00", "\x05"+number+"\x00\x01\x00\x00\x00\x00\x00\x00"))
	}
	short := within(time.Second)
	for name, row := range map[string]struct {
		proxy  string
		change func(*tunnel.SOCKS5Settings)
		target string
		shapes []shape
		want   verdict
	}{
		"healthy":                       {proxy: plain.Addr()},
		"healthy, by a name from there": {proxy: plain.Addr(), target: "redis.example.com:" + port},
		"healthy, a round trip":         {proxy: plain.Addr(), shapes: []shape{deep}},
		"healthy, user and password":    {proxy: locked.Addr(), change: user},
		"healthy, a user who need not":  {proxy: plain.Addr(), change: user},
		"healthy, ssh -D":               {proxy: dynamic.Addr()},

		"refused":              {proxy: faults.ClosedPort(t), want: open("tunnel/refused")},
		"no answer":            {proxy: faults.FullBacklog(t), shapes: []shape{short}, want: open("tunnel/no-answer")},
		"silent":               {proxy: fake(faults.Silent), shapes: []shape{short}, want: open("tunnel/silent")},
		"silent at the login":  {proxy: fake(faults.Answer("\x05\x02")), change: user, shapes: []shape{short}, want: open("tunnel/silent")},
		"hangs up":             {proxy: fake(faults.HangUpAfter(1)), want: open("tunnel/closed")},
		"hangs up midway":      {proxy: fake(faults.AnswerAndHangUp("\x05\x02")), change: user, want: open("tunnel/closed")},
		"a Redis":              {proxy: redis.Addr(), shapes: []shape{short}, want: open("tunnel/silent")},
		"an SSH server":        {proxy: tunneltest.Start(t).Addr(), want: answered("tunnel/not-socks5")},
		"SOCKS4":               {proxy: fake(faults.AnswerAndHangUp("\x00\x5b\x00\x00\x00\x00\x00\x00")), want: answered("tunnel/not-socks5")},
		"user missing":         {proxy: locked.Addr(), want: answered("tunnel/authentication-refused")},
		"password wrong":       {proxy: locked.Addr(), change: func(s *tunnel.SOCKS5Settings) { s.Username, s.Password = tunneltest.User, secret.New("made-up") }, want: answered("tunnel/authentication-refused")},
		"rules forbid":         {proxy: strict.Addr(), want: answered("tunnel/forwarding-refused")},
		"target refuses":       {proxy: plain.Addr(), target: faults.ClosedPort(t), want: open("network/refused")},
		"target name unknown":  {proxy: plain.Addr(), target: "nowhere.example.com:6379", want: open("tunnel/target-unreachable")},
		"target drops":         {proxy: plain.Addr(), target: faults.FullBacklog(t), shapes: []shape{short}, want: open("network/connect-timeout")},
		"target silent":        {proxy: plain.Addr(), target: fake(faults.Silent), shapes: []shape{short}, want: open("network/silent")},
		"ssh -D, refuses":      {proxy: dynamic.Addr(), target: faults.ClosedPort(t), want: open("tunnel/target-unreachable")},
		"socket":               {proxy: plain.Addr(), shapes: []shape{socket("/run/redis.sock")}, want: answered("tunnel/unix-unsupported")},
		"network unreachable":  {proxy: reply("\x03"), want: open("network/no-route")},
		"host unreachable":     {proxy: reply("\x04"), want: open("network/no-route")},
		"time is up there":     {proxy: reply("\x06"), want: open("network/connect-timeout")},
		"command unknown":      {proxy: reply("\x07"), want: answered("tunnel/forwarding-refused")},
		"kind of address":      {proxy: reply("\x08"), want: open("tunnel/target-unreachable")},
		"a number of nobody's": {proxy: reply("\x63"), want: answered("tunnel/not-socks5")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host, portText, err := net.SplitHostPort(row.proxy)
			if err != nil {
				t.Fatal(err)
			}
			s := tunnel.SOCKS5Settings{Host: host}
			if _, err := fmt.Sscan(portText, &s.Port); err != nil {
				t.Fatal(err)
			}
			if row.change != nil {
				row.change(&s)
			}
			target := row.target
			if target == "" {
				target = redis.Addr()
			}
			report := look(t, tunnel.NewSOCKS5(s, netprobe.System{}), request(t, target, row.shapes...))
			judge(t, report, row.want)
			hidden(t, report, canary, "made-up")
		})
	}
}
