package redisuser

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

const since = "0.1.0"

// setting is what the findings name as their place.
const setting = "user"

var docExists = finding.Doc{
	ID:       "user/exists",
	Title:    "A Redis user of that name exists already",
	Severity: finding.Error,
	Why: "The resource makes a user that there is not. One that somebody else made may be in use with other rights and another password, " +
		"which it would lose.",
	Django: "Nothing: the user was not touched, and an app that uses it goes on.",
	Fix:    "Import the user (terraform import ADDRESS NAME), which then shows what would change, or choose another name.",
	Live:   true, Since: since,
}

var docDefault = finding.Doc{
	ID:       "user/default",
	Title:    "The default user of Redis is not one of a layer's own",
	Severity: finding.Error,
	Why: "Whoever connects to Redis without a name is the user \"default\", administrators and other apps among them. " +
		"With the few rights of a channel layer it would lock them out.",
	Django: "redis-py logs in as the default user wherever a URL has a password without a user.",
	Fix:    "Choose another name, for example that of the app.",
	Since:  since,
}

var docOwnConnection = finding.Doc{
	ID:       "user/own-connection",
	Title:    "The Redis user is the one that makes the change",
	Severity: finding.Error,
	Why:      "The rights of a channel layer do not allow to manage users: the connection would lock itself out with the change.",
	Django:   "Nothing: the user was not touched.",
	Fix:      "Connect as an administrator in redis_url, and give the app a user of another name.",
	Since:    since,
}

var docRefused = finding.Doc{
	ID:       "user/not-permitted",
	Title:    "This Redis user may not manage users",
	Severity: finding.Error,
	Varies:   "A refresh only warns, and leaves the state as it is.",
	Why: "Users are made with the commands ACL GETUSER, SETUSER and DELUSER. The one that the provider connects as may not run them. " +
		"Managed services refuse them to everybody and manage users in an API of their own.",
	Django: "Nothing: Django is not involved.",
	Fix:    "Connect as a user that may manage users (+acl).",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, ACL", "docs.aws.amazon.com, ElastiCache, role-based access control"},
}

var docUnknown = finding.Doc{
	ID:       "user/no-acl",
	Title:    "This Redis has no users that could be managed",
	Severity: finding.Error,
	Varies:   "A refresh only warns, and leaves the state as it is.",
	Why: "The server does not know the ACL commands in the form that Redis has them from 6.2 on: it is older, a proxy, another program, " +
		"or a managed service that took them away because users are managed in an API of its own.",
	Django: "Nothing: Django is not involved. An app can use the password of the default user there.",
	Fix:    "Where the service has users of its own, make one there with the rule that the finding names; else upgrade Redis.",
	Live:   true, Since: since,
	Sources: []string{"docs.aws.amazon.com, ElastiCache, role-based access control", "learn.microsoft.com, Azure Managed Redis, access permissions"},
}

var docRule = finding.Doc{
	ID:       "user/rule-refused",
	Title:    "Redis does not take the rule of the user",
	Severity: finding.Error,
	Why: "The rule grants what the layer needs. A server that knows a part of it not at all, because it is none of Redis 6.2 or later or of Valkey, " +
		"refuses the rule as a whole, and nothing is changed.",
	Django: "If it is a command that the server does not know, the layer fails there with any user: redis-py raises ResponseError (unknown command).",
	Fix:    "Use Redis 6.2 or later, or Valkey, for the layer.",
	Live:   true, Since: since,
}

var docNotPersistent = finding.Doc{
	ID:       "user/not-persistent",
	Title:    "The Redis user will not survive a restart of Redis",
	Severity: finding.Warning,
	Why: "Redis keeps users in memory. They are there after a restart only if they are saved in an ACL file (aclfile in redis.conf), or in redis.conf itself. " +
		"This Redis has no ACL file, and redis.conf is not written unless you ask for it.",
	Django: "After a restart redis-py raises AuthenticationError (WRONGPASS) in every process of the app, until the user is made again by terraform apply.",
	Fix:    "Set aclfile in redis.conf, or persist = \"config\" to have redis.conf rewritten.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, ACL: How ACL files work"},
}

var docNotSaved = finding.Doc{
	ID:       "user/not-saved",
	Title:    "Redis could not save its users",
	Severity: finding.Warning,
	Varies:   "An error where persist asks for it.",
	Why: "The user is there as long as Redis runs. It could not be written where Redis reads users from when it starts, " +
		"which the server's log explains: a directory that it may not write into, for example.",
	Django: "After a restart redis-py raises AuthenticationError (WRONGPASS) in every process of the app.",
	Fix:    "Mend what the log of Redis says about the file, and apply again.",
	Live:   true, Since: since,
}

var docSomeHosts = finding.Doc{
	ID:       "user/some-hosts",
	Title:    "The Redis user is not the same on every host",
	Severity: finding.Error,
	Why: "Users are not replicated: each Redis of a layer has its own. The change was made on some of them and failed on others, " +
		"and each of those has a finding of its own.",
	Django: "redis-py raises AuthenticationError or NoPermissionError for the groups and channels of the hosts that lack the change.",
	Fix:    "Mend what is wrong with the other hosts, and apply again: it can be repeated.",
	Live:   true, Since: since,
}

var docSentinel = finding.Doc{
	ID:       "user/sentinel",
	Title:    "The address is a Sentinel, whose users are not those of Redis",
	Severity: finding.Error,
	Why:      "A Sentinel watches Redis servers and says which one is the master. It has users of its own, for its own commands.",
	Django:   "Nothing: the user was not made.",
	Fix:      "Name the Redis servers in hosts: the master and each replica, because users are not replicated.",
	Live:     true, Since: since,
}

var docPasswordDiffers = finding.Doc{
	ID:       "user/password-differs",
	Title:    "The Redis user does not take the password of the configuration",
	Severity: finding.Warning,
	Why: "The password is write-only, so that a change of its value alone is not seen: it may have been changed here without its version, " +
		"or by hand in Redis.",
	Django: "An app that has this password gets AuthenticationError (WRONGPASS).",
	Fix:    "Raise password_wo_version, which sets the password of the configuration.",
	Live:   true, Since: since,
}

var docLeftBehind = finding.Doc{
	ID:       "user/left-behind",
	Title:    "The Redis user stays on a host that is no longer named",
	Severity: finding.Warning,
	Why: "The address of the Redis has changed. That may be another name of the same server, where to remove the user would be an outage, " +
		"so that nothing is removed.",
	Django: "Nothing, unless the app still uses that host.",
	Fix:    "If it is another server, run there, as an administrator: ACL DELUSER.",
	Live:   true, Since: since,
}

var docInterrupted = finding.Doc{
	ID:       "user/interrupted",
	Title:    "Whether the Redis user was changed is not known",
	Severity: finding.Error,
	Varies:   "A refresh only warns, and leaves the state as it is.",
	Why:      "The connection ended before Redis had answered: the server went away, or the time was up. The change may have been made or not.",
	Django:   "Nothing by itself.",
	Fix:      "Apply again: it can be repeated.",
	Live:     true, Since: since,
}

// Docs are the documentation of every finding about users.
func Docs() []finding.Doc {
	return []finding.Doc{
		docExists, docDefault, docOwnConnection, docRefused, docUnknown, docRule, docNotPersistent, docNotSaved, docSomeHosts,
		docSentinel, docPasswordDiffers, docLeftBehind, docInterrupted,
	}
}

// managed is what to do where a service manages users by itself.
const managed = "On a managed service make the user in its own API or console with this rule (ElastiCache and MemoryDB: access_string of aws_elasticache_user and aws_memorydb_user; " +
	"Azure: the access string of an access policy), where it has users at all; Terraform then needs no channels_redis_user there."

// DefaultUser is the finding about the name "default".
func DefaultUser() finding.Finding {
	return docDefault.New(setting, "The user \"default\" is the one of everybody who connects without a name.")
}

// PasswordDiffers is the finding of a refresh that saw another password.
func PasswordDiffers(name string, addresses []string) finding.Finding {
	return docPasswordDiffers.New(setting, "The user "+name+" at "+list(addresses)+" does not take the password in password_wo.")
}

// LeftBehind is the finding about hosts that are no longer named.
func LeftBehind(name string, addresses []string) finding.Finding {
	return docLeftBehind.New(setting, "The user "+name+" was made at "+list(addresses)+", where it still is, unless that is another name of the same Redis.").
		WithFix("If it is another server, run there, as an administrator: ACL DELUSER " + name)
}

// list is "a", "a and b", "a, b and c".
func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}
