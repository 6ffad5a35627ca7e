package e2e

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
)

// The project's settings code is the one that the provider mirrors, to the byte:
// what it renders for a layer without options, after its import.
func TestProject_HasTheSettingsCode(t *testing.T) {
	t.Parallel()
	code, err := render.SettingsPython(channelconfig.Settings{Variables: channelconfig.DefaultVariables()})
	if err != nil {
		t.Fatal(err)
	}
	rendered, known := code.Get()
	if got, want := "import os\n\n"+django.SettingsCode(t), rendered; !known || got != want {
		t.Errorf("the project has\n%s\nand the provider renders\n%s", got, want)
	}
}
