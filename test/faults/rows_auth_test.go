package faults

import (
	"slices"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// What a layer needs (channels_redis 4.0 to 4.3, core.py and pubsub.py).
var (
	coreRights   = []string{"~asgi*", "+zadd", "+zcount", "+zrem", "+zrange", "+zremrangebyscore", "+zpopmin", "+bzpopmin", "+del", "+expire", "+eval", "+multi", "+exec", "+select"}
	pubSubRights = []string{"&asgi*", "+subscribe", "+unsubscribe", "+publish", "+select"}
)

// user is an ACL user "app" with the canary as its password.
func user(rights ...string) redistest.Option {
	return redistest.User("app", append([]string{"on", ">" + planted().Text, "resetkeys", "resetchannels", "nocommands"}, rights...)...)
}

// without takes some of the rights away.
func without(rights []string, some ...string) []string {
	return slices.DeleteFunc(slices.Clone(rights), func(right string) bool { return slices.Contains(some, right) })
}

// asUser makes places of servers with such a user.
func asUser(rights []string, settings ...string) func(t *testing.T) place {
	return func(t *testing.T) place {
		server := redistest.Start(t, redistest.Password("another-made-up"), user(rights...))
		p := of(server).with(settings...)
		p.url = as("app", server.Addr())
		return p
	}
}

// authRows are faults of the login, of the database and of rights.
func authRows() []row {
	server := func(options ...redistest.Option) func(t *testing.T) place {
		return func(t *testing.T) place { return of(redistest.Start(t, options...)) }
	}
	other := redistest.Password("another-made-up")
	elsewhere := func(change func(p place, addr string) place, options ...redistest.Option) func(t *testing.T) place {
		return func(t *testing.T) place {
			s := redistest.Start(t, options...)
			return change(of(s), s.Addr())
		}
	}
	return []row{
		{name: "wrong password", place: server(other), says: failed("auth/wrong-password"), golden: planning},
		{name: "unknown user", place: elsewhere(func(p place, addr string) place { p.url = as("nobody", addr); return p }, other), says: failed("auth/wrong-password")},
		{name: "password in the place of the user", place: elsewhere(func(p place, addr string) place {
			p.url = "redis://" + planted().Text + "@" + addr + "/0"
			return p
		}, other), says: failed("auth/user-without-password"), also: "url/user-without-password", golden: planning},
		{name: "no password given", place: elsewhere(func(p place, addr string) place {
			p.url = "redis://" + addr + "/0"
			return p
		}, other), says: failed("auth/no-password-given"), golden: planning},
		{name: "password and none set, redis-py 7", place: func(t *testing.T) place { return of(redistest.Start(t)).with(redisPy7) },
			says: failed("auth/password-not-set")},
		{name: "password and none set", place: server(), says: warns("auth/password-not-set"), golden: planning},
		{name: "no HELLO and a wrong password", place: server(other, redistest.Without("HELLO")), says: failed("auth/wrong-password")},
		{name: "server that quotes the password", place: fake(faults.Answer("-ERR unknown command 'HELLO'\r\n",
			"-ERR unknown command 'AUTH', with args beginning with: '"+planted().Text+"' \r\n+PONG\r\n+PONG\r\n+PONG\r\n")),
			says: failed("auth/refused"), golden: planning},
		{name: "user may not SELECT", place: elsewhere(func(p place, addr string) place {
			p.url = "redis://app:" + planted().Text + "@" + addr + "/1"
			return p
		}, other, user(without(coreRights, "+select")...)), says: failed("auth/database-not-permitted"), golden: planning},
		{name: "database out of range", place: elsewhere(func(p place, addr string) place {
			p.url = "redis://:" + planted().Text + "@" + addr + "/99"
			return p
		}, redistest.Password(planted().Text)), says: failed("redis/database-out-of-range"), golden: planning},
		{name: "user without BZPOPMIN", place: asUser(without(coreRights, "+bzpopmin")), says: failed("acl/missing-commands"), golden: planning},
		{name: "user without EVAL", place: asUser(without(coreRights, "+eval")), says: failed("acl/missing-commands")},
		{name: "user without MULTI", place: asUser(without(coreRights, "+multi")), says: failed("acl/missing-commands")},
		{name: "user of other keys", place: asUser(append(without(coreRights, "~asgi*"), "~other*")), says: failed("acl/missing-keys"), golden: planning},
		{name: "user of the app's groups alone", place: asUser(append(without(coreRights, "~asgi*"), "~asgispecific.*", "~asgi:group:chat*")),
			says: unknown("roundtrip/not-tried"), plan: passesOpen(), golden: applying},
		{name: "user without channels, pub/sub", place: asUser(without(pubSubRights, "&asgi*"), pubSub), says: failed("acl/missing-channels"),
			plan: passesOpen(), golden: applying},
		{name: "user without PUBLISH, pub/sub", place: asUser(without(pubSubRights, "+publish"), pubSub), says: failed("acl/missing-commands"), plan: passesOpen()},
		{name: "user with exactly what it needs", place: asUser(coreRights)},
		{name: "user with exactly what it needs, pub/sub", place: asUser(pubSubRights, pubSub), plan: passesOpen()},
	}
}
