package provider_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

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
