package cli

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// hole is where the secret goes in a template.
const hole = "{}"

// brokenURLs are those that redis-py refuses or reads as something else than
// was meant, with a secret in every place where one can stand.
func brokenURLs() []struct{ url, delimiters string } {
	rows := []struct{ url, delimiters string }{
		{"redis://{}@127.0.0.1:1", ""},
		{"redis://127.0.0.1:1?ssl_password={}", ""},
		{"redis://127.0.0.1:1?unknown={}", ""},
		{"redis://127.0.0.1:1?{}=1", ""},
		{"redis://127.0.0.1:1?{}", ""},
		{"redis://127.0.0.1:1?socket_timeout={}", ""},
		{"redis://127.0.0.1:1?db={}", ""},
		{"rediss://127.0.0.1:1?ssl_cert_reqs={}", ""},
		{"redis://127.0.0.1:1?credential_provider={}", ""},
		{"redis://127.0.0.1:1?password={}", "&"},
		{"redis://127.0.0.1:{}", ""},
		{"redis://127.0.0.1:1/{}", ""},
		{"redis://127.0.0.1:1/1/{}", ""},
		{"redis://127.0.0.1:1/0#{}", ""},
		{"redis://:{}@a.invalid:1,b.invalid:2", ""},
		{"redis://:{}@::1:6379", ""},
		{"redis://:{}@127.0.0.1:0", ""},
		{"redis://:{}@", ""},
		{"unix://:{}@/nowhere/redis.sock/2", ""},
		{"unix://{}/redis.sock", ""},
		{"redis:{}", ""},
		{"redis:/{}", ""},
		{"{}", ""},
		{"{}", "#/?@:[]% \"'"},
		{"{}://127.0.0.1:1", ""},
		{`"redis://:{}@127.0.0.1:1"`, ""},
		{"redis://${{}}@127.0.0.1:1", ""},
		{"redis://:%{{}}@127.0.0.1:1", ""},
		{" redis://:{}@127.0.0.1:1 ", ""},
		{"REDIS://:{}@127.0.0.1:1", ""},
		{"redis://:{}\n@127.0.0.1:1", ""},
		{"valkey://:{}@127.0.0.1:1", ""},
		{"REDIS_URL=redis://:{}@127.0.0.1:1", ""},
		{"redis://:%FF{}@127.0.0.1:1", ""},
		{"redis://:12/{}@127.0.0.1:1", ""},
		{"redis://:12#{}@127.0.0.1:1", ""},
		{"redis://default:1?db=1&{}@127.0.0.1:1", ""},
		// Pieces that become the host or the path of a connection.
		{"redis://{}@127.0.0.1:1", "#"},
		{"redis://{}@127.0.0.1:1", "/"},
		{"redis://{}@127.0.0.1:1", "?"},
		{"redis://{}@127.0.0.1:1/0", "@/"},
		{"unix://:{}@/nowhere/redis.sock", "/?"},
	}
	for _, delimiters := range []string{"#", "/", "?", "[", "]", "@", ":", "%", " ", `"`, "'", `\`, "<>", "#/?@:[]% ", "@#", "\n", "\t", "\u00e4", "\uff03", "\uff20", "%zz"} {
		rows = append(rows, struct{ url, delimiters string }{"redis://default:{}@127.0.0.1:1/0", delimiters})
	}
	return rows
}

func fill(template, text string) string { return strings.ReplaceAll(template, hole, text) }

// lowered makes warnings of all findings, and of what checks find.
func lowered() string {
	entries := make([]string, 0, 100)
	for _, doc := range catalog.Registry().Docs() {
		entries = append(entries, fmt.Sprintf("    %q = \"warning\"", doc.ID))
	}
	return "check = { on_plan = \"warning\", on_apply = \"warning\", timeout = \"500ms\", wait = \"1ms\" }\n" +
		"  findings = {\n" + strings.Join(entries, "\n") + "\n  }"
}

// provider adds the provider's block: its own URL, and an index with a password
// among the requirements.
func (b *bed) provider(arguments string) {
	index := b.secret("packages.requirements of the provider", "")
	b.addf("provider \"channels\" {\n  redis_url = %s\n  packages = { requirements = %s }\n  %s\n}",
		b.value("redis://:"+b.secret("redis_url of the provider", "%").Text+"@127.0.0.1:1"),
		b.value("--index-url https://user:"+index.Text+"@pypi.example.com/simple\nredis==7.4.1\n"), arguments)
	b.addf("data \"channels_redis\" \"of_provider\" {}")
}

// layer adds a channels_layer and, where the URL may stand in the state and for
// some rows, a data source with the same URL.
func (b *bed) layer(row int, url string) {
	name := b.name()
	if b.style == ephemeral {
		b.addf("resource \"channels_layer\" %q {\n  redis_url_wo = %s\n  redis_url_wo_version = 1\n}", name, b.value(url))
		return
	}
	b.addf("resource \"channels_layer\" %q {\n  redis_url = %s\n}", name, b.value(url))
	if row%4 == 3 {
		b.addf("data \"channels_redis\" %q {\n  redis_url = %s\n}", name, b.value(url))
	}
}

// brokenLayers adds a layer for each of brokenURLs, and for redis_host.
func (b *bed) brokenLayers() {
	for i, row := range brokenURLs() {
		if b.takes(i) {
			s := b.keep(b.secret("redis_url "+row.url+" broken by "+row.delimiters, row.delimiters))
			b.layer(i, fill(row.url, s.Text))
		}
	}
	// redis_host is not sensitive, so that core shows a literal in a plan: only
	// errors, which come before a plan, can be looked at.
	if b.style == variable {
		for _, template := range []string{"redis://:{}@127.0.0.1:1", ":{}@127.0.0.1", "redis://{}#x@127.0.0.1:1"} {
			s := b.keep(b.secret("redis_host "+template, ""))
			value := b.value(fill(template, s.Text))
			b.addf("resource \"channels_layer\" %q {\n  redis_host = %s\n}", b.name(), value)
			b.addf("data \"channels_redis\" %q {\n  redis_host = %s\n}", b.name(), value)
		}
	}
}

// brokenRequirements adds layers whose requirements cannot be read.
func (b *bed) brokenRequirements() {
	for _, template := range []string{
		"--index-url https://user:{}@pypi.example.com/simple\nredis==not a version\n", "redis=={}", "{} {} {}",
		"[[package]]\nname = \"redis\"\nversion = \"{}\"\n", "[[package]]\nname = {}\n",
	} {
		s := b.secret("packages.requirements "+template, "")
		b.addf("resource \"channels_layer\" %q {\n  packages = {\n    requirements = %s\n  }\n}", b.name(), b.value(fill(template, s.Text)))
	}
	if b.style == literal {
		s := b.secret("redis_host, a whole URL", "")
		b.addf("resource \"channels_layer\" %q {\n  redis_host = %s\n}", b.name(), b.value("redis://:"+s.Text+"@127.0.0.1:1"))
		s = b.secret("packages.requirements over several lines", "")
		b.addf("resource \"channels_layer\" %q {\n  packages = {\n    requirements = <<-EOT\n      --index-url https://u:%s@pypi.example.com\n      redis==x.y\n    EOT\n  }\n}", b.name(), s.Text)
	}
}

// hosts adds layers with several hosts, with a secret in every place that one
// has, in sound entries and in broken ones.
func (b *bed) hosts() {
	suffix, version := "", ""
	if b.style == ephemeral {
		suffix, version = "_wo", "hosts_wo_version = 1"
	}
	secret := func(what string) string { return b.value(b.keep(b.secret("hosts: "+what, "")).Text) }
	url := func(what string) string {
		return b.value("redis://:" + b.keep(b.secret("hosts: "+what, "")).Text + "@127.0.0.1:1")
	}
	for _, broken := range []string{"", "\n    { host = \"a b\", password = " + secret("a password beside a broken host") + " },",
		"\n    { url = " + url("a URL beside a host") + ", host = \"b\" },", "\n    { password = " + secret("a password of no host") + " },"} {
		b.addf("resource \"channels_layer\" %q {\n  backend = \"pubsub\"\n  check = { on_apply = \"off\" }\n  hosts%s = [\n    { url = %s },\n    { host = \"127.0.0.1\", port = 1, username = \"u\", password = %s, arguments = { client_name = %s } },\n"+
			"    { sentinels = [{ host = \"127.0.0.1\", port = 1 }], master_name = \"m\", password = %s, sentinel_password = %s },%s\n  ]\n  %s\n}",
			b.name(), suffix, url("a URL"), secret("a password"), secret("an argument"), secret("a master's password"), secret("the Sentinels' password"), broken, version)
	}
}

// exclusions adds arguments that cannot stand together.
func (b *bed) exclusions() {
	url := func(what string) string { return b.value("redis://:" + b.secret(what, "").Text + "@127.0.0.1:1") }
	key := func(what string) string { return b.value(b.secret(what, "").Text) }
	b.addf("resource \"channels_layer\" %q {\n  redis_url = %s\n  redis_url_wo = %s\n}", b.name(), url("redis_url beside redis_url_wo"), url("redis_url_wo beside redis_url"))
	b.addf("resource \"channels_layer\" %q {\n  config = {\n    symmetric_encryption_keys = [%s]\n    symmetric_encryption_keys_wo = [%s]\n  }\n}",
		b.name(), key("a key beside a write-only one"), key("a write-only key beside another"))
}

// mistakesBeside adds a secret beside errors about other arguments.
func (b *bed) mistakesBeside() {
	url := b.value("redis://:" + b.secret("redis_url beside other errors", "").Text + "@127.0.0.1:1")
	b.addf("resource \"channels_layer\" %q {\n  redis_url = %s\n  check = { timeout = \"no duration\" }\n  findings = { \"no/such\" = \"error\" }\n}", b.name(), url)
}

// encryptionKeys adds layers with keys, sound ones and ones that cannot be
// rendered.
func (b *bed) encryptionKeys() {
	suffix, version := "", ""
	if b.style == ephemeral {
		suffix, version = "_wo", "symmetric_encryption_keys_wo_version = 1"
	}
	for _, delimiters := range []string{"", "=", ",", "#'\""} {
		first, second := b.keep(b.secret("the first key broken by "+delimiters, delimiters)), b.keep(b.secret("the second key", ""))
		b.addf("resource \"channels_layer\" %q {\n  config = {\n    symmetric_encryption_keys%s = [%s, %s]\n    %s\n  }\n  check = { on_plan = \"off\", on_apply = \"off\" }\n}",
			b.name(), suffix, b.value(first.Text), b.value(second.Text), version)
	}
}

// environments adds data sources that read secrets out of variables.
func (b *bed) environments(onFindings string) {
	add := func(argument, value string) {
		b.addf("data \"channels_environment\" %q {\n  %s = %s\n  on_findings = %q\n}", b.name(), argument, value, onFindings)
	}
	for i, name := range []string{"REDIS_URL", "REDIS_HOST", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE", "DATABASE_PASSWORD"} {
		for j, template := range []string{"redis://:{}@127.0.0.1:1", "redis://{}#x@127.0.0.1:1", "{} ", "'{}'", "${{}}", ":{}@h"} {
			if !b.takes(i + j) {
				continue
			}
			s := b.keep(b.secret("environment, "+name+"="+template, ""))
			add("environment", fmt.Sprintf("{ %s = %s }", name, b.value(fill(template, s.Text))))
		}
	}
	for _, template := range []string{
		"REDIS_URL=redis://:{}@127.0.0.1:1\n", "REDIS_URL='redis://:{}#@127.0.0.1:1'\n", "REDIS_URL=redis://:{}@a\nREDIS_URL=redis://:{}@b\n",
		"REDIS_HOST=\"redis://:{}@127.0.0.1:1\" # {}\n", "REDIS_PORT={}\nDEBUG={}\n", "{}\nexport {}\n", "REDIS_URL = ${{}}\n", "{}=1\nOTHER={}\n",
	} {
		s := b.keep(b.secret("dotenv, "+template, ""))
		add("dotenv", b.value(fill(template, s.Text)))
	}
}

// functions adds outputs of functions that succeed.
func (b *bed) functions() {
	var shown []string
	for _, row := range brokenURLs() {
		s := b.secret("redact_url "+row.url+" broken by "+row.delimiters, row.delimiters)
		value := b.value(fill(row.url, s.Text))
		for _, call := range []string{"provider::channels::redact_url(%s)", "can(provider::channels::parse_url(%s))"} {
			if b.style == variable {
				call = "nonsensitive(" + call + ")"
			}
			shown = append(shown, fmt.Sprintf(call, value))
		}
	}
	b.addf("output \"redacted\" {\n  value = [\n    %s\n  ]\n}", strings.Join(shown, ",\n    "))
	for name, call := range map[string]string{
		"parse_url":    `provider::channels::parse_url("redis://default:${%s}@h")`,
		"build_url":    `provider::channels::build_url({ host = "h", password = %s })`,
		"resolve":      `provider::channels::resolve({ REDIS_URL = %s }, false)`,
		"dotenv":       `provider::channels::dotenv({ SECRET = %s })`,
		"its password": `provider::channels::parse_url(provider::channels::build_url({ host = "h", password = %s })).password`,
	} {
		s := b.keep(b.secret("the result of "+name, ""))
		b.addf("output %q {\n  value = %s\n  sensitive = true\n}", b.name(), fmt.Sprintf(call, b.value(s.Text)))
	}
}

// failingFunctions adds outputs of functions that fail, and returns how many.
func (b *bed) failingFunctions() (calls int) {
	for name, call := range map[string]string{
		"parse_url":              `parse_url(%s)`,
		"parse_url, a version":   `parse_url("redis://h", %s)`,
		"parse_url, two":         `parse_url(%s, "7.4.1", "8.1.0")`,
		"build_url, host":        `build_url({ host = %s })`,
		"build_url, port":        `build_url({ host = "h", port = %s })`,
		"build_url, tls":         `build_url({ host = "h", tls = %s })`,
		"build_url, scheme":      `build_url({ host = "h", scheme = %s })`,
		"build_url, db":          `build_url({ host = "h", db = -1, password = %s })`,
		"build_url, no such":     `build_url({ host = "h", pasword = %s })`,
		"build_url, an argument": `build_url({ host = "h", socket_timeout = %s })`,
		"resolve, port":          `resolve({ REDIS_PORT = %s }, false)`,
		"resolve, debug":         `resolve({ DEBUG = %s }, null)`,
		"dotenv":                 `dotenv({ REDIS_URL = %s })`,
		"dotenv, a name":         `dotenv({ "1" = %s })`,
	} {
		for _, delimiters := range []string{"#'", "/?@:[]% \"$"} {
			s := b.secret("an argument of "+name, delimiters)
			b.addf("output %q {\n  value = provider::channels::%s\n  sensitive = true\n}", b.name(), fmt.Sprintf(call, b.value("redis://:"+s.Text+"@h")))
			calls++
		}
	}
	return calls
}

// ephemeralResources adds what only exists while a command runs.
func (b *bed) ephemeralResources() {
	for _, row := range brokenURLs() {
		s := b.secret("ephemeral, redis_url "+row.url+" broken by "+row.delimiters, row.delimiters)
		b.addf("ephemeral \"channels_layer\" %q {\n  redis_url = %s\n}", b.name(), b.value(fill(row.url, s.Text)))
	}
	s := b.secret("ephemeral, from one to the other", "")
	name := b.name()
	b.addf("ephemeral \"channels_layer\" %q {\n  redis_url = %s\n  config = { symmetric_encryption_keys = [%s] }\n}", name,
		b.value("redis://:"+s.Text+"@127.0.0.1:1"), b.value(b.secret("ephemeral, a key", "").Text))
	b.addf("resource \"channels_layer\" %q {\n  redis_url_wo = ephemeral.channels_layer.%s.environment[\"REDIS_URL\"]\n  redis_url_wo_version = 1\n}", b.name(), name)
}

// shown adds a layer whose host is recognisable and no secret: whoever looks for
// secrets finds it, and would find one.
func (b *bed) shown() canary.Secret {
	host := canary.New("a host, which is no secret")
	b.addf("resource \"channels_layer\" \"shown\" {\n  redis_url = \"redis://%s.invalid\"\n}", host.Text)
	return host
}

// outputs adds those of the first layer, by name.
func (b *bed) outputs() {
	b.addf("output \"layer\" {\n  value = channels_layer.r1\n  sensitive = true\n}")
	for _, name := range []string{"resolved_hosts", "settings_python", "reported_findings", "variable_names", "backend_class"} {
		b.addf("output %q {\n  value = channels_layer.r1.%s\n}", name, name)
	}
}

// endpoint is where a layer may lead.
type endpoint struct {
	scheme, address string
	// id is the finding that it gives; "" for a healthy one. passing ones are
	// no error.
	id      string
	passing bool
}

type endpoints struct {
	healthy *redistest.Server
	list    []endpoint
}

// newEndpoints starts everything that can be wrong with a Redis.
func newEndpoints(t *testing.T) *endpoints {
	t.Helper()
	healthy := redistest.Start(t, redistest.Password("a-made-up-one"))
	locked := redistest.Start(t, redistest.Password("a-made-up-one"))
	open := redistest.Start(t)
	secured := redistest.Start(t, redistest.TLS(redistest.NewAuthority(t)), redistest.Password("a-made-up-one"))
	fault := func(behave faults.Behaviour) string { return faults.Serve(t, behave).Addr() }
	return &endpoints{healthy: healthy, list: []endpoint{
		{scheme: "redis", address: healthy.Addr(), passing: true},
		{scheme: "redis", address: open.Addr(), id: "auth/password-not-set", passing: true},
		{scheme: "redis", address: locked.Addr(), id: "auth/wrong-password"},
		{scheme: "redis", address: faults.ClosedPort(t), id: "network/refused"},
		{scheme: "redis", address: fault(faults.Silent), id: "network/silent"},
		{scheme: "redis", address: fault(faults.HangUp), id: "network/closed"},
		{scheme: "redis", address: fault(faults.Greet("SSH-2.0-OpenSSH_9.6\r\n")), id: "redis/not-redis"},
		{scheme: "redis", address: fault(echo), id: "redis/not-redis"},
		{scheme: "redis", address: fault(echoAsError), id: "auth/refused"},
		{scheme: "redis", address: secured.Addr(), id: "tls/required"},
		{scheme: "rediss", address: locked.Addr(), id: "tls/plaintext-server"},
		{scheme: "rediss", address: secured.Addr(), id: "tls/unknown-authority"},
	}}
}

// echo sends back what it is sent, the password included.
func echo(conn net.Conn) { _, _ = io.Copy(conn, conn) }

// echoAsError does what Redis does with commands that it does not know: it
// quotes their arguments.
func echoAsError(conn net.Conn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		text := strings.NewReplacer("\r", "", "\n", " ").Replace(string(buffer[:n]))
		if _, err := fmt.Fprintf(conn, "-ERR unknown command 'AUTH', with args beginning with: '%s'\r\n", text); err != nil {
			return
		}
	}
}

// ids are all findings that the endpoints give.
func (e *endpoints) ids() []string {
	var ids []string
	for _, end := range e.list {
		if end.id != "" {
			ids = append(ids, end.id)
		}
	}
	return ids
}

// failures are those of them that are errors.
func (e *endpoints) failures() []string {
	var ids []string
	for _, end := range e.list {
		if end.id != "" && !end.passing {
			ids = append(ids, end.id)
		}
	}
	return ids
}

// allow lets a user into the healthy server.
func (e *endpoints) allow(user, password string) {
	e.healthy.Do("ACL", "SETUSER", user, "on", ">"+password, "~*", "&*", "+@all")
}

// expectLoggedIn fails the test unless the healthy server took secrets.
func (e *endpoints) expectLoggedIn(t *testing.T) {
	t.Helper()
	if e.healthy.Connections() == 0 {
		t.Error("nobody came to the healthy Redis")
	}
	if log, _ := e.healthy.Do("ACL", "LOG").([]any); len(log) != 0 {
		t.Errorf("the healthy Redis turned somebody away: %v", log)
	}
}

// liveLayers adds layers with sound URLs for every endpoint.
func (b *bed) liveLayers(ends *endpoints) {
	for i, end := range ends.list {
		fresh := func(what, delimiters string) canary.Secret {
			return b.keep(b.secret(fmt.Sprintf("%s for %s, endpoint %d", what, end.id, i), delimiters))
		}
		row := i
		add := func(user string, s canary.Secret, url string) {
			if end.address == ends.healthy.Addr() && user != "" {
				ends.allow(user, s.Text)
			}
			b.layer(row, end.scheme+"://"+url)
		}
		for _, addRow := range []func(){
			func() {
				s := fresh("an encoded password", "#/?@:[]% \"'\n")
				add("default", s, ":"+s.Encoded()+"@"+end.address+"/0")
			},
			func() {
				s := fresh("a raw password", "@:%;, =")
				add("default", s, "default:"+s.Text+"@"+end.address)
			},
			func() {
				s := fresh("a query password", "#&")
				add("default", s, end.address+"/0?password="+s.Encoded())
			},
			func() {
				user, s := fresh("a user name", ""), fresh("a user's password", "")
				add(user.Text, s, user.Text+":"+s.Text+"@"+end.address+"/1")
			},
			func() {
				s := fresh("a fragment", "")
				add("", s, end.address+"/0#"+s.Text)
			},
		} {
			if b.takes(row) {
				addRow()
			}
			row++
		}
	}
}
