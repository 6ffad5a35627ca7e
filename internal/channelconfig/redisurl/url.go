package redisurl

import (
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Transport is how redis-py reaches the server.
type Transport int

// Transports, by the connection class redis-py chooses.
const (
	TCP  Transport = iota + 1 // Connection
	TLS                       // SSLConnection
	Unix                      // UnixDomainSocketConnection
)

// Connection is what redis-py would connect with: the effective values after
// parse_url, the pool and the connection class have filled in their defaults.
type Connection struct {
	Transport Transport
	// Host is the name or address, as handed to getaddrinfo: lower case and
	// unquoted, "localhost" where the URL has none. "" for Unix.
	Host string
	// Port is nil for Unix. In a URL's authority it is 0..65535, and redis-py
	// replaces 0 by 6379; from a host and port, or from the query argument
	// port, it is whatever int() made.
	Port *big.Int
	// Path is the socket of a Unix connection, else "".
	Path string
	// Username and Password are empty where redis-py sends none: an empty
	// one in a URL counts as absent.
	Username, Password secret.String
	// DB is never nil; 0 where nothing says otherwise.
	DB *big.Int
	// Options are the query arguments in effect other than those above, by
	// name, as their parsers read them.
	Options map[string]Option
}

// Option is a query argument's value after redis-py's parser for it.
type Option struct {
	// Text is the decoded text of the value, decoded as often as the line
	// does. A secret: an unescaped "?" in a password puts its rest here.
	Text secret.String
	// Exactly one of these is set, by the type the parser returns; Text alone
	// where there is no parser.
	Int   *big.Int
	Float *float64
	Bool  *bool
}

// URL is a URL that redis-py accepts, as it was written and as it works.
type URL struct {
	Connection
	// Scheme is "redis", "rediss" or "unix", lower case.
	Scheme string
	// Written says what stands in the URL, for rules about what people wrote.
	Written Written
}

// Written are facts about the text of a URL that do not change what redis-py
// does with it, or that show where it did something else than the writer
// meant. None of it is secret.
type Written struct {
	HasAuthority bool // "//" after the scheme
	HasUserinfo  bool // an "@" in the authority
	HasUsername  bool // a username that is not empty
	HasPassword  bool // a password that is not empty
	HasHost      bool // a host that is not empty
	HasPort      bool // a port, 0 included
	PortZero     bool // the port is written and 0
	HasPath      bool // a path other than "" and "/"
	HasQuery     bool // a query that is not empty
	HasFragment  bool // "#" and what follows, which redis-py ignores
	// LateAt: an "@" after the authority, in path, query or fragment. Most
	// often the URL's password has a raw "/", "?" or "#", at which redis-py
	// ended the authority.
	LateAt bool
	// SchemeCase: the scheme is not all lower case; LeadingSpace and
	// TrailingSpace: white space or control characters around the URL;
	// Stripped: tabs, newlines or carriage returns between, which urlsplit
	// removes.
	SchemeCase, LeadingSpace, TrailingSpace, Stripped bool
	// DB says where the database comes from.
	DB DBOrigin
	// PathSegments counts the non-empty segments of the path.
	PathSegments int
	// PathNotADB: the path is not "", "/" or "/<ASCII digits>", so it says
	// something else than a database to a reader who does not know redis-py.
	PathNotADB bool
	// Duplicates and Blanks: query arguments given more than once (the first
	// counts), and given without a value (they count as absent).
	Duplicates, Blanks int
	// Unescaped: characters in the userinfo that RFC 3986 wants
	// percent-encoded and redis-py takes as they are. BadEscape: a "%" in the
	// userinfo that starts no escape, which stays as it is. NotUTF8: escapes
	// in the userinfo that decode to bytes that are not UTF-8, which unquote
	// replaces by U+FFFD.
	Unescaped, BadEscape, NotUTF8 bool
}

// DBOrigin says where the database number comes from.
type DBOrigin int

// Origins of the database number.
const (
	DBDefault DBOrigin = iota // nothing says one: 0
	DBPath                    // the path, which int() could read
	DBQuery                   // the query argument db
	DBIgnored                 // there is a path, int() cannot read it: 0
)
