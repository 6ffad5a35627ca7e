package channelconfig

import (
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// HostsJSON are the entries as JSON, in the form that channels_redis 4.0 to 4.3
// take: URLs as text, whatever parts they were written in, and what has no URL,
// a Sentinel's master, as an object. It is ASCII, as Python's json.dumps writes
// it, on one line. The error is the [*HostError] of the first entry that has
// one.
func HostsJSON(hosts []Host) (secret.String, error) {
	list := make([]string, len(hosts))
	for i, h := range hosts {
		text, err := h.json()
		if err != nil {
			return secret.String{}, err
		}
		list[i] = text
	}
	return secret.New("[" + strings.Join(list, ",") + "]"), nil
}

// SpelledHosts is the JSON in a spelling that every reader of .env files and
// every shell leaves as it is, and that the rendered settings read as well: what
// JSON needs quotes for is percent-encoded, so that no quote is left.
func SpelledHosts(text secret.String) secret.String {
	const safe = "-._:/,@[]{}="
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for _, c := range []byte(text.Reveal()) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if letter || strings.IndexByte(safe, c) >= 0 {
			out.WriteByte(c)
		} else {
			out.WriteString(string([]byte{'%', digits[c>>4], digits[c&15]}))
		}
	}
	return secret.New(out.String())
}

func (h Host) json() (string, error) {
	switch {
	case h.Problem != nil:
		return "", h.Problem
	case h.Sentinel != nil:
		return h.sentinelJSON(), nil
	}
	url, err := h.AsURL()
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(url.Reveal()) {
		return "", &HostError{Reason: HostArgument, Setting: h.Setting}
	}
	if h.IsURL() && h.hasBeside() {
		return h.addressJSON(), nil
	}
	return jsonText(url.Reveal()), nil
}

// addressJSON is a URL with what a URL cannot say (create_pool of channels_redis
// from 4.1 on; 4.0 ignores it).
func (h Host) addressJSON() string {
	encrypted := h.Encrypted()
	members := []string{`"address":` + jsonText(h.URL.Reveal())}
	members = append(members, arguments(h.Username, h.Password, h.DB, false, nil)...)
	for _, name := range slices.Sorted(maps.Keys(h.Arguments)) {
		members = append(members, jsonText(name)+":"+jsonArgument(name, h.Arguments[name], encrypted))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// sentinelJSON is what create_pool takes for a master that Sentinels know.
func (h Host) sentinelJSON() string {
	s := h.Sentinel
	addresses := make([]string, len(s.Addresses))
	for i, address := range s.Addresses {
		addresses[i] = "[" + jsonText(address.Host) + "," + address.Port.String() + "]"
	}
	members := []string{
		`"sentinels":[` + strings.Join(addresses, ",") + "]",
		`"master_name":` + jsonText(s.MasterName),
	}
	if own := arguments(s.Username, s.Password, nil, s.TLS, s.Arguments); len(own) > 0 {
		members = append(members, `"sentinel_kwargs":{`+strings.Join(own, ",")+"}")
	}
	members = append(members, arguments(h.Username, h.Password, h.DB, h.TLS, h.Arguments)...)
	return "{" + strings.Join(members, ",") + "}"
}

// arguments are keyword arguments of a connection.
func arguments(username, password secret.String, db *big.Int, tls bool, more map[string]secret.String) []string {
	var members []string
	if !username.IsEmpty() {
		members = append(members, `"username":`+jsonText(username.Reveal()))
	}
	if !password.IsEmpty() {
		members = append(members, `"password":`+jsonText(password.Reveal()))
	}
	if db != nil {
		members = append(members, `"db":`+db.String())
	}
	if tls {
		members = append(members, `"ssl":true`)
	}
	for _, name := range slices.Sorted(maps.Keys(more)) {
		members = append(members, jsonText(name)+":"+jsonArgument(name, more[name], tls))
	}
	return members
}

// jsonArgument is an argument as its parser reads it from a URL: a keyword
// argument has no parser.
func jsonArgument(name string, text secret.String, tls bool) string {
	url, err := redisurl.Build(redisurl.Parts{TLS: &tls, Host: sentinelHost, Query: map[string]secret.String{name: text}})
	if err != nil {
		return jsonText(text.Reveal())
	}
	c, err := connectionOf(url, redisurl.Newest)
	option := c.Options[name]
	switch {
	case err != nil:
	case option.Int != nil:
		return option.Int.String()
	case option.Bool != nil:
		return strconv.FormatBool(*option.Bool)
	case option.Float != nil && !math.IsNaN(*option.Float) && !math.IsInf(*option.Float, 0):
		return strconv.FormatFloat(*option.Float, 'g', -1, 64)
	}
	return jsonText(text.Reveal())
}

// jsonText is json.dumps of a text: ASCII, with a pair of surrogates for what
// lies beyond U+FFFF.
func jsonText(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r >= ' ' && r < 0x7f:
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out.WriteString(escaped(high) + escaped(low))
		default:
			out.WriteString(escaped(r))
		}
	}
	out.WriteByte('"')
	return out.String()
}

func escaped(r rune) string {
	text := strconv.FormatInt(int64(r), 16)
	return `\u` + strings.Repeat("0", 4-len(text)) + text
}
