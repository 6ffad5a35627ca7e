package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func TestAccWebSocketDataSource_KnownNullAndUnknown(t *testing.T) {
	closed := "ws://" + faults.ClosedPort(t) + "/"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config:      `data "channels_websocket" "this" { url = "https://app.example.com/" }`,
				ExpectError: regexp.MustCompile(`write wss://`),
			},
			{
				// Null arguments, and a URL that is known only at apply.
				Config: fmt.Sprintf(`
resource "terraform_data" "url" { input = %q }
data "channels_websocket" "this" {
  url          = terraform_data.url.output
  origin       = null
  headers      = null
  cookies      = { a = null }
  subprotocols = null
  tls          = { verify = null }
  send         = null
  expect       = null
  timeout      = null
}
`, closed),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("data.channels_websocket.this", tfjsonpath.New("connected"), knownvalue.Bool(false)),
					statecheck.ExpectKnownValue("data.channels_websocket.this", tfjsonpath.New("status"), knownvalue.Null()),
					statecheck.ExpectKnownValue("data.channels_websocket.this", tfjsonpath.New("findings").AtSliceIndex(0).AtMapKey("id"), knownvalue.StringExact("websocket/refused")),
				},
			},
		},
	})
}

func TestAccDeliveryResource_UnknownURLIsDeliveredAtApply(t *testing.T) {
	redistest.Slow(t)
	server := redistest.Start(t)
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, "REDIS_URL="+server.URL())
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: fmt.Sprintf(`
resource "terraform_data" "url" { input = { redis = %q, app = %q } }
resource "channels_delivery" "this" {
  redis_url = terraform_data.url.output.redis
  url       = terraform_data.url.output.app
  triggers  = { id = terraform_data.url.id }
}
`, server.URL(), app.URL("/joined/")),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("channels_delivery.this", tfjsonpath.New("delivered"), knownvalue.Bool(true)),
			},
		}},
	})
}
