package redisprobe

import (
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docWrongPassword = finding.Doc{
	ID:       "auth/wrong-password",
	Title:    "Redis refuses the user name or password",
	Severity: finding.Error,
	Why: "Redis is there and says that this user and password do not belong together, or that the user is switched off; it does not say which. " +
		"Often the password was changed on one side only, or a character of it was mangled on the way into the URL: there a % followed by two " +
		"hexadecimal digits stands for one other character, so that a % that belongs to the password must be written %25.",
	Django: "redis-py raises AuthenticationError (ResponseError before 4.4: \"invalid username-password pair or user is disabled\") " + atFirstUse,
	Fix:    "Set the password that Redis has now; in a URL written by hand percent-encoded (# as %23).",
	Live:   true,
	Since:  since,
}

func (a *attempt) wrongPassword() *problem {
	connection := a.request.Connection
	if !connection.Username.IsEmpty() && connection.Password.IsEmpty() {
		return wrong(docUserWithoutPassword,
			"The settings give a user name and no password, and Redis at "+a.address()+" refuses that.",
			a.client()+" sends the name with an empty password and raises "+a.loginException()+" "+atFirstUse)
	}
	what := "the password"
	if !connection.Username.IsEmpty() {
		what = "the user name or the password"
	}
	return wrong(docWrongPassword, "Redis at "+a.address()+" refuses "+what+".",
		a.client()+" raises "+a.loginException()+" "+atFirstUse)
}

// loginException is what WRONGPASS becomes, which redis-py knows since 4.4.
func (a *attempt) loginException() string {
	if a.request.Redis != nil && !a.request.Redis.AtLeast(4, 4, 0) {
		return "ResponseError"
	}
	return "AuthenticationError"
}

var docUserWithoutPassword = finding.Doc{
	ID:       "auth/user-without-password",
	Title:    "Redis refuses a user name without a password",
	Severity: finding.Error,
	Why: "In a URL the password stands behind a colon: redis://:password@host or redis://user:password@host. " +
		"What stands before the @ without a colon is a user name, so that a password in that place is taken for one.",
	Django:  "redis-py sends the user name with an empty password. Redis refuses it, unless that user needs none, and redis-py raises AuthenticationError " + atFirstUse,
	Fix:     "Put a colon before the password in the URL, as in redis://:password@host.",
	Live:    true,
	Since:   since,
	Sources: []string{"redis/redis-py, redis/credentials.py, UsernamePasswordCredentialProvider"},
}

var docNoPasswordGiven = finding.Doc{
	ID:       "auth/no-password-given",
	Title:    "Redis asks for a password and the settings give none",
	Severity: finding.Error,
	Why: "This Redis lets nobody in without a password. A host and a port alone cannot carry one: the settings need a URL. " +
		"In a URL a password is easily lost, as when a # in it makes the rest a comment.",
	Django: "redis-py connects without a word and raises AuthenticationError (\"Authentication required.\", or from 8.0 \"HELLO must be called with the client already authenticated\") " + atFirstUse + " The pub/sub layer notices it only when it sends.",
	Fix:    "Set REDIS_URL with the password, as in redis://:password@host:6379.",
	Live:   true,
	Since:  since,
}

func (a *attempt) noPasswordGiven() *problem {
	return wrong(docNoPasswordGiven, "Redis at "+a.address()+" asks for a password, and the settings send none.",
		a.client()+" raises AuthenticationError "+atFirstUse)
}

var docPasswordNotSet = finding.Doc{
	ID:       "auth/password-not-set",
	Title:    "A password is given and Redis has none set",
	Severity: finding.Warning,
	Varies:   "An error where the app cannot log in: a password without a user name on redis-py before 8, or a Redis before 6.",
	Why: "The settings believe in a password, but this Redis lets everybody in without one: whoever reaches its port can read every message, " +
		"and send some. Either the password was never set on the server, or this is another Redis than the one that was meant.",
	Django: "For redis://:password@host, redis-py before 8 raises AuthenticationError (\"AUTH <password> called without any password configured for the default user\"); " +
		"from 8.0 it logs in. For redis://default:password@host every version logs in, whatever the password.",
	Fix:   "Set this password on the Redis server (requirepass).",
	Live:  true,
	Since: since,
}

// openRedis is the Redis that took the password because it needs none.
func (a *attempt) openRedis() *problem {
	return wrong(docPasswordNotSet,
		"Redis at "+a.address()+" let the default user in before it saw the password: it is open to everyone who can reach it.",
		"The app connects.")
}

// passwordNotSet is AUTH with a password alone, on Redis 6 or later: redis-py
// 8 says HELLO 3 AUTH default instead, which such a server accepts.
func (a *attempt) passwordNotSet() *problem {
	does, known := a.loginsWithHello()
	if known && !does {
		return &problem{doc: docPasswordNotSet, severity: finding.Error,
			observed: "Redis at " + a.address() + " has no password set, so it refuses the one in the settings, and is open to everyone who can reach it.",
			django:   a.client() + " raises AuthenticationError " + atFirstUse,
		}
	}
	django := "The app connects: " + a.client() + " logs in all the same."
	if !known {
		django = "redis-py before 8 raises AuthenticationError; from 8.0 it logs in all the same."
	}
	a.note(wrong(docPasswordNotSet, "Redis at "+a.address()+" has no password set: it is open to everyone who can reach it.", django))
	return nil
}

// passwordNotSetOld is the same on a Redis before 6, which no redis-py can
// send a password to: 8 fails at its HELLO, the others at AUTH.
func (a *attempt) passwordNotSetOld() *problem {
	return &problem{doc: docPasswordNotSet, severity: finding.Error,
		observed: "Redis at " + a.address() + " has no password set, so it refuses the one in the settings, and is open to everyone who can reach it.",
		django:   a.client() + " raises an exception " + atFirstUse,
	}
}

// loginsWithHello: redis-py speaks RESP3, and logs in with HELLO, from 8.0 on,
// unless asked for another protocol. known is false where nobody stated the
// version.
func (a *attempt) loginsWithHello() (does, known bool) {
	if option, ok := a.request.Connection.Options["protocol"]; ok {
		return option.Text.Reveal() == "3", true
	}
	if a.request.Redis == nil {
		return false, false
	}
	return a.request.Redis.AtLeast(8, 0, 0), true
}

var docSelectNotPermitted = finding.Doc{
	ID:       "auth/database-not-permitted",
	Title:    "The Redis user may not choose a database",
	Severity: finding.Error,
	Why:      "Redis knows the user and the password, but the user's rights (its ACL) do not include the command SELECT, which chooses a database other than 0.",
	Django:   "redis-py sends SELECT when it connects and raises NoPermissionError " + atFirstUse,
	Fix:      "Grant the user +select, or use database 0.",
	Live:     true,
	Since:    since,
}

func (a *attempt) selectNotPermitted() *problem {
	return wrong(docSelectNotPermitted, "Redis at "+a.address()+" does not let this user choose database "+shortNumber(a.request.Connection.DB)+".",
		a.client()+" raises NoPermissionError "+atFirstUse)
}

var docRefusedLogin = finding.Doc{
	ID:       "auth/refused",
	Title:    "Redis refuses the login",
	Severity: finding.Error,
	Why: "The server answered the login with an error that is none of the usual ones. Proxies in front of Redis, and servers that only speak its language, " +
		"do not all know users and passwords.",
	Django: "redis-py raises ResponseError, or AuthenticationError, " + atFirstUse,
	Fix:    "Try the same login with redis-cli -h <host> -p <port> --user <user> --askpass, which prints the server's answer.",
	Live:   true,
	Since:  since,
}

func authDocs() []finding.Doc {
	return []finding.Doc{
		docWrongPassword, docUserWithoutPassword, docNoPasswordGiven, docPasswordNotSet, docSelectNotPermitted, docRefusedLogin,
	}
}
