package channelconfig_test

import (
	"encoding/pem"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// certificate has the form of one, which is all that is looked at here.
func certificate() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{0x30, 0x00}}))
}

const certificateInURL = "-----BEGIN%20CERTIFICATE-----%0AMAA%3D%0A-----END%20CERTIFICATE-----%0A"

func version(major, minor, micro int) *packages.Version {
	return &packages.Version{Major: major, Minor: minor, Micro: micro}
}

// The bytes that the app gets. They are frozen: tests of internal/redisprobe
// prove that the real packages read them as is meant.
func TestTLS_IsWrittenIntoTheURL(t *testing.T) {
	verify := known[channelconfig.Verify]
	for name, c := range map[string]struct {
		url      string
		tls      channelconfig.TLS
		packages packages.Set
		want     string
	}{
		"nothing":       {"rediss://h/0", channelconfig.TLS{}, packages.Set{}, "rediss://h/0"},
		"full":          {"rediss://h/0", channelconfig.TLS{Verify: verify("full")}, packages.Set{}, "rediss://h/0?ssl_check_hostname=true"},
		"chain":         {"rediss://h/0?socket_timeout=9", channelconfig.TLS{Verify: verify("chain")}, packages.Set{}, "rediss://h/0?socket_timeout=9&ssl_check_hostname=false"},
		"none":          {"rediss://h", channelconfig.TLS{Verify: verify("none"), CAPEM: known(certificate())}, packages.Set{}, "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=false"},
		"file":          {"rediss://h", channelconfig.TLS{CAFile: known("/ca.pem"), CAPEM: known(certificate())}, packages.Set{}, "rediss://h?ssl_ca_certs=%2Fca.pem"},
		"text":          {"rediss://h", channelconfig.TLS{CAPEM: known("made up\n" + certificate() + "more")}, packages.Set{}, "rediss://h?ssl_ca_data=" + certificateInURL},
		"file of URL":   {"rediss://h?ssl_ca_certs=/x", channelconfig.TLS{CAPEM: known(certificate())}, packages.Set{}, "rediss://h?ssl_ca_certs=/x"},
		"pair":          {"rediss://h", channelconfig.TLS{CertificateFile: known("/c"), KeyFile: known("/k")}, packages.Set{}, "rediss://h?ssl_certfile=%2Fc&ssl_keyfile=%2Fk"},
		"check's pair":  {"rediss://h", channelconfig.TLS{CertificatePEM: known(certificate()), KeyPEM: known(secret.New("k"))}, packages.Set{}, "rediss://h"},
		"same as URL":   {"rediss://h?ssl_check_hostname=true", channelconfig.TLS{Verify: verify("full")}, packages.Set{}, "rediss://h?ssl_check_hostname=true"},
		"1.2":           {"rediss://h", channelconfig.TLS{MinVersion: known("1.2")}, packages.Set{}, "rediss://h"},
		"1.3, 8.0.1":    {"rediss://h", channelconfig.TLS{MinVersion: known("1.3")}, packages.Set{Redis: version(8, 0, 1)}, "rediss://h?ssl_min_version=772"},
		"1.3, 8.0.0":    {"rediss://h", channelconfig.TLS{MinVersion: known("1.3")}, packages.Set{Redis: version(8, 0, 0), ChannelsRedis: version(4, 1, 0)}, "rediss://h"},
		"not encrypted": {"redis://h", channelconfig.TLS{Verify: verify("full")}, packages.Set{}, "redis://h"},
	} {
		s := channelconfig.Settings{RedisURL: known(secret.New(c.url)), TLS: known(c.tls), Packages: c.packages, Variables: channelconfig.DefaultVariables()}
		vars, _ := channelconfig.Environment(s, channelconfig.Resolve(s)).Get()
		if got := vars[0].Value.Or(secret.String{}).Reveal(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestTLS_IsWrittenIntoHostsAndSentinels(t *testing.T) {
	sentinel := channelconfig.HostEntry{
		Sentinels:  known([]channelconfig.SentinelEntry{{Host: known("s.example.com")}}),
		MasterName: known("chat"), TLS: known(true), SentinelTLS: known(true),
	}
	masterOnly := sentinel
	masterOnly.SentinelTLS = channelconfig.Value[bool]{}
	s := channelconfig.Settings{
		Hosts: known([]channelconfig.HostEntry{
			{URL: known(secret.New("rediss://a"))}, {Host: known("b"), TLS: known(true)}, {Host: known("c")}, sentinel, masterOnly,
		}),
		TLS:      known(channelconfig.TLS{Verify: known(channelconfig.VerifyFull), MinVersion: known("1.3"), CAFile: known("/ca")}),
		Packages: packages.Set{Redis: version(7, 4, 1), ChannelsRedis: version(4, 3, 0)},
	}
	hosts, _ := channelconfig.Resolve(s).Hosts.Get()
	got, err := channelconfig.HostsJSON(hosts)
	const wanted = `"ssl_ca_certs":"/ca","ssl_check_hostname":true,"ssl_min_version":772`
	want := `[{"address":"rediss://a?ssl_check_hostname=true&ssl_ca_certs=%2Fca","ssl_min_version":772},` +
		`{"address":"rediss://b:6379?ssl_check_hostname=true&ssl_ca_certs=%2Fca","ssl_min_version":772},"redis://c:6379",` +
		`{"sentinels":[["s.example.com",26379]],"master_name":"chat","sentinel_kwargs":{"ssl":true,` + wanted + `},"ssl":true,` + wanted + `},` +
		`{"sentinels":[["s.example.com",26379]],"master_name":"chat","ssl":true,` + wanted + `}]`
	if err != nil || got.Reveal() != want {
		t.Errorf("%v\n%s, want\n%s", err, got.Reveal(), want)
	}
}

func TestTLS_WhatIsNotKnownYetLeavesTheURLOpen(t *testing.T) {
	for name, tls := range map[string]channelconfig.Value[channelconfig.TLS]{
		"all of it": channelconfig.Unknown[channelconfig.TLS](),
		"a text":    known(channelconfig.TLS{CAPEM: channelconfig.Unknown[string]()}),
		"a path":    known(channelconfig.TLS{KeyFile: channelconfig.Unknown[string]()}),
	} {
		s := channelconfig.Settings{RedisURL: known(secret.New("rediss://h")), TLS: tls, Variables: channelconfig.DefaultVariables()}
		r := channelconfig.Resolve(s)
		vars, isKnown := channelconfig.Environment(s, r).Get()
		if !isKnown || vars[0].Value.IsKnown() || r.Hosts.IsKnown() {
			t.Errorf("%s: %v, hosts known: %t", name, vars, r.Hosts.IsKnown())
		}
	}
	s := channelconfig.Settings{RedisURL: known(secret.New("rediss://h")), TLS: known(channelconfig.TLS{
		CAFile: known("/ca"), CAPEM: channelconfig.Unknown[string](), KeyPEM: channelconfig.Unknown[secret.String](),
	})}
	if r := channelconfig.Resolve(s); !r.Hosts.IsKnown() {
		t.Error("what only a check needs leaves the hosts open")
	}
}

func TestPEM_SaysWhatATextLacks(t *testing.T) {
	key := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: []byte{0x30, 0x00}}))
	for text, want := range map[string]channelconfig.PEMProblem{
		certificate():                 "",
		certificate() + certificate(): "",
		certificate() + key:           channelconfig.PEMHasKey,
		"":                            channelconfig.PEMEmpty,
		"/etc/ssl/ca.pem":             channelconfig.PEMEmpty,
		strings.TrimSuffix(certificate(), "\n-----END CERTIFICATE-----\n"):                    channelconfig.PEMEmpty,
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("made up")})): channelconfig.PEMBroken,
	} {
		if got := channelconfig.CertificatesProblem(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]channelconfig.PEMProblem{
		key:           "",
		certificate(): channelconfig.PEMEmpty,
		string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{0x30, 0x00}})):                                                   channelconfig.PEMEncrypted,
		string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: []byte{0x30, 0x00}})): channelconfig.PEMEncrypted,
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})):                                                                    channelconfig.PEMBroken,
	} {
		if got := channelconfig.KeyProblem(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
