package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Switching the checks off lets a way that cannot be used pass, and what is no
// check goes around it no more than before: it would show the administrator's
// password to whatever has that address here.
func TestAccRedisUser_NeverGoesAroundAWayThatCannotBeUsed(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-admin"))
	t.Setenv("CHANNELS_CHECKS", "off")
	t.Setenv("CHANNELS_SSH_HOST", "")
	before := server.Connections()
	config := strings.Replace(adminProvider(server), "{\n", "{\n  ssh = {}\n", 1)
	resource.Test(t, testCase(resource.TestStep{
		Config:      config + "resource \"channels_redis_user\" \"app\" {\n  name = \"app\"\n}\n",
		ExpectError: regexp.MustCompile(`CHANNELS_SSH_HOST`),
	}))
	if after := server.Connections(); after != before {
		t.Errorf("%d connections went around the way", after-before)
	}
}
