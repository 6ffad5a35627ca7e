package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// The provider's URL leads to another server for once, as with the variables of
// another environment: its user of the same name is neither taken over nor removed.
func TestAccRedisUser_UsersOfAnotherServerAreNotItsOwn(t *testing.T) {
	ours := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	theirs := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile(), redistest.User("app", "on", ">their-own", "~*", "+@all"))
	empty := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	at := func(server *redistest.Server, more string) string {
		return adminProvider(server) + "resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n" + more + "\n}\n"
	}
	untouched := func() error {
		if err := loggedIn(theirs, "app", "their-own"); err != nil {
			return fmt.Errorf("a user that is not ours was touched: %w", err)
		}
		return nil
	}
	first := ""
	test := testCase(
		resource.TestStep{Config: at(ours, ""), Check: func(s *terraform.State) error {
			first = passwordOf(s)
			return nil
		}},
		resource.TestStep{Config: at(theirs, ""), ExpectError: idPattern("user/exists")},
		resource.TestStep{Config: at(theirs, "password_version = 2"), ExpectError: idPattern("user/exists")},
		resource.TestStep{Config: at(theirs, ""), Destroy: true, ExpectError: idPattern("user/exists")},
		resource.TestStep{
			Config:           at(ours, ""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			Check: func(*terraform.State) error {
				if err := untouched(); err != nil {
					return err
				}
				return loggedIn(ours, "app", first)
			},
		},
		// A server without one gets it, and the other keeps it.
		resource.TestStep{
			Config: at(empty, ""), ConfigPlanChecks: plansUser(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{userIs("addresses", knownvalue.ListExact([]knownvalue.Check{text(empty.Addr())}))},
			Check: func(*terraform.State) error {
				if err := loggedIn(empty, "app", first); err != nil {
					return err
				}
				return loggedIn(ours, "app", first)
			},
		},
	)
	resource.ParallelTest(t, test)
}

// Two resources that name the same user do not overwrite each other's, whichever
// comes first.
func TestAccRedisUser_OneNameHasOneResource(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"), redistest.ACLFile())
	config := adminProvider(server)
	for i := range 8 {
		config += strings.ReplaceAll("resource \"channels_redis_user\" \"N\" {\n  name = \"app\"\n  prefix = \"N\"\n}\n", "N", fmt.Sprintf("n%d", i))
	}
	resource.ParallelTest(t, testCase(resource.TestStep{Config: config, ExpectError: idPattern("user/exists")}))
	// The one that was made was destroyed by the test, which knows it: nothing that
	// the state did not know was left.
	if server.Do("ACL", "GETUSER", "app") != nil {
		t.Error("a user was left behind")
	}
}
