// Package generate makes URLs and environments to compare Go and Python by.
// They are made of the pieces that parsers stumble over, and are the same for
// the same seed and index. Every secret in them is made up.
package generate

import (
	"math/rand/v2"
	"strings"
)

// URL is the generated URL of that index.
func URL(seed, index uint64) string {
	g := newGenerator(seed, index)
	url := g.url()
	for g.chance(15) {
		url = g.mutate(url)
	}
	return url
}

// Environment is the generated environment of that index: some of REDIS_URL,
// REDIS_HOST, REDIS_PORT and DEBUG.
func Environment(seed, index uint64) map[string]string {
	g := newGenerator(seed, index)
	environ := map[string]string{}
	if g.chance(50) {
		url := ""
		if g.chance(70) {
			url = g.url()
		} else if g.chance(50) {
			url = g.pick(spaces())
		}
		environ["REDIS_URL"] = noNUL(url)
	}
	if g.chance(60) {
		environ["REDIS_HOST"] = noNUL(g.host())
	}
	if g.chance(75) {
		environ["REDIS_PORT"] = noNUL(g.number())
	}
	if g.chance(50) {
		environ["DEBUG"] = g.pick([]string{"True", "False", "true", "false", "1", "0", "", "yes", "on"})
	}
	return environ
}

// Number is the generated text of that index, for int() and float().
func Number(seed, index uint64) string {
	g := newGenerator(seed, index)
	text := g.number()
	for g.chance(30) {
		text = g.mutate(text)
	}
	return text
}

// Text is a generated text of that index, for str.lower() and unquote.
func Text(seed, index uint64) string {
	g := newGenerator(seed, index)
	var out strings.Builder
	for range g.IntN(8) + 1 {
		out.WriteString(g.pick([]string{g.piece(), g.piece(), g.escape(), string(g.letter()), "Σ", "'", ".", "\u0301"}))
	}
	return out.String()
}

// noNUL: an environment variable holds none.
func noNUL(text string) string { return strings.ReplaceAll(text, "\x00", "") }

type generator struct {
	*rand.Rand
	// polite: only query arguments that most lines take, so that more than one
	// of them can be looked at.
	polite bool
}

func newGenerator(seed, index uint64) generator {
	source := rand.New(rand.NewPCG(seed, index))
	return generator{source, source.IntN(100) < 40}
}

// chance is true in percent of 100 cases.
func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) pick(from []string) string { return from[g.IntN(len(from))] }

func (g generator) url() string {
	var out strings.Builder
	if g.chance(5) {
		out.WriteString(g.pick(spaces()))
	}
	out.WriteString(g.scheme())
	if g.chance(60) {
		out.WriteString(g.userinfo() + "@")
	}
	out.WriteString(g.hostPort())
	if g.chance(60) {
		out.WriteString(g.path())
	}
	if g.chance(65) {
		out.WriteString("?" + g.query())
	}
	if g.chance(5) {
		out.WriteString("#" + g.piece())
	}
	return out.String()
}

func (g generator) scheme() string {
	if g.chance(90) {
		return g.pick([]string{"redis://", "redis://", "rediss://", "unix://"})
	}
	return g.pick([]string{
		"", "//", "redis:", "redis:/", "redis:///", "rediss:", "unix:", "unix:/", "unix:///", "REDIS://", "Rediss://",
		"UNIX://", "valkey://", "valkeys://", "tcp://", "http://", "redis+tls://", "1redis://", "\"redis://", "'redis://",
		" redis://", "re dis://", "r\u00e9dis://", "redis\t://", "://", "redis//", "redis;//",
	})
}

func (g generator) userinfo() string {
	switch g.IntN(10) {
	case 0:
		return ""
	case 1:
		return g.secret()
	case 2:
		return ":"
	case 3, 4:
		return ":" + g.secret()
	case 5:
		return g.secret() + ":"
	default:
		return g.secret() + ":" + g.secret()
	}
}

func (g generator) secret() string {
	if g.chance(25) {
		return g.pick([]string{"default", "app", "sesame", "open-sesame", "p4ss_w0rd~", "x"})
	}
	var out strings.Builder
	for range g.IntN(6) + 1 {
		out.WriteString(g.piece())
	}
	return out.String()
}

func (g generator) hostPort() string {
	host := g.host()
	if g.chance(60) {
		host += ":" + g.port()
	}
	return host
}

func (g generator) host() string {
	if g.chance(55) {
		return g.pick([]string{"redis", "redis.example.com", "127.0.0.1", "cache_1", "Redis.Example.COM", "localhost", "[::1]"})
	}
	if g.chance(20) {
		return g.secret()
	}
	return g.pick([]string{
		"", "[::1]", "[fe80::1%eth0]", "[fe80::1%25eth0]", "[::ffff:1.2.3.4]", "[1.2.3.4]", "[v1.x]", "[v1.]", "[vg.x]", "[v.x]",
		"[V1.x]", "[]", "[:]", "[:::]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8:9]", "[1:2:3:4:5:6:7::]", "[::12345]", "[::01]",
		"[::1.2.3.04]", "[::1%]", "[::1%a%b]", "x[::1]", "[::1]x", "[[::1]]", "[::1", "::1]", "]::1[", "::1", "fe80::1%eth0", "a,b", "a:1,b",
		"h%41B", "%52edis", "RED%49S", "r%C3%A9dis", "r\u00e9dis", "R\u00c9DIS", "STRA\u00dfE", "\u0130X", "\u039f\u0394\u039f\u03a3", "\u03a3", "A\u03a3.B",
		"h ", " h", "h\t", "h\\", "a/c\u2100", "\u2100", "h\uff0f", "h\uff1a1", "h%", "h%zz", "h%ff", "h%E2%82", "${REDIS_HOST}", "$(HOST)",
	})
}

func (g generator) port() string {
	if g.chance(60) {
		return g.pick([]string{"6379", "6379", "6380", "1", "65535"})
	}
	if g.chance(20) {
		return g.secret()
	}
	return g.pick([]string{
		"", "0", "00", "06379", "65536", "70000", "99999999999999999999", "-1", "+1", "6_379", "6379 ", " 6379", "6379.0",
		"\u0666", "\uff16", "\u00b2", "6379:6380", "12:", ":", "0x10", "${REDIS_PORT}", strings.Repeat("0", 4301), strings.Repeat("0", 4299) + "5",
	})
}

func (g generator) path() string {
	if g.chance(45) {
		return g.pick([]string{"/", "/0", "/1", "/15", "/2/"})
	}
	if g.chance(30) {
		return "/" + g.number()
	}
	return g.pick([]string{
		"//", "//1", "/1/2", "/0/1", "/abc", "/0\"", "/0;", "/;1", "/ 1", "/1 ", "/%31", "/1%2F2", "/%2531", "/-1", "/+1", "/1_0", "/1__0",
		"/\u0663", "/\u0663\u0661", "/%D9%A3", "/1%20", "/%0a1", "/\u00a01", "/\x1c1", "/1\x1f", "/\x1c\u0661", "/tmp/redis.sock", "/tmp/redis.sock/2",
		"/tmp/r%20s.sock", "/w@h", "/w@h:6379/1", "/1@", "/a%2fb", "/./1", "/..", "/1e1", "/0x1", "/1,2",
	})
}

func (g generator) query() string {
	fields := make([]string, g.IntN(3)+1)
	for i := range fields {
		fields[i] = g.field()
	}
	if g.chance(10) {
		fields = append(fields, fields[0])
	}
	separator := "&"
	if g.chance(4) {
		separator = g.pick([]string{";", "&&", "&amp;", "?"})
	}
	return strings.Join(fields, separator)
}

func (g generator) field() string {
	name := g.pick(names())
	if g.polite {
		name = g.pick(politeNames())
		return name + "=" + g.value(name)
	}
	if g.chance(6) {
		name = g.secret()
	}
	switch g.IntN(20) {
	case 0:
		return name
	case 1:
		return name + "="
	case 2:
		return name + "==" + g.value(name)
	case 3:
		return strings.ToUpper(name) + "=" + g.value(name)
	case 4:
		return strings.Replace(name, "_", "%5F", 1) + "=" + g.value(name)
	}
	return name + "=" + g.value(name)
}

func (g generator) value(name string) string {
	if g.chance(6) {
		return g.secret()
	}
	switch name {
	case "db", "max_connections", "health_check_interval", "socket_timeout", "socket_connect_timeout", "socket_read_size",
		"ssl_min_version", "timeout", "port":
		return g.number()
	case "protocol":
		if g.chance(60) {
			return g.pick([]string{"2", "3"})
		}
		return g.number()
	case "ssl_include_verify_flags", "ssl_exclude_verify_flags":
		return g.pick([]string{
			"VERIFY_X509_STRICT", "[VERIFY_X509_STRICT,VERIFY_CRL_CHECK_LEAF]", "[VERIFY_X509_STRICT,+VERIFY_CRL_CHECK_LEAF]",
			"VERIFY_X509_STRICT,", "[]", "verify_x509_strict", "VERIFY_DEFAULT", "VERIFY_X509_PARTIAL_CHAIN%20", "1", "mro", "__doc__", "VERIFY_NONE",
			"[[VERIFY_ALLOW_PROXY_CERTS]]", "VERIFY_X509_TRUSTED_FIRST,VERIFY_X509_TRUSTED_FIRST", "%C2%A0VERIFY_X509_STRICT%1F",
		})
	case "ssl_cert_reqs":
		return g.pick([]string{"none", "optional", "required", "None", "CERT_NONE", "required%20", "0", "%6eone", "%256eone", "n%6fne"})
	case "socket_keepalive", "retry_on_timeout", "ssl_check_hostname", "legacy_responses", "decode_responses":
		return g.pick([]string{"True", "False", "true", "false", "1", "0", "yes", "no", "off", "on", "F", "n", "No", "fal\u017fe", "FAL%C5%BFE", "%46", "%2546", " ", "+", "none", "f%20"})
	}
	return g.pick([]string{"x", "1", "True", "/etc/ssl/ca.pem", "a+b", "a%2Bb", "a%20b", "a%2520b", "%", "%25", "%zz", "%ff", "%25ff", "caf\u00e9", "x%3Dy", "redis-py", "utf-8"})
}

func (g generator) number() string {
	if g.chance(40) {
		return g.pick([]string{"0", "1", "2", "5", "10", "15", "3", "6379", "771"})
	}
	return g.pick([]string{
		"-1", "+1", "--1", "+-1", "1_0", "_1", "1_", "1__0", "01", "00", "1.5", ".5", "5.", ".", "1e3", "1e", "1e+", "1E-3", "1_0.5_0e1_0", "1_.5", "1._5",
		"1e_5", "inf", "-inf", "Infinity", "infinit", "nan", "NaN", "-nan", "+nan", "nan(1)", "0x10", "0b1", "1L", "1j", "", " ", "1 ", " 1", "%201", "1%20", "+ 1", "1 2", "%2B1", "+1%0a",
		"\u0661", "\u0661\u0662", "\uff11\uff12", "\u0967", "\U0001d7ce", "\U0001d7ff", "\u00b2", "\u2460", "\u00bd", "\u4e00", "1\u0661", "\u0661.\u0665", "%D9%A1",
		"1\u00a0", "\u20031", "\u30001\u2029", "\u200b1", "\ufeff1", "\x1c1", "\x1c\u0661", "1\u0085", "\u0661\x1f", "\v1\f", "\t1\n", "1\r\n", "1\x00", "\x001", "1\x7f",
		"1e400", "-1e400", "1e-400", "4.9e-324", "2.4703282292062327e-324", "1.7976931348623157e308", "1.7976931348623159e308", "0.1", "123456789012345678901234567890",
		"1" + strings.Repeat("0", 4299), "1" + strings.Repeat("0", 4300), strings.Repeat("0", 4301), strings.Repeat("1_", 4299) + "1",
		"tcp://10.0.0.1:6379", "6379.0", "\"6379\"", "'6379'", "${REDIS_PORT}", "None", "True", "6,379", "6379;", "6379#", "3600s",
	})
}

// piece is one of what passwords and other parts are made of.
func (g generator) piece() string {
	switch g.IntN(12) {
	case 0, 1, 2:
		return string(rune('a' + g.IntN(26)))
	case 3:
		return string(rune('A' + g.IntN(26)))
	case 4:
		return string(rune('0' + g.IntN(10)))
	case 5, 6:
		return g.escape()
	case 7:
		return string(g.letter())
	case 8:
		return g.pick(spaces())
	default:
		return g.pick([]string{
			"@", ":", "%", "[", "]", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=", "-", ".", "_", "~", " ", "\"", "<", ">", "^", "`", "{", "|", "}", "\\",
			"/", "?", "#", "%%", "%4", "%g0", "%2", "://", "@@", "::", "\u2100", "\uff20", "\uff03", "[::1]", "[::1", "]",
		})
	}
}

// escape is a percent-encoded byte or run of bytes, of UTF-8 or not.
func (g generator) escape() string {
	if g.chance(50) {
		const digits = "0123456789abcdefABCDEF"
		return "%" + string(digits[g.IntN(len(digits))]) + string(digits[g.IntN(len(digits))])
	}
	return g.pick([]string{
		"%40", "%2F", "%2f", "%3A", "%23", "%3F", "%25", "%2540", "%2525", "%20", "%00", "%0a", "%5B", "%C3%A9", "%E2%82%AC", "%F0%9F%94%91", "%ff", "%C3", "%E2%82",
		"%F0%9F%94", "%ED%A0%80", "%C0%AF", "%F4%90%80%80", "%E0%80%80", "%C3\u00e9", "%E2\u00e9%82", "%f0%9f%41", "%D9%A3", "%C5%BF",
	})
}

// letter is a character outside of ASCII, of those that lower-casing,
// normalization and numbers look at, or any.
func (g generator) letter() rune {
	special := []rune("éÉßſİıΣσςΆЖ１٣²½①一℀／：？＃＠⁈﹕﹟\u0301\u00ad\u200d\u200b\ufeff\u00b7\u2019ǅȺẞΩK\U0001F511\U00010400\U000E0001\ufffd")
	if g.chance(80) {
		return special[g.IntN(len(special))]
	}
	for {
		r := rune(0x80 + g.IntN(0x3000))
		if r < 0xd800 || r > 0xdfff {
			return r
		}
	}
}

func (g generator) mutate(text string) string {
	runes := []rune(text)
	at := g.IntN(len(runes) + 1)
	switch g.IntN(4) {
	case 0:
		if at < len(runes) {
			return string(runes[:at]) + string(runes[at+1:])
		}
	case 1:
		if at < len(runes) {
			return string(runes[:at]) + strings.ToUpper(string(runes[at])) + string(runes[at+1:])
		}
	case 2:
		return string(runes[:at]) + g.pick(spaces()) + string(runes[at:])
	}
	return string(runes[:at]) + g.piece() + string(runes[at:])
}

func spaces() []string {
	return []string{" ", "\t", "\n", "\r", "\r\n", "\v", "\f", "\x00", "\x1c", "\x1f", "\x7f", "\u0085", "\u00a0", "\u2003", "\u2028", "\u3000", "  "}
}

func politeNames() []string {
	return strings.Fields(`
		db socket_timeout socket_connect_timeout health_check_interval max_connections retry_on_timeout ssl_check_hostname
		ssl_cert_reqs ssl_ca_certs ssl_certfile ssl_keyfile ssl_ca_data client_name username password host port path
		protocol retry_on_error ssl_min_version ssl_include_verify_flags socket_read_size legacy_responses`)
}

// names are query arguments: of every redis-py line, of other clients, and
// those that mean something to a function call.
func names() []string {
	return strings.Fields(`
		db db socket_timeout socket_timeout socket_connect_timeout health_check_interval max_connections retry_on_timeout
		socket_keepalive ssl_check_hostname ssl_cert_reqs ssl_cert_reqs ssl_ca_certs ssl_certfile ssl_keyfile ssl_ca_data
		ssl_ca_path ssl_password ssl_min_version ssl_ciphers ssl_include_verify_flags ssl_exclude_verify_flags
		protocol protocol client_name lib_name lib_version username password host port path encoding encoding_errors decode_responses
		socket_read_size socket_type socket_keepalive_options retry retry_on_error parser_class encoder_class
		redis_connect_func credential_provider event_dispatcher driver_info legacy_responses connection_class
		maint_notifications_config maint_notifications_pool_handler maintenance_state maintenance_notification_hash
		orig_host_address orig_socket_timeout orig_socket_connect_timeout oss_cluster_maint_notifications_handler himport_registry
		timeout ssl skip_verify dial_timeout foo self cls url kwargs connection_kwargs single_connection_client ssl_context ssl_validate_ocsp
		queue_class args __class__ driver_infos`)
}
