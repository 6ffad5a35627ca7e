package redisurl_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strconv"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
)

// parsed is what Parse makes of a URL, in the oracle's terms.
func parsed(t testing.TB, url string, line redisurl.Line) python.URLResult {
	t.Helper()
	got, err := redisurl.Parse(secret.New(url), line)
	if err == nil {
		return python.URLResult{Connection: converted(got.Connection, line)}
	}
	var refused *redisurl.Error
	if !errors.As(err, &refused) {
		t.Fatalf("%q: %T is not an *Error", url, err)
	}
	return python.URLResult{Error: &python.Refusal{
		Stage: refused.Stage.String(), Exception: refused.Exception,
		Reason: asPythonSays(refused.Reason), Argument: refused.Argument,
	}}
}

// asPythonSays maps reasons for which redis-py has one message.
func asPythonSays(reason redisurl.Reason) string {
	switch reason {
	case redisurl.UnbalancedBracket, redisurl.TextAroundBrackets:
		return "brackets"
	case redisurl.NoScheme, redisurl.UnknownScheme:
		return "scheme"
	}
	return string(reason)
}

func converted(c redisurl.Connection, line redisurl.Line) *python.Connection {
	out := &python.Connection{
		Transport: map[redisurl.Transport]string{redisurl.TCP: "tcp", redisurl.TLS: "tls", redisurl.Unix: "unix"}[c.Transport],
		Host:      c.Host, Path: c.Path, Username: c.Username.Reveal(), Password: c.Password.Reveal(), DB: c.DB.String(),
		Options: map[string]python.Option{},
	}
	if c.Port != nil {
		out.Port = c.Port.String()
	}
	reply, connect := c.SocketTimeouts(line)
	out.SocketTimeout, out.SocketConnectTimeout = seconds(reply), seconds(connect)
	for name, option := range c.Options {
		out.Options[name] = convertedOption(name, option, line)
	}
	if c.Transport == redisurl.TLS {
		out.TLS = convertedTLS(c.TLSSettings(line))
	}
	return out
}

func convertedOption(name string, option redisurl.Option, line redisurl.Line) python.Option {
	switch {
	case option.Int != nil:
		text := option.Int.String()
		return python.Option{Int: &text}
	case option.Float != nil:
		return python.Option{Float: seconds(option.Float)}
	case option.Bool != nil:
		return python.Option{Bool: option.Bool}
	}
	text := option.Text.Reveal()
	return python.Option{Text: &text}
}

func convertedTLS(s redisurl.TLSSettings) *python.TLS {
	out := &python.TLS{
		CertReqs: string(s.CertReqs), CheckHostname: s.CheckHostname, CACerts: s.CACerts, CAPath: s.CAPath, CAData: s.CAData,
		CertFile: s.CertFile, KeyFile: s.KeyFile, KeyPassword: s.KeyPassword.Reveal(), Impossible: s.Impossible, Ciphers: s.Ciphers,
		IncludeFlags: []string{}, ExcludeFlags: []string{},
	}
	out.MinVersion = digits(s.MinVersion)
	for _, flag := range s.IncludeFlags {
		out.IncludeFlags = append(out.IncludeFlags, flagName(flag))
	}
	for _, flag := range s.ExcludeFlags {
		out.ExcludeFlags = append(out.ExcludeFlags, flagName(flag))
	}
	return out
}

// flagName: the oracle writes "?" for an attribute that is no flag.
func flagName(flag string) string {
	if len(flag) > len("VERIFY_") && flag[:len("VERIFY_")] == "VERIFY_" {
		return flag
	}
	return "?"
}

func digits(n *big.Int) *string {
	if n == nil {
		return nil
	}
	text := n.String()
	return &text
}

// seconds is a float with every digit it takes, nil for none.
func seconds(f *float64) *string {
	if f == nil {
		return nil
	}
	text := strconv.FormatFloat(*f, 'g', -1, 64)
	return &text
}

// normal brings Python's spellings of floats, and lists of flags, into the
// form of converted.
func normal(t testing.TB, result python.URLResult) python.URLResult {
	t.Helper()
	if result.Connection == nil {
		return result
	}
	c := *result.Connection
	c.SocketTimeout, c.SocketConnectTimeout = respelled(t, c.SocketTimeout), respelled(t, c.SocketConnectTimeout)
	options := map[string]python.Option{}
	for name, option := range c.Options {
		option.Float = respelled(t, option.Float)
		options[name] = option
	}
	c.Options = options
	return python.URLResult{Connection: &c}
}

func respelled(t testing.TB, text *string) *string {
	t.Helper()
	if text == nil {
		return nil
	}
	f, err := strconv.ParseFloat(*text, 64)
	if err != nil && !math.IsInf(f, 0) {
		t.Fatal(err)
	}
	return seconds(&f)
}

// difference is "" if Go and Python agree, else both as JSON.
func difference(t testing.TB, goes, pythons python.URLResult) string {
	t.Helper()
	pythons = normal(t, pythons)
	if pythons.Connection != nil && goes.Connection != nil {
		for name, option := range pythons.Connection.Options {
			if option.Flags != nil { // compared by name, in TLS
				pythons.Connection.Options[name] = goes.Connection.Options[name]
			}
		}
	}
	if pythons.Error != nil && goes.Error != nil && goes.Error.Argument == "" {
		// Go names an argument only if it is a known one.
		same := *pythons.Error
		same.Argument = ""
		pythons.Error = &same
	}
	if pythons.Error != nil && goes.Error != nil && pythons.Error.Argument == "" {
		same := *goes.Error
		same.Argument = ""
		goes.Error = &same
	}
	a, b := inJSON(t, goes), inJSON(t, pythons)
	if a == b {
		return ""
	}
	return "\n  Go:     " + a + "\n  Python: " + b
}

func inJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
