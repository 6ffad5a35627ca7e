package redisprobe

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

const ownPassword = "Sentinels have users and passwords of their own: neither the Redis servers' are sent to them, nor theirs to the servers. " +
	"channels_redis takes them from sentinel_kwargs of the host's entry."

var docSentinelNoPassword = finding.Doc{
	ID:       "sentinel/no-password-given",
	Title:    "The Sentinels ask for a password and the settings give none",
	Severity: finding.Error,
	Varies:   "A warning where another Sentinel lets the app in.",
	Why:      ownPassword + " These are locked (requirepass in sentinel.conf), and the settings have no password for them.",
	Django:   "The login fails with AuthenticationError, which redis-py takes for a Sentinel that is not there: it tries the others and raises MasterNotFoundError " + atFirstUse,
	Fix:      "Set the password of the Sentinels for this host (sentinel_password; in CONFIG.hosts sentinel_kwargs).",
	Live:     true, Since: since,
	Sources: []string{"redis/redis-py#3186", "redis/redis-py#1125"},
}

var docSentinelWrongPassword = finding.Doc{
	ID:       "sentinel/wrong-password",
	Title:    "The Sentinels refuse the user name or password",
	Severity: finding.Error,
	Varies:   "A warning where another Sentinel lets the app in.",
	Why:      ownPassword + " These say that the ones they are given do not belong together, or that the user is switched off.",
	Django: "The login fails with AuthenticationError, which redis-py takes for a Sentinel that is not there: it tries the others and raises MasterNotFoundError " + atFirstUse +
		" Before 4.4 it raises ResponseError and tries no other.",
	Fix:  "Set the user name and the password that the Sentinels have now (sentinel_username, sentinel_password; in CONFIG.hosts sentinel_kwargs).",
	Live: true, Since: since,
}

var docSentinelPasswordNotSet = finding.Doc{
	ID:       "sentinel/password-not-set",
	Title:    "A password is given for the Sentinels and they have none set",
	Severity: finding.Warning,
	Varies:   "An error where the app cannot log in: a password without a user name on redis-py before 8.",
	Why: ownPassword + " The settings have one, but these Sentinels let everybody in without: often the password of the Redis servers is given for the Sentinels too. " +
		"Whoever reaches them can send the app to another master (SENTINEL SET, SENTINEL MONITOR).",
	Django: "For a password without a user name, redis-py before 8 fails with AuthenticationError (\"AUTH <password> called without any password configured for the default user\"), " +
		"takes it for a Sentinel that is not there, and raises MasterNotFoundError; from 8.0 it logs in.",
	Fix:  "Set this password on the Sentinels (requirepass in sentinel.conf), or give none for them.",
	Live: true, Since: since,
}

var docSentinelRefused = finding.Doc{
	ID:       "sentinel/refused",
	Title:    "The Sentinels refuse the login",
	Severity: finding.Error,
	Varies:   "A warning where another Sentinel lets the app in.",
	Why:      "The Sentinel answered the login with an error that is none of the usual ones: a proxy may stand before it, or it is older than passwords for Sentinels (Redis 5.0.1).",
	Django:   "redis-py raises ResponseError, or MasterNotFoundError, " + atFirstUse,
	Fix:      "Try the same login with redis-cli -h <host> -p 26379 --user <user> --askpass sentinel masters, which prints the Sentinel's answer.",
	Live:     true, Since: since,
}

// sentinelLogin tells a problem of a login as one of a Sentinel's.
func (a *attempt) sentinelLogin(p *problem) *problem {
	raises := a.client() + " raises MasterNotFoundError, unless another Sentinel lets it in."
	if a.loginException() == "ResponseError" {
		raises = a.client() + " raises ResponseError, and does not go on to the next Sentinel."
	}
	at := "The Sentinel at " + a.address()
	switch p.doc.ID {
	case docNoPasswordGiven.ID:
		return wrong(docSentinelNoPassword, at+" asks for a password, and the settings send it none.",
			a.client()+" raises MasterNotFoundError, unless another Sentinel lets it in.")
	case docWrongPassword.ID, docUserWithoutPassword.ID:
		return wrong(docSentinelWrongPassword, at+" refuses the user name or the password.", raises)
	case docPasswordNotSet.ID:
		q := wrong(docSentinelPasswordNotSet, at+" has no password set, so that it refuses the one in the settings.", raises)
		q.severity = p.severity
		return q
	case docRefusedLogin.ID:
		return wrong(docSentinelRefused, at+" answers the login with an error that is not shown here.", raises)
	default:
		return p
	}
}

// sentinelOpen is a password that the Sentinel does not need, and that does not
// keep the app from it.
func (a *attempt) sentinelOpen(by *told) *problem {
	for _, p := range by.noted {
		if p.doc.ID == docPasswordNotSet.ID {
			return wrong(docSentinelPasswordNotSet, "The Sentinel at "+by.address+" has no password set: it is open to everyone who can reach it.", p.django)
		}
	}
	return nil
}
