package provider_test

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

const redisUser = "channels_redis_user.app"

// adminURL is the URL of an administrator, as the provider's.
func adminProvider(server *redistest.Server) string {
	return fmt.Sprintf("provider \"channels\" {\n  redis_url = %q\n  findings = { \"host/loopback\" = \"off\" }\n}\n", server.URL())
}

func userIs(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(redisUser, at(name), value)
}

func plansUser(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(redisUser, action)}}
}

const coreRule = "on resetchannels ~asgi:group:* ~asgispecific.* -@all " +
	"+bzpopmin +del +eval +exec +expire +info +multi +ping +zadd +zcount +zpopmin +zrange +zrem +zremrangebyscore"

// loggedIn is the error of logging in.
func loggedIn(server *redistest.Server, name, password string) error {
	return server.LogIn(url.UserPassword(name, password))
}

func passwordOf(s *terraform.State) string {
	return s.RootModule().Resources[redisUser].Primary.Attributes["password"]
}

func TestAccRedisUser_IsMadeReadChangedAndRemoved(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	config := func(arguments string) string {
		return adminProvider(server) + "resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n" + arguments + "\n}\n"
	}
	first := ""
	test := testCase(
		resource.TestStep{
			Config: config(""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(redisUser, at("rule"), text(coreRule)),
				plancheck.ExpectUnknownValue(redisUser, at("password")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				userIs("rule", text(coreRule)), userIs("passwords", knownvalue.Int64Exact(1)),
				userIs("password", knownvalue.StringRegexp(regexp.MustCompile(`^[A-Z2-7]{26}$`))),
				userIs("addresses", knownvalue.ListExact([]knownvalue.Check{text(server.Addr())})),
			},
			Check: func(s *terraform.State) error { first = passwordOf(s); return loggedIn(server, "app", first) },
		},
		resource.TestStep{Config: config(""), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		// Somebody changes the rule and the password by hand.
		resource.TestStep{
			PreConfig: func() {
				server.Do("ACL", "SETUSER", "app", "~*", "+@all", "resetpass", ">by-hand", ">another", "nopass")
			},
			Config: config(""), ConfigPlanChecks: plansUser(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{userIs("rule", text(coreRule)), userIs("password_valid", knownvalue.Bool(true))},
			Check:             func(s *terraform.State) error { return loggedIn(server, "app", first) },
		},
		// Somebody adds a password by hand, which looks like one that is kept.
		resource.TestStep{
			PreConfig: func() { server.Do("ACL", "SETUSER", "app", ">by-hand") },
			Config:    config(""), ConfigPlanChecks: plansUser(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{userIs("passwords", knownvalue.Int64Exact(1))},
			Check: func(*terraform.State) error {
				if loggedIn(server, "app", "by-hand") == nil {
					return errors.New("the password that was added by hand is still valid")
				}
				return nil
			},
		},
		// Somebody removes it.
		resource.TestStep{
			PreConfig: func() { server.Do("ACL", "DELUSER", "app") },
			Config:    config(""), ConfigPlanChecks: plansUser(plancheck.ResourceActionCreate),
		},
		resource.TestStep{
			Config:            config("backend = \"pubsub\"\n  prefix = \"chat\""),
			ConfigPlanChecks:  plansUser(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{userIs("rule", knownvalue.StringRegexp(regexp.MustCompile(`&chat__group__\*`)))},
		},
		resource.TestStep{
			Config:           strings.Replace(config(""), `name = "app"`, `name = "other"`, 1),
			ConfigPlanChecks: plansUser(plancheck.ResourceActionReplace),
		},
	)
	test.CheckDestroy = func(*terraform.State) error {
		if users := fmt.Sprint(server.Do("ACL", "USERS")); strings.Contains(users, "app") || strings.Contains(users, "other") {
			return fmt.Errorf("left: %s", users)
		}
		return nil
	}
	resource.ParallelTest(t, test)
}

// The user, the layer that logs in as it, and what the check says of it, in one
// apply: nothing, not even a note but that the Redis is young.
func TestAccRedisUser_ItsLayerPassesTheCheckInTheSameApply(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	config := adminProvider(server)
	for _, backend := range []string{"core", "pubsub"} {
		config += fmt.Sprintf(`
resource "channels_redis_user" %[1]q {
  name     = "app-%[1]s"
  backend  = %[1]q
  prefix   = "chat*"
  database = 2
}
locals {
  url_%[1]s = "redis://${channels_redis_user.%[1]s.name}:${channels_redis_user.%[1]s.password}@%[2]s/2"
}
resource "channels_layer" %[1]q {
  backend   = %[1]q
  redis_url = local.url_%[1]s
  config    = { prefix = "chat*" }
  packages  = { channels_redis = "4.3.0", redis = "7.4.1" }
  findings  = { "config/prefix-pattern" = "off" }
}
data "channels_redis" %[1]q {
  backend    = %[1]q
  redis_url  = local.url_%[1]s
  config     = { prefix = "chat*" }
  packages   = { channels_redis = "4.3.0", redis = "7.4.1" }
  depth      = "round_trip"
  timeout    = "30s"
  depends_on = [channels_layer.%[1]s]
}
output %[1]q {
  value = join(" ", concat([tostring(data.channels_redis.%[1]s.ready)], [for f in data.channels_redis.%[1]s.findings : f.id if !contains(["redis/restarted", "config/prefix-pattern"], f.id)]))
}
`, backend, server.Addr())
	}
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config: config,
		Check: resource.ComposeAggregateTestCheckFunc(
			resource.TestCheckOutput("core", "true"), resource.TestCheckOutput("pubsub", "true"),
			func(*terraform.State) error {
				if log, _ := server.Do("ACL", "LOG").([]any); len(log) > 0 {
					return fmt.Errorf("the checks were refused something: %v", log)
				}
				return nil
			},
		),
	}))
}

func TestAccRedisUser_RotatesWithBothPasswordsValid(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	config := func(arguments string) string {
		return adminProvider(server) + "resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n  " + arguments + "\n}\n"
	}
	var first, second, third string
	valid := func(want map[string]bool) error {
		for _, password := range []string{first, second, third} {
			if password != "" && (loggedIn(server, "app", password) == nil) != want[password] {
				return fmt.Errorf("a password is valid: %v, want %v", !want[password], want[password])
			}
		}
		return nil
	}
	count := func(n int64) []statecheck.StateCheck {
		return []statecheck.StateCheck{userIs("passwords", knownvalue.Int64Exact(n))}
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config("password_version = 1"), Check: func(s *terraform.State) error {
			first = passwordOf(s)
			return valid(map[string]bool{first: true})
		}},
		resource.TestStep{Config: config("password_version = 2"), ConfigStateChecks: count(2), Check: func(s *terraform.State) error {
			second = passwordOf(s)
			return valid(map[string]bool{first: true, second: true})
		}},
		resource.TestStep{
			Config:           config("password_version = 2"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{Config: config("password_version = 3"), ConfigStateChecks: count(2), Check: func(s *terraform.State) error {
			third = passwordOf(s)
			return valid(map[string]bool{second: true, third: true})
		}},
		resource.TestStep{
			Config:            config("password_version = 3\n  keep_previous_password = false"),
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectKnownValue(redisUser, at("passwords"), knownvalue.Int64Exact(1))}},
			ConfigStateChecks: count(1),
			Check:             func(*terraform.State) error { return valid(map[string]bool{third: true}) },
		},
		resource.TestStep{
			Config: config("password_version = 4\n  keep_previous_password = false"), ConfigStateChecks: count(1),
			Check: func(s *terraform.State) error { return valid(map[string]bool{passwordOf(s): true}) },
		},
	))
}

func TestAccRedisUser_ImportsByNameAndKeepsThePasswordInUse(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile(),
		redistest.User("app", "on", ">in-use", "~*", "+@all"))
	config := adminProvider(server) + "resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n}\n"
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config, ExpectError: idPattern("user/exists")},
		resource.TestStep{
			Config: config, ResourceName: redisUser, ImportState: true, ImportStateId: "app", ImportStatePersist: true,
			ImportStateCheck: func(states []*terraform.InstanceState) error {
				if rule := states[0].Attributes["rule"]; rule != "on resetchannels ~* +@all" && rule != "on resetchannels ~* &* +@all" {
					return fmt.Errorf("imported the rule %q", rule)
				}
				return nil
			},
		},
		resource.TestStep{
			Config: config, ConfigPlanChecks: plansUser(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{userIs("rule", text(coreRule)), userIs("passwords", knownvalue.Int64Exact(2))},
			Check: func(s *terraform.State) error {
				return errors.Join(loggedIn(server, "app", "in-use"), loggedIn(server, "app", passwordOf(s)))
			},
		},
	))
}

func TestAccRedisUser_ImportNeedsARedisThatAnswers(t *testing.T) {
	nowhere := "provider \"channels\" {\n  redis_url = \"redis://127.0.0.1:1\"\n  findings = { \"host/loopback\" = \"off\" }\n}\n"
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config:       nowhere + "resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n}\n",
		ResourceName: redisUser, ImportState: true, ImportStateId: "app", ExpectError: idPattern("network/refused"),
	}))
}

func TestAccRedisUser_ArgumentsThatCannotWorkAreErrors(t *testing.T) {
	admin := "provider \"channels\" {\n  redis_url = \"redis://127.0.0.1:6379\"\n}\n"
	var steps []resource.TestStep
	for arguments, want := range map[string]string{
		`name = "a b"`:                                                                `Not a name for a Redis user`,
		"name = \"a\"\n  database = -1":                                               `Not a database`,
		"name = \"a\"\n  channels = [\"a b\"]":                                        `Not a channel`,
		"name = \"a\"\n  backend = \"pubsub\"\n  channels = [\"*\"]":                  `Not a channel`,
		"name = \"a\"\n  hosts = [{ host = \"redis://x\" }]":                          `Not a host`,
		"name = \"a\"\n  persist = \"disk\"":                                          `persist`,
		"name = \"a\"\n  password_wo = \"x\"":                                         `password_wo_version`,
		"name = \"a\"\n  password_wo = \"\"\n  password_wo_version = 1":               `password_wo is empty`,
		"name = \"a\"\n  password_wo_version = 1\n  password_version = 1":             `exclude each other`,
		"name = \"a\"\n  redis_url = \"redis://h:x\"":                                 `\(url/`,
		"name = \"a\"\n  redis_url = \"unix:///tmp/s\"\n  hosts = [{ host = \"a\" }]": `hosts needs a URL of a host`,
	} {
		steps = append(steps, resource.TestStep{
			Config: admin + "resource \"channels_redis_user\" \"app\" {\n  " + arguments + "\n}\n", ExpectError: regexp.MustCompile(want),
		})
	}
	steps = append(steps, resource.TestStep{
		Config: "provider \"channels\" {}\nresource \"channels_redis_user\" \"app\" {\n  name = \"a\"\n}\n", ExpectError: regexp.MustCompile(`connection\s+of\s+an\s+administrator`),
	})
	test := testCase(steps...)
	test.TerraformVersionChecks = since("1.11.0")
	resource.ParallelTest(t, test)
}

// What is known only at apply is planned as unknown, and nothing is asked of
// Redis for it before.
func TestAccRedisUser_TakesWhatIsKnownOnlyAtApply(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	config := fmt.Sprintf(`
resource "terraform_data" "later" {
  input = { url = %q, prefix = "chat", port = %d }
}
resource "channels_redis_user" "app" {
  name      = "app"
  redis_url = terraform_data.later.output.url
  prefix    = terraform_data.later.output.prefix
  hosts     = [{ host = "localhost", port = terraform_data.later.output.port }]
}`, server.URL(), server.Port())
	resource.ParallelTest(t, testCase(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(redisUser, at("rule")), plancheck.ExpectUnknownValue(redisUser, at("addresses")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				userIs("rule", knownvalue.StringRegexp(regexp.MustCompile(`~chatspecific\.\*`))),
				userIs("addresses", knownvalue.ListExact([]knownvalue.Check{text(fmt.Sprintf("localhost:%d", server.Port()))})),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	))
}

// A user on several hosts is made on each, and a host that lost it shows in the
// plan, as does one that is added.
func TestAccRedisUser_IsOnEveryHost(t *testing.T) {
	one, two := redistest.Start(t, redistest.ACLFile()), redistest.Start(t, redistest.ACLFile())
	host := func(s *redistest.Server) string { return fmt.Sprintf("{ host = \"127.0.0.1\", port = %d }", s.Port()) }
	config := func(hosts ...string) string {
		return fmt.Sprintf("resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n  redis_url = %q\n  hosts = [%s]\n}\n", one.URL(), strings.Join(hosts, ", "))
	}
	on := func(addresses ...string) []statecheck.StateCheck {
		var list []knownvalue.Check
		for _, a := range addresses {
			list = append(list, text(a))
		}
		return []statecheck.StateCheck{userIs("addresses", knownvalue.ListExact(list))}
	}
	both := func(s *terraform.State) error {
		return errors.Join(loggedIn(one, "app", passwordOf(s)), loggedIn(two, "app", passwordOf(s)))
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config(host(one)), ConfigStateChecks: on(one.Addr())},
		resource.TestStep{
			Config: config(host(one), host(two)), ConfigPlanChecks: plansUser(plancheck.ResourceActionUpdate),
			ConfigStateChecks: on(one.Addr(), two.Addr()), Check: both,
		},
		resource.TestStep{
			PreConfig: func() { two.Do("ACL", "DELUSER", "app") },
			Config:    config(host(one), host(two)), ConfigPlanChecks: plansUser(plancheck.ResourceActionUpdate), Check: both,
		},
		resource.TestStep{Config: config(host(one), host(two)), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	))
}

// Another name is another user, which is there before the old one goes, where
// that is asked for.
func TestAccRedisUser_IsReplacedWithoutAGap(t *testing.T) {
	server := redistest.Start(t, redistest.ACLFile())
	var sent sync.Map // by the time of their coming
	var number atomic.Int64
	relay := faults.Between(t, server.Addr(), faults.Relay{Packet: func(_ int, packet []byte) { sent.Store(number.Add(1), string(packet)) }})
	config := func(name string) string {
		return fmt.Sprintf("resource \"channels_redis_user\" \"app\" {\n  name = %q\n  redis_url = \"redis://%s\"\n  lifecycle {\n    create_before_destroy = true\n  }\n}\n", name, relay.Addr())
	}
	when := func(command, name string) (first int64) {
		sent.Range(func(at, packet any) bool {
			if text, _ := packet.(string); strings.Contains(text, command) && strings.Contains(text, name) && (first == 0 || at.(int64) < first) {
				first = at.(int64)
			}
			return true
		})
		return first
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config("old")},
		resource.TestStep{
			Config: config("new"), ConfigPlanChecks: plansUser(plancheck.ResourceActionCreateBeforeDestroy),
			Check: func(*terraform.State) error {
				if made, gone := when("SETUSER", "new"), when("DELUSER", "old"); made == 0 || gone < made {
					return fmt.Errorf("the new user was made at %d, the old one removed at %d", made, gone)
				}
				return nil
			},
		},
	))
}

// The shards of a layer, and the user that it has on each of them.
func TestAccRedisUser_ItsShardedLayerPassesTheCheck(t *testing.T) {
	one := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	two := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config: adminProvider(one) + fmt.Sprintf(`
locals {
  shards = [{ host = "127.0.0.1", port = %d }, { host = "127.0.0.1", port = %d }]
}
resource "channels_redis_user" "app" {
  name  = "app"
  hosts = local.shards
}
resource "channels_layer" "x" {
  hosts = [for shard in local.shards : {
    host = shard.host, port = shard.port, username = channels_redis_user.app.name, password = channels_redis_user.app.password
  }]
  packages = { channels_redis = "4.3.0", redis = "7.4.1" }
}`, one.Port(), two.Port()),
		Check: func(*terraform.State) error {
			for _, server := range []*redistest.Server{one, two} {
				if log, _ := server.Do("ACL", "LOG").([]any); len(log) > 0 {
					return fmt.Errorf("a check was refused something: %v", log)
				}
			}
			return nil
		},
	}))
}

// A warning that is wanted as an error leaves nothing behind.
func TestAccRedisUser_IsNotLeftBehindByAFindingThatWasRaised(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"))
	config := func(severity string) string {
		return adminProvider(server) + fmt.Sprintf("resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n  findings = { \"user/not-persistent\" = %q }\n}\n", severity)
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config("error"), ExpectError: idPattern("user/not-persistent")},
		resource.TestStep{
			PreConfig: func() {
				if server.Do("ACL", "GETUSER", "app") != nil {
					t.Error("the user was left behind")
				}
			},
			Config: config("off"),
		},
	))
}

// The bare minimum passes the check as well.
func TestAccRedisUser_ItsLayerPassesWithoutTheRightsOfChecks(t *testing.T) {
	server := redistest.Start(t, redistest.ACLFile())
	config := adminProvider(server)
	var checks []resource.TestCheckFunc
	for _, backend := range []string{"core", "pubsub"} {
		config += fmt.Sprintf(`
resource "channels_redis_user" %[1]q {
  name    = "app-%[1]s"
  backend = %[1]q
  checks  = false
}
resource "channels_layer" %[1]q {
  backend   = %[1]q
  redis_url = "redis://${channels_redis_user.%[1]s.name}:${channels_redis_user.%[1]s.password}@%[2]s/0"
  packages  = { channels_redis = "4.3.0", redis = "7.4.1" }
}
data "channels_redis" %[1]q {
  backend    = %[1]q
  redis_url  = "redis://${channels_redis_user.%[1]s.name}:${channels_redis_user.%[1]s.password}@%[2]s/0"
  packages   = { channels_redis = "4.3.0", redis = "7.4.1" }
  depth      = "round_trip"
  timeout    = "30s"
  depends_on = [channels_layer.%[1]s]
}
output %[1]q {
  value = join(" ", concat([tostring(data.channels_redis.%[1]s.ready)], [for f in data.channels_redis.%[1]s.findings : f.id]))
}
`, backend, server.Addr())
		checks = append(checks, resource.TestCheckOutput(backend, "true"))
	}
	resource.ParallelTest(t, testCase(resource.TestStep{Config: config, Check: resource.ComposeAggregateTestCheckFunc(checks...)}))
}
