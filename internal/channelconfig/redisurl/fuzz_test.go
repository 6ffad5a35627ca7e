package redisurl_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
)

// FuzzBuild: what is built reads back as its parts in every line that knows the
// arguments, and what is refused is quoted nowhere.
func FuzzBuild(f *testing.F) {
	f.Add("redis.example.com", "", "default", "exam#ple", "client_name", "worker", int64(6379), int64(0))
	f.Add("", "/run/redis.sock", "", "a b", "socket_timeout", "7.5", int64(-1), int64(2))
	f.Add("fe80::1%eth0", "", "", "\xff%41@:/?#[]", "ssl_ca_certs", "/etc/ca.pem", int64(65536), int64(-1))
	f.Add("redis://h", "x", "\u0130", "~", "protocol", "%33", int64(1), int64(1))
	f.Fuzz(func(t *testing.T, host, path, username, password, name, value string, port, db int64) {
		parts := redisurl.Parts{Host: host, Path: path, Username: username, Password: secret.New(password), Query: map[string]secret.String{}}
		if name != "" {
			parts.Query[name] = secret.New(value)
		}
		if port >= 0 {
			parts.Port = big.NewInt(port)
		}
		if db >= -1 {
			parts.DB = big.NewInt(db)
		}
		built, err := redisurl.Build(parts)
		if err != nil {
			checkPartsError(t, err, parts)
			return
		}
		readable := 0
		for _, line := range redisurl.Lines() {
			got, err := redisurl.Parse(built, line)
			var refused *redisurl.Error
			if errors.As(err, &refused) && refused.Reason == redisurl.UnknownArgument {
				continue
			}
			if err != nil {
				t.Fatalf("redis-py %s refuses what was built: %v", line, err)
			}
			readable++
			checkReadBack(t, got, parts)
		}
		if readable == 0 {
			t.Fatal("no redis-py reads what was built")
		}
		if again := redisurl.Redact(secret.New(redisurl.Redact(built))); again != redisurl.Redact(built) {
			t.Fatalf("redacted twice: %q", again)
		}
	})
}

// checkPartsError: the message is one of a constant few.
func checkPartsError(t *testing.T, err error, parts redisurl.Parts) {
	t.Helper()
	var refused *redisurl.PartsError
	if !errors.As(err, &refused) {
		t.Fatalf("an untyped error: %T", err)
	}
	for argument := range parts.Query {
		if refused.Argument != "" && refused.Argument != argument {
			t.Fatalf("the error names the argument %q, which was not given", refused.Argument)
		}
	}
	parts.Password, parts.Username = secret.New(canary+parts.Password.Reveal()), canary+parts.Username
	if _, err := redisurl.Build(parts); err != nil && holdsCanary(err.Error()) {
		t.Fatalf("the error quotes a part: %v", err)
	}
}

// checkReadBack compares what counts, hosts as redis-py writes them.
func checkReadBack(t *testing.T, got *redisurl.URL, parts redisurl.Parts) {
	t.Helper()
	if !strings.EqualFold(got.Host, parts.Host) || got.Path != parts.Path {
		t.Fatalf("host %q and path %q read back as %q and %q", parts.Host, parts.Path, got.Host, got.Path)
	}
	own := parts.Query["username"].IsEmpty() && parts.Query["password"].IsEmpty()
	if own && (got.Username.Reveal() != parts.Username || got.Password != parts.Password) {
		t.Fatalf("%q and %q read back as %q and %q", parts.Username, parts.Password.Reveal(), got.Username.Reveal(), got.Password.Reveal())
	}
	_, givesDB := parts.Query["db"]
	_, givesPort := parts.Query["port"]
	if parts.DB != nil && !givesDB && got.DB.Cmp(parts.DB) != 0 || parts.Port != nil && !givesPort && got.Port.Cmp(parts.Port) != 0 {
		t.Fatalf("port %v and database %v read back as %v and %v", parts.Port, parts.DB, got.Port, got.DB)
	}
}

// FuzzRedactAgrees: what Redact shows of a URL is what redis-py reads in it, it
// shows no more than Showable allows, and what was redacted stays as it is.
func FuzzRedactAgrees(f *testing.F) {
	for i, c := range python.URLCases(f) {
		if len(c.URL) < 200 && i%8 == 0 { // the whole corpus keeps the fuzzer busy with itself
			f.Add(c.URL)
		}
	}
	f.Fuzz(checkAgreement)
}

func checkAgreement(t *testing.T, text string) {
	t.Helper()
	shown := redisurl.Redact(secret.New(text))
	if again := redisurl.Redact(secret.New(shown)); again != shown {
		t.Fatalf("%q is redacted to %q", shown, again)
	}
	if len(shown) > len(text)+3*strings.Count(text, "&")+12 {
		t.Fatalf("%d bytes are shown as %d", len(text), len(shown))
	}
	read, err := redisurl.Parse(secret.New(text), redisurl.Newest)
	if err != nil {
		return
	}
	if _, ok := redisurl.Show(secret.New(text)); ok {
		checkShown(t, shown, read)
	}
}

// The whole corpus keeps what FuzzRedactAgrees holds of any text.
func TestCorpus_RedactAgreesWithParse(t *testing.T) {
	for _, c := range python.URLCases(t) {
		checkAgreement(t, c.URL)
	}
}

// checkShown compares the address that is shown, as far as it is not masked.
func checkShown(t *testing.T, shown string, read *redisurl.URL) {
	t.Helper()
	location, query, _ := strings.Cut(shown, "?")
	location, _, _ = strings.Cut(location, "#")
	again, err := redisurl.Parse(secret.New(location), redisurl.Newest)
	if err != nil {
		t.Fatalf("%q does not read: %v", location, err)
	}
	// An argument may say it again, and may be masked, name and all.
	overruled := func(name string) bool {
		return strings.Contains("&"+query, "&"+name+"=") || strings.Contains("&"+query+"&", "&***&")
	}
	if !overruled("host") && !overruled("path") && !read.Showable() {
		t.Fatalf("%q is shown although its host or path may be a piece of a password", shown)
	}
	if !overruled("host") && again.Host != read.Host || !overruled("path") && again.Path != read.Path {
		t.Fatalf("%q shows another host or path", shown)
	}
	if !overruled("port") && read.Port != nil && again.Port.Cmp(read.Port) != 0 {
		t.Fatalf("%q shows another port", shown)
	}
	if !overruled("db") && !strings.HasSuffix(location, "/***") && again.DB.Cmp(read.DB) != 0 {
		t.Fatalf("%q shows another database", shown)
	}
}
