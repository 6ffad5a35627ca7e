package redisprobe_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func TestLook_HealthySetupsPassWithoutFinding(t *testing.T) {
	authority := redistest.NewAuthority(t)
	plain := redistest.Start(t)
	locked := redistest.Start(t, redistest.Password(canary),
		redistest.User("least", "on", ">"+canary, "resetkeys", "resetchannels", "nocommands", "~asgi*", "+eval"),
		redistest.User("open", "on", "nopass", "~*", "+@all"))
	secured := redistest.Start(t, redistest.TLS(authority), redistest.Password(canary))
	mutual := redistest.Start(t, redistest.TLS(authority), redistest.ClientCertificates())
	certificate, key := authority.Client(t)
	for name, r := range map[string]redisprobe.Request{
		"plain":                        request(t, plain.Addr()),
		"plain, database 3":            request(t, plain.Addr(), onDB(3)),
		"Unix socket":                  request(t, plain.Addr(), socket(plain.Socket())),
		"short IPv4":                   request(t, plain.Addr(), host("127.1")),
		"password":                     request(t, locked.Addr(), as("", canary)),
		"default and password":         request(t, locked.Addr(), as("default", canary), onDB(15)),
		"least privilege, no PING":     request(t, locked.Addr(), as("least", canary)),
		"user that needs no password":  request(t, locked.Addr(), as("open", "")),
		"TLS, given authority":         request(t, secured.Addr(), overTLS, as("", canary), option("ssl_ca_certs", authority.File(t))),
		"TLS, given text":              request(t, secured.Addr(), overTLS, as("", canary), option("ssl_ca_data", authority.PEM())),
		"TLS, not verified":            request(t, secured.Addr(), overTLS, as("", canary), option("ssl_cert_reqs", "none")),
		"TLS, name, redis-py 8":        request(t, secured.Addr(), overTLS, as("", canary), option("ssl_ca_certs", authority.File(t)), host("localhost"), redisPy(8, 1, 0)),
		"TLS with a client's own":      request(t, mutual.Addr(), overTLS, option("ssl_ca_certs", authority.File(t)), option("ssl_certfile", certificate), option("ssl_keyfile", key)),
		"redis-py 8, given a password": request(t, locked.Addr(), as("", canary), redisPy(8, 1, 0)),
	} {
		t.Run(name, func(t *testing.T) {
			report := redisprobe.New().Look(t.Context(), r)
			if !report.Passed() || len(report.Outcome.Findings) > 0 {
				t.Errorf("got %+v", report)
			}
			if !report.Answered || len(report.Stages) < 3 {
				t.Errorf("answered %v, stages %+v", report.Answered, report.Stages)
			}
		})
	}
}

// What managed services are known for: no CONFIG, a user without the dangerous
// commands, memory that is bounded and evicts, TLS with a password. None of it
// is worth more than a note while there is room.
func TestLook_ManagedServicesGiveNotesAtMost(t *testing.T) {
	authority := redistest.NewAuthority(t)
	user := redistest.User("app", "on", ">"+canary, "~*", "&*", "+@all", "-@dangerous")
	bounded := redistest.Config("maxmemory 256mb", "maxmemory-policy volatile-lru")
	plain := redistest.Start(t, redistest.Password(canary), redistest.Without("CONFIG"), user, bounded)
	secured := redistest.Start(t, redistest.TLS(authority), redistest.Password(canary), redistest.Without("CONFIG"), user, bounded)
	trusted := option("ssl_ca_certs", authority.File(t))
	for name, shapes := range map[string][]shape{
		"default user":                  {as("default", canary)},
		"limited user":                  {as("app", canary)},
		"default user over TLS":         {as("default", canary), overTLS, trusted},
		"limited user over TLS":         {as("app", canary), overTLS, trusted},
		"limited user over TLS by name": {as("app", canary), overTLS, trusted, host("localhost")},
	} {
		server := plain
		if strings.Contains(name, "TLS") {
			server = secured
		}
		for _, backend := range []channelconfig.Backend{channelconfig.Core, channelconfig.PubSub} {
			t.Run(fmt.Sprintf("%s, %s", name, backend.Class()), func(t *testing.T) {
				r := lookAt(t, server, append(shapes, func(r *redisprobe.Request) { r.Layer.Backend = backend })...)
				report := redisprobe.New().Look(t.Context(), r)
				if !report.Answered || report.Outcome.Status != finding.Passed {
					t.Errorf("got %+v", report.Outcome)
				}
				for _, f := range report.Outcome.Findings {
					if f.Severity > finding.Info {
						t.Errorf("%s is %s: %s", f.ID, f.Severity, f.Detail)
					}
				}
			})
		}
	}
}

func TestLook_OneConnectionAndOneLogin(t *testing.T) {
	server := redistest.Start(t, redistest.Password(canary))
	stop := server.Monitor()
	report := redisprobe.New().Look(t.Context(), request(t, server.Addr(), as("default", canary), onDB(2)))
	if !report.Passed() {
		t.Fatalf("got %+v", report.Outcome)
	}
	if got := server.Connections(); got != 1 {
		t.Errorf("the server saw %d connections, want 1", got)
	}
	var sent []string
	for _, line := range stop() {
		sent = append(sent, strings.Fields(line)[3])
	}
	if got := strings.Join(sent, " "); got != `"hello" "AUTH" "SELECT" "PING"` {
		t.Errorf("the server saw %s", got)
	}
	report = redisprobe.New().Look(t.Context(), request(t, server.Addr(), as("default", "not-"+canary)))
	if !report.Outcome.Has("auth/wrong-password") {
		t.Fatalf("got %+v", report.Outcome)
	}
	if entries, _ := server.Do("ACL", "LOG").([]any); len(entries) != 1 || count(entries[0]) != 1 {
		t.Errorf("a wrong password left %v in the ACL log, want one entry counted once", entries)
	}
}

// count is the count of an entry of ACL LOG.
func count(entry any) int64 {
	fields, _ := entry.([]any)
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "count" {
			n, _ := fields[i+1].(int64)
			return n
		}
	}
	return -1
}
