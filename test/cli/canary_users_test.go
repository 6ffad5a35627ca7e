package cli

import (
	"strings"
	"sync"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// atSetUser is an address before a Redis at which ACL SETUSER is answered
// otherwise than Redis does. said is what was sent.
func atSetUser(t *testing.T, server *redistest.Server, answer func(said string) faults.Verdict) string {
	t.Helper()
	var last sync.Map
	return faults.Between(t, server.Addr(), faults.Relay{
		Packet: func(conn int, packet []byte) { last.Store(conn, string(packet)) },
		Message: func(m faults.Message) faults.Verdict {
			said, _ := last.Load(m.Conn)
			if text, _ := said.(string); strings.Contains(text, "SETUSER") {
				return answer(text)
			}
			return m.Pass()
		},
	}).Addr()
}

// refusal is the answer of Redis to a part of a rule that it does not take.
func refusal(modifier string) faults.Verdict {
	return faults.Verdict{Pass: []byte("-ERR Error in ACL SETUSER modifier '" + modifier + "': Syntax error\r\n")}
}

// users adds a channels_redis_user for each of brokenURLs and each endpoint.
func (b *bed) users(ends *endpoints) {
	add := func(url string) {
		b.addf("resource \"channels_redis_user\" %q {\n  name = \"app\"\n  redis_url = %s\n  timeout = \"500ms\"\n  wait = \"1ms\"\n}", b.name(), b.value(url))
	}
	for row, broken := range brokenURLs() {
		if ends == nil && b.takes(row) {
			add(fill(broken.url, b.secret("redis_url "+broken.url, broken.delimiters).Text))
		}
	}
	if ends == nil {
		return
	}
	for _, end := range ends.list {
		s := b.secret("an administrator's password for "+end.id, "#/?@:[]% \"'\n")
		if end.address == ends.healthy.Addr() {
			ends.healthy.Do("ACL", "SETUSER", "default", "on", ">"+s.Text)
		}
		add(end.scheme + "://:" + s.Encoded() + "@" + end.address + "/0")
	}
}

func TestCanary_UsersShowNoSecret(t *testing.T) {
	t.Parallel()
	eachStyle(t, func(t *testing.T, cli tfcli.CLI, s style) {
		cli.Need(t, 1, 11)
		b := newBed(s).all()
		b.users(nil)
		c := watching(t, cli, b)
		c.run(1, "plan")
		c.expectSaid("url/unescaped-delimiter")

		ends := newEndpoints(t)
		b = newBed(s)
		b.provider(lowered())
		b.users(ends)
		given := b.secret("password_wo", "#/?@:[]% \"'\n")
		quoting := atSetUser(t, redistest.Start(t, redistest.Password("a-made-up-one")), func(said string) faults.Verdict {
			return refusal(strings.ReplaceAll(said, "\r\n", " ")) // the hash of the password included
		})
		b.addf("resource \"channels_redis_user\" \"quoted\" {\n  name = \"app\"\n  redis_url = \"redis://:a-made-up-one@%s\"\n  password_wo = %s\n  password_wo_version = 1\n}",
			quoting, b.value(given.Text))
		c = watching(t, cli, b)
		printed := c.run(1, "apply").Combined
		c.run(0, "show")
		c.document("show", "-json")
		c.expectSaid(ends.failures()...)
		c.expectSaid("user/rule-refused", "user/not-persistent")
		if strings.Contains(printed, hashOf(given.Text)) {
			t.Error("the hash of a password is shown")
		}
	})
}
