package redisprobe

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

func TestDocs_AreComplete(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z]+/[a-z]+(-[a-z]+)*$`)
	for _, doc := range finding.NewRegistry(Docs(), finding.SharedDocs()).Docs() {
		if doc.ID == finding.IDCrashed {
			continue
		}
		if !shape.MatchString(string(doc.ID)) || !doc.Live || doc.Since == "" || doc.Severity == 0 {
			t.Errorf("%+v", doc)
		}
		if len(doc.Title) >= 70 || strings.HasSuffix(doc.Title, ".") {
			t.Errorf("%s: title %q", doc.ID, doc.Title)
		}
		for _, text := range []string{doc.Why, doc.Django, doc.Fix} {
			if !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s: %q", doc.ID, text)
			}
		}
	}
}

// The cases are what OpenSSL's X509_check_host says with Python's flags.
func TestNamesHost_ComparesAsPythonDoes(t *testing.T) {
	named := func(common string, names ...string) *x509.Certificate {
		return &x509.Certificate{Subject: pkix.Name{CommonName: common}, DNSNames: names}
	}
	addressed := &x509.Certificate{Subject: pkix.Name{CommonName: "10.0.0.1"}, IPAddresses: []net.IP{net.ParseIP("10.0.0.2")}}
	for _, c := range []struct {
		name        string
		certificate *x509.Certificate
		host        string
		want        bool
	}{
		{"listed", named("", "redis.example.com"), "redis.example.com", true},
		{"case", named("", "Redis.Example.com"), "redis.example.com", true},
		{"wildcard", named("", "*.example.com"), "redis.example.com", true},
		{"wildcard, two labels", named("", "*.example.com"), "a.redis.example.com", false},
		{"another", named("", "other.example.com"), "redis.example.com", false},
		{"common name alone", named("redis.example.com"), "redis.example.com", true},
		{"common name with wildcard", named("*.example.com"), "redis.example.com", true},
		{"common name beside names", named("redis.example.com", "other.example.com"), "redis.example.com", false},
		{"common name that is an address", named("10.0.0.1"), "10.0.0.1", false},
		{"no name at all", named(""), "redis", false},
		{"address listed", addressed, "10.0.0.2", true},
		{"address not listed", addressed, "10.0.0.1", false},
	} {
		if got := namesHost(c.certificate, c.host); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRequestAddress_ShowsOnlyWhatLooksLikeAnAddress(t *testing.T) {
	request := someRequest()
	for host, want := range map[string]string{
		"redis.example.com": "redis.example.com:6379", "10.0.0.1": "10.0.0.1:6379", "::1": "[::1]:6379",
		"fe80::1%a secret": "[fe80::1]:6379", "a@b": "(a host that is not shown):6379",
		"pass word": "(a host that is not shown):6379", "": "(a host that is not shown):6379",
		strings.Repeat("x", 254): "(a host that is not shown):6379",
	} {
		request.Connection.Host = host
		if got := request.address(); got != want {
			t.Errorf("%q: got %q, want %q", host, got, want)
		}
	}
}

func TestHint_LoopbackIsNoNewsInDebug(t *testing.T) {
	request := someRequest()
	request.Connection.Host = "localhost"
	if hint(hintReach, request) == "" {
		t.Error("a loopback host needs its hint")
	}
	request.Debug = true
	if got := hint(hintReach, request); got != "" {
		t.Errorf("in debug: got %q", got)
	}
}
