package redisprobe_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// row is a fault and what the check must say of it.
type row struct {
	name    string
	request redisprobe.Request
	network redisprobe.Network
	id      finding.ID // "" for a pass without finding
	status  finding.Status
	worst   finding.Severity
	// silence: nothing was answered.
	silence bool
	// transient: an apply waits for it to heal.
	transient bool
	// says is text that the detail must hold.
	says string
	// stage is the last one listed.
	stage redisprobe.StageName
}

const (
	failed       = finding.Failed
	undetermined = finding.Undetermined
)

func networkRows(t *testing.T) []row {
	names := &faults.Names{Hosts: map[string][]string{}}
	reaching := func(err error) *faults.Names {
		return &faults.Names{
			Hosts:  map[string][]string{"redis.example.com": {"192.0.2.1"}},
			Refuse: map[string]error{"192.0.2.1:6379": &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}},
		}
	}
	maybe := func(r row) row {
		r.status, r.worst, r.silence, r.transient = undetermined, finding.Warning, true, true
		return r
	}
	remote := request(t, "redis.example.com:6379", as("", canary))
	return []row{
		maybe(row{name: "name unknown", request: remote, network: names, id: "network/name-not-resolved", stage: "resolve"}),
		maybe(row{name: "name of a Docker network", request: request(t, "redis-channels:6379", as("", canary)), network: names,
			id: "network/name-not-resolved", says: "exists only inside one network", stage: "resolve"}),
		maybe(row{name: "name server silent", request: remote, network: &faults.Names{Hang: true}, id: "network/name-not-resolved", says: "in time", stage: "resolve"}),
		maybe(row{name: "name server in trouble", request: remote, id: "network/name-not-resolved", says: "could not be looked up",
			network: &faults.Names{Err: &net.DNSError{Err: canary, Server: canary, IsTemporary: true}}, stage: "resolve"}),
		maybe(row{name: "no addresses", request: remote, network: &faults.Names{Hosts: map[string][]string{"redis.example.com": {}}},
			id: "network/name-not-resolved", stage: "resolve"}),
		maybe(row{name: "empty host", request: request(t, "x:6379", host("")), id: "network/name-not-resolved", stage: "resolve"}),
		maybe(row{name: "whole URL as host", request: request(t, "x:6379", host("redis://:"+canary+"@h")), id: "network/name-not-resolved", stage: "resolve"}),
		maybe(row{name: "refused", request: request(t, faults.ClosedPort(t), as("", canary)), id: "network/refused", says: "inside the app's container", stage: "connect"}),
		maybe(row{name: "refused, single label", request: request(t, faults.ClosedPort(t), host("redis")),
			network: &faults.Names{Hosts: map[string][]string{"redis": {"127.0.0.1"}}}, id: "network/refused", says: "another machine", stage: "connect"}),
		maybe(row{name: "port 0", request: request(t, "127.0.0.1:0"), id: "network/refused", stage: "connect"}),
		maybe(row{name: "no route", request: remote, network: reaching(syscall.EHOSTUNREACH), id: "network/no-route", stage: "connect"}),
		maybe(row{name: "network unreachable", request: remote, network: reaching(syscall.ENETUNREACH), id: "network/no-route", stage: "connect"}),
		maybe(row{name: "reset while connecting", request: remote, network: reaching(syscall.ECONNRESET), id: "network/closed", stage: "connect"}),
		maybe(row{name: "too many files", request: remote, network: reaching(syscall.EMFILE), id: "network/connect-failed", stage: "connect"}),
		maybe(row{name: "packets dropped", request: request(t, faults.FullBacklog(t), as("", canary)), id: "network/connect-timeout", stage: "connect"}),
		maybe(row{name: "silent", request: request(t, faults.Serve(t, faults.Silent).Addr(), as("", canary)), id: "network/silent", stage: "auth"}),
		maybe(row{name: "silent to TLS", request: request(t, faults.Serve(t, faults.Silent).Addr(), overTLS, as("", canary)), id: "network/silent", stage: "tls"}),
		maybe(row{name: "hang-up at once", request: request(t, faults.Serve(t, faults.HangUp).Addr(), as("", canary)), id: "network/closed", stage: "auth"}),
		maybe(row{name: "hang-up after a command", request: request(t, faults.Serve(t, faults.HangUpAfter(10)).Addr(), as("", canary)), id: "network/closed", stage: "auth"}),
		maybe(row{name: "silent, redis-py 7", request: request(t, faults.Serve(t, faults.Silent).Addr(), redisPy(7, 4, 1)), id: "network/silent", says: "for ever", stage: "auth"}),
		maybe(row{name: "silent, redis-py 8", request: request(t, faults.Serve(t, faults.Silent).Addr(), redisPy(8, 1, 0)), id: "network/silent", says: "redis-py 8.1.0 raises TimeoutError after 5 seconds", stage: "auth"}),
		{name: "slow to speak TLS", request: request(t, faults.Serve(t, slowTLS).Addr(), overTLS, as("", canary)),
			id: "network/silent", status: undetermined, worst: finding.Warning, transient: true, stage: "tls"},
		maybe(row{name: "hang-up, TLS", request: request(t, faults.Serve(t, faults.HangUp).Addr(), overTLS), id: "network/closed", stage: "tls"}),
		{name: "hang-up in an answer", request: request(t, faults.Serve(t, faults.AnswerAndHangUp("-ERR unkn")).Addr()),
			id: "network/closed", status: undetermined, worst: finding.Warning, transient: true, says: "in the middle", stage: "auth"},
		{name: "hang-up in the answer that asks for a password", request: request(t, faults.Serve(t, faults.AnswerAndHangUp("-NOAUTH HELLO must")).Addr(), as("", canary)),
			id: "network/closed", status: undetermined, worst: finding.Warning, transient: true, says: "in the middle", stage: "auth"},
		{name: "hang-up after HELLO", request: request(t, faults.Serve(t, faults.AnswerAndHangUp("-ERR unknown command 'HELLO'\r\n")).Addr(), as("", canary)),
			id: "network/closed", status: undetermined, worst: finding.Warning, transient: true, says: "in the middle", stage: "auth"},
		{name: "one byte now and then", request: request(t, faults.Serve(t, faults.Slowly(strings.Repeat("+", 1000), 50*time.Millisecond)).Addr()),
			id: "network/silent", status: undetermined, worst: finding.Warning, transient: true, says: "did not finish", stage: "auth"},
		{name: "port 70000", request: request(t, "redis.example.com:70000"), network: names, id: "network/port-out-of-range", status: failed, worst: finding.Error, silence: true},
		{name: "port without end", request: request(t, "127.0.0.1:1", func(r *redisprobe.Request) {
			r.Connection.Port = new(big.Int).Lsh(big.NewInt(1), 4000)
		}), id: "network/port-out-of-range", status: failed, worst: finding.Error, silence: true},
	}
}

// slowTLS says something only when it is asked twice, and finds it odd.
func slowTLS(conn net.Conn) {
	buffer := make([]byte, 1<<20)
	for range 2 {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
	_, _ = conn.Write([]byte("\x15\x03\x03\x00\x02\x02\x0a"))
}

func otherServerRows(t *testing.T) []row {
	var rows []row
	mysql := "\x4a\x00\x00\x00\x0a8.0.36\x00"
	for name, c := range map[string]struct {
		behave faults.Behaviour
		id     finding.ID
		says   string
	}{
		"HTTP":             {faults.Answer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" + canary), "redis/not-redis", "HTTP"},
		"HTTP hangs up":    {faults.AnswerAndHangUp("HTTP/1.1 400 Bad Request\r\n\r\n"), "redis/not-redis", "HTTP"},
		"SSH":              {faults.Greet("SSH-2.0-OpenSSH_9.2p1\r\n"), "redis/not-redis", "SSH"},
		"MySQL":            {faults.Greet(mysql + canary), "redis/not-redis", "MySQL"},
		"PostgreSQL":       {faults.AnswerAndHangUp("E\x00\x00\x00\x10SFATAL\x00" + canary), "redis/not-redis", "PostgreSQL"},
		"SMTP":             {faults.Greet("220 mail.example.com ESMTP\r\n"), "redis/not-redis", "not a Redis"},
		"POP3":             {faults.Greet("+OK POP3 ready\r\n"), "redis/not-redis", "not a Redis"},
		"garbage":          {faults.Garbage(7, 4096), "redis/not-redis", "not a Redis"},
		"garbage, no line": {faults.Greet("xyz" + canary), "redis/not-redis", "not a Redis"},
		"TLS alert":        {faults.AnswerAndHangUp("\x15\x03\x01\x00\x02\x02\x46"), "tls/required", "speaks TLS"},
		"protected mode": {faults.GreetAndHangUp("-DENIED Redis is running in protected mode because " + canary + "\r\n"),
			"redis/protected-mode", "protected mode"},
		"protected mode, TLS": {faults.GreetAndHangUp("-DENIED Redis is running in protected mode\r\n"), "tls/plaintext-server", "without TLS"},
		"HTTP, TLS":           {faults.Answer("HTTP/1.1 400 Bad Request\r\n\r\n"), "redis/not-redis", "HTTP"},
		"SSH, TLS":            {faults.Greet("SSH-2.0-OpenSSH_9.2p1\r\n"), "redis/not-redis", "SSH"},
		"MySQL, TLS":          {faults.Greet(mysql), "redis/not-redis", "MySQL"},
	} {
		shapes := []shape{as("", canary)}
		stage := redisprobe.StageAuth
		if strings.HasSuffix(name, ", TLS") {
			shapes, stage = append(shapes, overTLS), redisprobe.StageTLS
		}
		rows = append(rows, row{
			name: name, request: request(t, faults.Serve(t, c.behave).Addr(), shapes...),
			id: c.id, status: failed, worst: finding.Error, says: c.says, stage: stage,
		})
	}
	return rows
}

// replies are faults that are told by a reply: a server that answers HELLO and
// then the pipeline.
func replyRows(t *testing.T) []row {
	const unknown = "-ERR unknown command 'HELLO'\r\n"
	var rows []row
	add := func(r row, texts ...string) {
		r.request = request(t, faults.Serve(t, faults.Answer(texts...)).Addr())
		r.request.Connection.Password = request(t, "h:1", as("", canary)).Connection.Password
		rows = append(rows, r)
	}
	add(row{name: "loading", id: "redis/loading", status: undetermined, worst: finding.Warning, transient: true, stage: "ping"},
		unknown, "+OK\r\n-LOADING Redis is loading the dataset in memory\r\n")
	for code, transient := range map[string]bool{"BUSY": true, "MASTERDOWN": true, "CLUSTERDOWN": true, "MISCONF": true} {
		add(row{name: code, id: "redis/not-ready", status: undetermined, worst: finding.Warning, transient: transient, says: code, stage: "ping"},
			unknown, "+OK\r\n-"+code+" "+canary+"\r\n")
	}
	add(row{name: "unknown error to PING", id: "redis/unexpected-answer", status: undetermined, worst: finding.Warning, stage: "ping"},
		unknown, "+OK\r\n-WHATEVER "+canary+"\r\n")
	add(row{name: "unknown error to AUTH", id: "auth/refused", status: failed, worst: finding.Error, stage: "auth"},
		unknown, "-ERR "+canary+"\r\n-NOAUTH Authentication required.\r\n")
	add(row{name: "server that quotes the password", id: "auth/refused", status: failed, worst: finding.Error, stage: "auth"},
		unknown, "-ERR unknown command 'AUTH', with args beginning with: '"+canary+"' \r\n+PONG\r\n")
	add(row{name: "wrong password before Redis 6", id: "auth/wrong-password", status: failed, worst: finding.Error, stage: "auth"},
		unknown, "-ERR invalid password\r\n-NOAUTH Authentication required.\r\n")
	add(row{name: "no password set before Redis 6", id: "auth/password-not-set", status: failed, worst: finding.Error, stage: "auth"},
		unknown, "-ERR Client sent AUTH, but no password is set\r\n+PONG\r\n")
	add(row{name: "a password asked for in place of an answer to AUTH", id: "auth/refused", status: failed, worst: finding.Error, stage: "auth"},
		"-NOAUTH HELLO must be called with the client already authenticated\r\n", "-NOAUTH Authentication required.\r\n+OK\r\n")
	add(row{name: "an answer of 1 GiB", id: "redis/oversized-answer", status: undetermined, worst: finding.Warning, stage: "auth"},
		"$1073741824\r\n")
	add(row{name: "proxy without PING", stage: "ping"}, unknown, "+OK\r\n-ERR unknown command 'PING'\r\n")
	add(row{name: "max clients after HELLO", id: "redis/too-many-clients", status: failed, worst: finding.Error, transient: true, stage: "auth"},
		"-ERR max number of clients reached\r\n")
	return rows
}

func authRows(t *testing.T) []row {
	locked := redistest.Start(t, redistest.Password(canary+"-right"), redistest.User("app", "on", ">"+canary+"-right", "~*", "+@all", "-select"))
	open := redistest.Start(t, redistest.Databases(4))
	renamed := redistest.Start(t, redistest.Password(canary), redistest.Without("HELLO"))
	fails := func(r row) row { r.status, r.worst = failed, finding.Error; return r }
	return []row{
		fails(row{name: "wrong password", request: request(t, locked.Addr(), as("", canary)), id: "auth/wrong-password", stage: "auth"}),
		fails(row{name: "wrong password, default", request: request(t, locked.Addr(), as("default", canary), onDB(3)), id: "auth/wrong-password", stage: "auth"}),
		fails(row{name: "unknown user", request: request(t, locked.Addr(), as("nobody", canary)), id: "auth/wrong-password", stage: "auth"}),
		fails(row{name: "password in the place of the user", request: request(t, locked.Addr(), as(canary, "")), id: "auth/user-without-password", stage: "auth"}),
		fails(row{name: "no password", request: request(t, locked.Addr()), id: "auth/no-password-given", stage: "auth"}),
		fails(row{name: "no password, database", request: request(t, locked.Addr(), onDB(1)), id: "auth/no-password-given", stage: "auth"}),
		fails(row{name: "may not SELECT", request: request(t, locked.Addr(), as("app", canary+"-right"), onDB(1)), id: "auth/database-not-permitted", stage: "select"}),
		{name: "needs no SELECT", request: request(t, locked.Addr(), as("app", canary+"-right")), stage: "ping"},
		{name: "no HELLO", request: request(t, renamed.Addr(), as("", canary), onDB(1)), stage: "ping"},
		fails(row{name: "no HELLO, wrong password", request: request(t, renamed.Addr(), as("", canary+"x")), id: "auth/wrong-password", stage: "auth"}),
		fails(row{name: "password and none set, redis-py 7", request: request(t, open.Addr(), as("", canary), redisPy(7, 4, 1)), id: "auth/password-not-set", stage: "auth"}),
		{name: "password and none set, redis-py 8", request: request(t, open.Addr(), as("", canary), redisPy(8, 0, 0)),
			id: "auth/password-not-set", status: failed, worst: finding.Warning, stage: "ping"},
		{name: "password and none set, version unstated", request: request(t, open.Addr(), as("", canary)),
			id: "auth/password-not-set", status: failed, worst: finding.Warning, stage: "ping"},
		{name: "default, password and none set, redis-py 4", request: request(t, open.Addr(), as("default", canary), redisPy(4, 6, 0)),
			id: "auth/password-not-set", status: failed, worst: finding.Warning, stage: "ping"},
		fails(row{name: "database 4 of 4", request: request(t, open.Addr(), onDB(4)), id: "redis/database-out-of-range", stage: "select"}),
		fails(row{name: "database -1", request: request(t, open.Addr(), onDB(-1)), id: "redis/database-out-of-range", stage: "select"}),
		fails(row{name: "database without end", request: request(t, open.Addr(), func(r *redisprobe.Request) {
			r.Connection.DB = new(big.Int).Lsh(big.NewInt(1), 200)
		}), id: "redis/database-out-of-range", stage: "select"}),
		fails(row{name: "database in a Cluster", request: request(t, redistest.Start(t, redistest.Cluster()).Addr(), onDB(1)),
			id: "redis/database-out-of-range", says: "Cluster", stage: "select"}),
		fails(row{name: "too many clients", request: request(t, redistest.Start(t, redistest.MaxClients(0)).Addr(), as("", canary)),
			id: "redis/too-many-clients", transient: true, stage: "auth"}),
	}
}

func tlsRows(t *testing.T) []row {
	good := redistest.NewAuthority(t)
	ca := option("ssl_ca_certs", good.File(t))
	server := redistest.Start(t, redistest.TLS(good))
	misnamed := redistest.NewAuthority(t).Names("redis.example.com", "redis.example.com")
	elsewhere := redistest.Start(t, redistest.TLS(misnamed))
	elsewhereCA := option("ssl_ca_certs", misnamed.File(t))
	stale := redistest.NewAuthority(t).Valid(time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour))
	early := redistest.NewAuthority(t).Valid(time.Now().Add(time.Hour), time.Now().Add(2*time.Hour))
	mutual := redistest.Start(t, redistest.TLS(good), redistest.ClientCertificates())
	mutual12 := redistest.Start(t, redistest.TLS(good), redistest.ClientCertificates(), redistest.TLSProtocols("TLSv1.2"))
	plain := redistest.Start(t)
	strange := redistest.NewAuthority(t)
	certificate, key := strange.Client(t)
	only12 := redistest.Start(t, redistest.TLS(good), redistest.TLSProtocols("TLSv1.2"))
	root := issue(t, nil, 2048, authority)
	between, short := issue(t, &root, 2048, authority), issue(t, &root, 1024, nil)
	fails := func(r row) row { r.status, r.worst, r.stage = failed, finding.Error, "tls"; return r }
	missing := func(name string, shapes ...shape) row {
		return row{name: name, request: request(t, server.Addr(), append(shapes, overTLS, as("", canary))...), id: "tls/missing-file",
			status: undetermined, worst: finding.Warning, silence: true, stage: "tls"}
	}
	required := row{name: "client certificate asked for, TLS 1.3", request: request(t, mutual.Addr(), overTLS, ca, as("", canary)), id: "tls/client-certificate-required"}
	required = fails(required)
	required.stage = "auth"
	return []row{
		fails(row{name: "rediss to a plaintext port", request: request(t, plain.Addr(), overTLS, as("", canary)), id: "tls/plaintext-server"}),
		{name: "redis to a TLS port", request: request(t, server.Addr(), as("", canary)), id: "tls/required", status: failed, worst: finding.Error, stage: "auth"},
		fails(row{name: "unknown authority", request: request(t, server.Addr(), overTLS, as("", canary)), id: "tls/unknown-authority"}),
		fails(row{name: "unknown authority, optional", request: request(t, server.Addr(), overTLS, option("ssl_cert_reqs", "optional")), id: "tls/unknown-authority"}),
		{name: "unknown authority, none", request: request(t, server.Addr(), overTLS, option("ssl_cert_reqs", "none")), stage: "ping"},
		fails(row{name: "wrong name, redis-py 6", request: request(t, elsewhere.Addr(), overTLS, elsewhereCA, as("", canary), redisPy(6, 0, 0)), id: "tls/wrong-name", says: "It names redis.example.com."}),
		{name: "wrong name, redis-py 5", request: request(t, elsewhere.Addr(), overTLS, elsewhereCA, redisPy(5, 2, 1)), stage: "ping"},
		{name: "wrong name, redis-py unstated", request: request(t, elsewhere.Addr(), overTLS, elsewhereCA),
			id: "tls/wrong-name", status: finding.Passed, worst: finding.Info, stage: "ping"},
		fails(row{name: "wrong name, asked to look", request: request(t, elsewhere.Addr(), overTLS, elsewhereCA, option("ssl_check_hostname", "true"), redisPy(5, 2, 1)), id: "tls/wrong-name"}),
		{name: "wrong name, asked not to look", request: request(t, elsewhere.Addr(), overTLS, elsewhereCA, option("ssl_check_hostname", "false"), redisPy(8, 1, 0)), stage: "ping"},
		fails(row{name: "expired", request: request(t, redistest.Start(t, redistest.TLS(stale)).Addr(), overTLS, option("ssl_ca_certs", stale.File(t))), id: "tls/expired", says: "expired"}),
		fails(row{name: "not yet valid", request: request(t, redistest.Start(t, redistest.TLS(early)).Addr(), overTLS, option("ssl_ca_certs", early.File(t))), id: "tls/expired", says: "not valid yet"}),
		required,
		fails(row{name: "client certificate asked for, TLS 1.2", request: request(t, mutual12.Addr(), overTLS, ca), id: "tls/client-certificate-required"}),
		{name: "client certificate of a stranger", request: request(t, mutual.Addr(), overTLS, ca, option("ssl_certfile", certificate), option("ssl_keyfile", key)),
			id: "tls/handshake", status: failed, worst: finding.Error, says: "unknown_ca", stage: "auth"},
		fails(row{name: "TLS too old", request: request(t, only12.Addr(), overTLS, ca, option("ssl_min_version", "772")), id: "tls/handshake", says: "protocol_version"}),
		{name: "authority's text no certificate", request: request(t, server.Addr(), overTLS, option("ssl_ca_data", canary)), id: "tls/handshake",
			status: failed, worst: finding.Error, silence: true, says: "ssl_ca_data", stage: "tls"},
		{name: "options that do not go together", request: request(t, server.Addr(), overTLS, option("ssl_cert_reqs", "none"), redisPy(6, 0, 0)),
			id: "tls/handshake", status: failed, worst: finding.Error, silence: true, says: "redis-py 6.0.0", stage: "tls"},
		missing("authority's file missing", option("ssl_ca_certs", "/nowhere/"+canary)),
		missing("authority's file empty", option("ssl_ca_certs", os.DevNull)),
		missing("authorities' directory missing", option("ssl_ca_path", "/nowhere/"+canary)),
		missing("client's certificate missing", ca, option("ssl_certfile", "/nowhere/"+canary), option("ssl_keyfile", key)),
		missing("client's key missing", ca, option("ssl_certfile", certificate), option("ssl_keyfile", "/nowhere/"+canary)),
		fails(row{name: "a short key", request: request(t, terminate(t, &tls.Config{Certificates: []tls.Certificate{short.shows()}}, plain.Addr()), overTLS, host("localhost"),
			option("ssl_ca_data", root.pem()), as("", canary)), id: "tls/short-key"}),
		{name: "an authority that another one signed", request: request(t, terminate(t, &tls.Config{Certificates: []tls.Certificate{issue(t, &between, 2048, nil).shows()}}, plain.Addr()), overTLS, host("localhost"),
			option("ssl_ca_data", between.pem())), id: "tls/incomplete-authority", status: failed, worst: finding.Warning, stage: "ping"},
		{name: "rules that the check does not know", request: request(t, server.Addr(), overTLS, ca, option("ssl_include_verify_flags", "VERIFY_CRL_CHECK_LEAF"), as("", canary)),
			id: "tls/verify-flags", status: undetermined, worst: finding.Warning, stage: "tls"},
		missing("client's key of another", ca, option("ssl_certfile", certificate), option("ssl_keyfile", certificate)),
	}
}

func unixRows(t *testing.T) []row {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "s") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	dead := filepath.Join(short, "dead")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	_ = listener.Close()
	at := func(path string) redisprobe.Request { return request(t, "h:1", socket(path), as("", canary)) }
	says := func(r row, transient bool) row {
		r.status, r.worst, r.silence, r.stage, r.transient = undetermined, finding.Warning, true, "connect", transient
		return r
	}
	denied := &denying{}
	return []row{
		says(row{name: "socket missing", request: at("/nowhere/redis.sock"), id: "unix/socket-missing"}, true),
		says(row{name: "socket of nobody", request: at(dead), id: "network/refused"}, true),
		says(row{name: "a file", request: at(file), id: "unix/not-a-socket"}, false),
		says(row{name: "through a file", request: at(file + "/2"), id: "unix/not-a-socket"}, false),
		says(row{name: "forbidden", request: at("/run/redis.sock"), network: denied, id: "unix/permission-denied"}, false),
		says(row{name: "path with a password in it", request: at("/x@" + canary + "/" + strings.Repeat("y", 200)), id: "network/connect-failed"}, true),
	}
}

// denying refuses every connection as the kernel does a forbidden one.
type denying struct{ redisprobe.SystemNetwork }

func (*denying) Dial(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)}
}

func TestLook_EveryFaultHasItsFinding(t *testing.T) {
	rows := slices.Concat(networkRows(t), authRows(t), tlsRows(t), unixRows(t))
	checkAll(t, rows)
	given := map[finding.ID]bool{}
	for _, r := range slices.Concat(rows, otherServerRows(t), replyRows(t)) {
		given[r.id] = true
	}
	for _, doc := range redisprobe.Docs() {
		// TestRoundTrip_EveryFaultHasItsFinding has those of round trips,
		// TestLook_CapabilitiesHaveTheirFinding those of capabilities, and
		// sentinel_faults_test.go those of Sentinels.
		elsewhere := slices.Contains(redisprobe.CapabilityIDs(), doc.ID) ||
			strings.HasPrefix(string(doc.ID), "roundtrip/") || strings.HasPrefix(string(doc.ID), "sentinel/")
		if !given[doc.ID] && !elsewhere {
			t.Errorf("no row gives %s", doc.ID)
		}
	}
}

func TestLook_OddAnswersHaveTheirFinding(t *testing.T) {
	checkAll(t, slices.Concat(otherServerRows(t), replyRows(t)))
}

func checkAll(t *testing.T, rows []row) {
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.check(t)
		})
	}
}

func (r row) check(t *testing.T) {
	var logged strings.Builder
	options := []redisprobe.Option{redisprobe.WithLog(func(_ context.Context, message string, fields ...map[string]any) {
		_, _ = fmt.Fprintln(&logged, message, fields)
	})}
	if r.network != nil {
		options = append(options, redisprobe.WithNetwork(r.network))
	}
	started := time.Now()
	report := redisprobe.New(options...).Look(t.Context(), r.request)
	if took := time.Since(started); took > r.request.Timeout+time.Second {
		t.Errorf("took %s, of a timeout of %s", took, r.request.Timeout)
	}
	var want []finding.ID
	status := finding.Passed
	if r.id != "" {
		want, status = []finding.ID{r.id}, r.status
	}
	if got := report.Outcome.IDs(); !slices.Equal(got, want) || report.Outcome.Status != status {
		t.Fatalf("got %v %v, want %v %v: %+v", report.Outcome.Status, got, status, want, report.Outcome.Findings)
	}
	for _, f := range report.Outcome.Findings {
		r.checkFinding(t, f)
	}
	if report.Answered == r.silence {
		t.Errorf("answered: %v", report.Answered)
	}
	if report.Transient != r.transient {
		t.Errorf("transient: %v, want %v", report.Transient, r.transient)
	}
	if n := len(report.Stages); n > 0 && report.Stages[n-1].Name != r.stage || n == 0 && r.stage != "" {
		t.Errorf("stages %+v, want the last to be %q", report.Stages, r.stage)
	}
	shown, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(shown), fmt.Sprintf("%+v %#v", report, report), logged.String()} {
		if strings.Contains(text, canary) {
			t.Errorf("shows the password: %s", strings.ReplaceAll(text, canary, "<HERE>"))
		}
	}
}

func (r row) checkFinding(t *testing.T, f finding.Finding) {
	t.Helper()
	if f.Severity != r.worst || f.Setting != "REDIS_URL" || f.Summary == "" || f.Fix == "" {
		t.Errorf("got %+v, want severity %v", f, r.worst)
	}
	if !strings.Contains(f.Detail, r.says) || strings.Contains(f.Detail, "  ") || !strings.HasSuffix(f.Detail, ".") {
		t.Errorf("detail %q, want it to say %q", f.Detail, r.says)
	}
}

var errPanic = errors.New("a panic that holds " + canary)

// panicking breaks in the middle of a check.
type panicking struct{ redisprobe.SystemNetwork }

func (panicking) Resolve(context.Context, string) ([]string, error) { panic(errPanic) }

func TestLook_CrashIsUndeterminedAndLogsItsStackOnly(t *testing.T) {
	var logged strings.Builder
	prober := redisprobe.New(redisprobe.WithNetwork(panicking{}),
		redisprobe.WithLog(func(_ context.Context, message string, fields ...map[string]any) {
			_, _ = fmt.Fprintln(&logged, message, fields)
		}))
	report := prober.Look(t.Context(), request(t, "redis:6379", as("", canary)))
	if report.Outcome.Status != undetermined || !report.Outcome.Has(finding.IDCrashed) {
		t.Errorf("got %+v", report.Outcome)
	}
	if !strings.Contains(logged.String(), "panicking") || strings.Contains(logged.String(), canary) {
		t.Error("the log must hold the stack, and not what was panicked with")
	}
}
