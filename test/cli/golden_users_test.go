package cli

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/golden"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// userSketch is a channels_redis_user that has one finding.
type userSketch struct {
	id  finding.ID
	url string
	// arguments are further ones, a line each.
	arguments string
}

func (s userSketch) name() string {
	return strings.NewReplacer("/", "_", "-", "_").Replace(string(s.id))
}

func (s userSketch) configuration() string {
	return fmt.Sprintf("resource \"channels_redis_user\" %q {\n  name = \"chat\"\n  redis_url = %q\n  wait = \"1s\"\n  %s\n}\n", s.name(), s.url, s.arguments)
}

// onHosts are several servers, whose users are those of the URL.
func onHosts(servers ...*redistest.Server) string {
	var hosts []string
	for _, s := range servers {
		hosts = append(hosts, fmt.Sprintf("{ host = \"127.0.0.1\", port = %d }", s.Port()))
	}
	return "hosts = [" + strings.Join(hosts, ", ") + "]"
}

// What the management of users says, where one run can show it.
func TestGolden_FindingsOfUsersReadAsKept(t *testing.T) {
	t.Parallel()
	protected := redistest.Password(password)
	full := redistest.Start(t, protected)
	limited := redistest.User("limited", "on", ">"+password, "+@all")
	able, unable := redistest.Start(t, protected, limited), redistest.Start(t, protected, limited)
	unable.Do("ACL", "SETUSER", "limited", "-acl|setuser")
	refusing := atSetUser(t, full, func(string) faults.Verdict { return refusal("+bzpopmin") })
	broken := redistest.Start(t, protected, redistest.ACLFile())
	broken.BreakACLFile()
	taken := redistest.Start(t, protected, redistest.User("chat", "on", ">"+password, "~*", "+@all"),
		redistest.User("limited", "on", ">"+password, "~*", "&*", "+@all", "-acl"))
	as := func(name string) string { return taken.URLAs(url.UserPassword(name, password)) }
	sentinel := redistest.Start(t, redistest.Sentinel(full))
	away := redistest.Start(t, protected)
	cut := atSetUser(t, away, func(string) faults.Verdict { return faults.Verdict{HangUp: true} })
	sketches := []userSketch{
		{id: "user/exists", url: taken.URL()},
		{id: "user/own-connection", url: as("chat")},
		{id: "user/not-permitted", url: as("limited")},
		{id: "user/no-acl", url: redistest.Start(t, protected, redistest.Without("ACL")).URL()},
		{id: "user/rule-refused", url: strings.Replace(full.URL(), full.Addr(), refusing, 1)},
		{id: "user/not-persistent", url: redistest.Start(t, protected).URL()},
		{id: "user/not-saved", url: broken.URL()},
		{id: "user/some-hosts", url: able.URLAs(url.UserPassword("limited", password)), arguments: onHosts(able, unable) + "\n  persist = \"none\""},
		{id: "user/sentinel", url: sentinel.URL()},
		{id: "user/interrupted", url: strings.Replace(away.URL(), away.Addr(), cut, 1)},
	}
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		w.Main("")
		for _, s := range sketches {
			w.Write(s.name()+".tf", s.configuration())
		}
		planned := w.OK("plan")
		golden.Block{Secrets: []string{password}, Replace: map[string]string{"user_exists": "this"}}.Check(t, "user/exists", planned)
		// Without the look at plan, which is a check: what manages is none.
		w.Setenv("CHANNELS_CHECKS", "off")
		result := w.Fails("apply", "-parallelism=20")
		for _, s := range sketches {
			t.Run(string(s.id), func(t *testing.T) {
				golden.Block{Secrets: []string{password}, Replace: map[string]string{s.name(): "this"}}.Check(t, s.id, result)
			})
		}
		for _, server := range []*redistest.Server{able, away} {
			if got := fmt.Sprint(server.Do("ACL", "USERS")); strings.Contains(got, "chat") {
				t.Errorf("a user was left behind by an apply that failed: %s", got)
			}
		}
	})
}

// What plan and apply say of users that exist already.
func TestGolden_FindingsOfExistingUsersReadAsKept(t *testing.T) {
	t.Parallel()
	before := redistest.Start(t, redistest.Password(password), redistest.ACLFile())
	after := redistest.Start(t, redistest.Password(password), redistest.ACLFile())
	config := func(server *redistest.Server, name string) string {
		return fmt.Sprintf("resource \"channels_redis_user\" \"this\" {\n  name = %q\n  redis_url = %q\n"+
			"  password_wo = \"made-up-Wq4-of-chat\"\n  password_wo_version = 1\n}\n", name, server.URL())
	}
	check := golden.Block{Secrets: []string{password, "made-up-Wq4-of-chat"}}
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		cli.Need(t, 1, 11)
		w := tfcli.New(t, cli)
		w.Main(config(before, "default"))
		check.Check(t, "user/default", w.Fails("validate"))
		w.Main(config(before, "chat"))
		expectWarnings(t, w.OK("apply"))
		before.Do("ACL", "SETUSER", "chat", "resetpass", ">by-hand")
		check.Check(t, "user/password-differs", w.OK("plan"))
		w.Main(config(after, "chat"))
		check.Check(t, "user/left-behind", w.OK("apply"))
	})
}
