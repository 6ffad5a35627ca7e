package redisurl

import (
	"math/big"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Defaults of the connection classes (redis/asyncio/connection.py).
const (
	defaultHost = "localhost"
	defaultPort = 6379
)

// Parse reads a URL as Django does through channels_redis with redis-py of
// that line: ConnectionPool.from_url(url), then make_connection(). The error,
// if any, is an [*Error].
func Parse(raw secret.String, line Line) (*URL, error) {
	p := &parser{line: line, cleaned: clean(raw.Reveal()), options: map[string]Option{}}
	p.split = urlsplit(p.text)
	p.query = parseQuery(p.split.query, p.queryAt)
	p.written = p.describe()
	for _, step := range []func() *Error{p.parseURL, p.makePool, p.makeConnection} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &URL{Connection: p.connection(), Scheme: p.scheme, Written: p.written}, nil
}

// HostPort is what redis-py connects with for a host and port without a URL,
// as channels_redis passes a (host, port) tuple on:
// ConnectionPool(host=host, port=port). The host stays as it is. A nil port is
// redis-py's default.
func HostPort(host string, port *big.Int) Connection {
	if port == nil {
		port = big.NewInt(defaultPort)
	}
	return Connection{Transport: TCP, Host: host, Port: new(big.Int).Set(port), DB: new(big.Int), Options: map[string]Option{}}
}

// parser carries one URL through redis-py's steps.
type parser struct {
	cleaned
	split
	query
	line    Line
	written Written

	// What parse_url puts into its keyword arguments; nil or "" where it puts
	// nothing.
	transport          Transport
	host, path         string
	port, db           *big.Int
	username, password string
	// options are the query arguments, by name.
	options map[string]Option
}

// fail builds every refusal. at is an offset in the cleaned text, -1 for none.
func (p *parser) fail(stage Stage, exception string, reason Reason, at int, name string) *Error {
	if !isKnown(name) {
		name = ""
	}
	return &Error{
		Reason: reason, Stage: stage, Exception: exception,
		Offset: p.origin(at), Argument: name, Written: p.written,
	}
}

// parseURL mirrors parse_url of redis/asyncio/connection.py, in its order.
func (p *parser) parseURL() *Error {
	if r := p.check(); r != nil {
		return p.fail(AtParse, valueError, r.reason, r.at, "")
	}
	for _, a := range p.arguments {
		option, ok := p.readArgument(a)
		if !ok {
			return p.fail(AtParse, valueError, ArgumentValue, a.valueAt, a.name)
		}
		p.options[a.name] = option
	}
	p.username, p.password = unquote(p.split.username()), unquote(p.split.password())
	switch p.scheme {
	case "unix":
		p.transport, p.path = Unix, unquote(p.split.path)
		return nil
	case "redis", "rediss":
		return p.parseNetwork()
	}
	reason := UnknownScheme
	if !p.hasScheme {
		reason = NoScheme
	}
	return p.fail(AtParse, valueError, reason, 0, "")
}

// parseNetwork is parse_url's branch for redis and rediss.
func (p *parser) parseNetwork() *Error {
	p.transport = TCP
	if p.scheme == "rediss" {
		p.transport = TLS
	}
	p.host = unquote(p.hostname())
	if p.split.port != "" {
		port, reason := readPort(p.split.port)
		if reason != "" {
			return p.fail(AtParse, valueError, reason, p.portAt, "")
		}
		if port.Sign() != 0 { // parse_url passes over a port of 0
			p.port = port
		}
	}
	if _, has := p.options["db"]; !has {
		if db, err := pyvalue.Int(strings.ReplaceAll(unquote(p.split.path), "/", "")); err == nil {
			p.db = db
		}
	}
	return nil
}

// readPort mirrors SplitResult.port.
func readPort(text string) (port *big.Int, reason Reason) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return nil, PortNotNumber
		}
	}
	port, err := pyvalue.Int(text)
	if err != nil || port.Cmp(big.NewInt(65535)) > 0 {
		return nil, PortOutOfRange
	}
	return port, ""
}

// readArgument reads a query argument with the line's parser for it.
func (p *parser) readArgument(a argument) (Option, bool) {
	text := a.value
	if p.line < line81 {
		// parse_qs decoded the value, and before 8.1.0 parse_url does again.
		text = unquote(text)
	}
	option := Option{Text: secret.New(text)}
	switch parserOf(a.name, p.line) {
	case asInt:
		n, err := pyvalue.Int(text)
		option.Int = n
		return option, err == nil
	case asFloat:
		f, err := pyvalue.Float(text)
		option.Float = &f
		return option, err == nil
	case asBool:
		truth := toBool(text)
		option.Bool = &truth
	case asFlags:
		_, ok := verifyFlags(text)
		return option, ok
	}
	return option, true
}

// toBool mirrors to_bool of redis/asyncio/connection.py for text that is not
// empty.
func toBool(text string) bool {
	switch strings.ToUpper(text) {
	case "0", "F", "FALSE", "N", "NO":
		return false
	}
	return true
}

// connection is what the connection object holds, once every step passed.
func (p *parser) connection() Connection {
	c := Connection{
		Transport: p.transport, DB: p.db,
		Username: secret.New(p.username), Password: secret.New(p.password), Options: p.options,
	}
	// What stands in the URL itself wins over a query argument of that name.
	c.Username = p.takeOption("username", c.Username)
	c.Password = p.takeOption("password", c.Password)
	host, path, port := p.takeOption("host", secret.New(p.host)), p.takeOption("path", secret.New(p.path)), p.takePort()
	if db, has := p.options["db"]; has {
		c.DB = db.Int
		delete(p.options, "db")
	}
	if c.DB == nil {
		c.DB = new(big.Int)
	}
	// parse_url sets the connection class of rediss and unix itself.
	delete(p.options, "connection_class")
	if p.transport == Unix {
		c.Path = path.Reveal()
		return c
	}
	c.Host, c.Port = host.Reveal(), port
	if c.Host == "" {
		c.Host = defaultHost
	}
	return c
}

// takeOption takes the query argument of that name out of the options, and
// returns its text where the URL itself gives none.
func (p *parser) takeOption(name string, given secret.String) secret.String {
	option, has := p.options[name]
	delete(p.options, name)
	if has && given.IsEmpty() {
		return option.Text
	}
	return given
}

// takePort is the port in effect, nil for a Unix socket.
func (p *parser) takePort() *big.Int {
	text := p.takeOption("port", secret.String{})
	switch {
	case p.transport == Unix:
		return nil
	case p.port != nil:
		return p.port
	}
	// makeConnection has read it before.
	if port, err := pyvalue.Int(text.Reveal()); err == nil {
		return port
	}
	return big.NewInt(defaultPort)
}
