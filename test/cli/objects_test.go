package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestImport_FailsAndSaysWhy(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer("redis://redis.example.com"))
		expectHas(t, w.Fails("import", "channels_layer.this", "any"), "cannot be imported", "creating it changes nothing")
		w.Main(layer("redis://redis.example.com") + `import {
  to = channels_layer.this
  id = "any"
}
`)
		expectHas(t, w.Fails("plan"), "cannot be imported")
	})
}

func TestMovedAndRemoved_ChangeNothing(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(named("before", server.URL()))
		w.OK("apply")
		w.Main(named("after", server.URL()) + `moved {
  from = channels_layer.before
  to   = channels_layer.after
}
`)
		result := w.OK("apply")
		expectWarnings(t, result)
		expectHas(t, result, "0 added, 0 changed, 0 destroyed")
		if _, moved := w.State()["channels_layer.after"]; !moved {
			t.Errorf("the state has %v", w.State())
		}
		w.Main(`removed {
  from = channels_layer.after
  lifecycle {
    destroy = false
  }
}
`)
		w.OK("apply")
		if left := w.State(); len(left) != 0 {
			t.Errorf("the state has %v", left)
		}
	})
}

func TestLayer_ChangeIsUpdateInPlace(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(server.URL()))
		w.OK("apply")
		w.Main(layer(server.URL()+"/1", `config = { prefix = "shop" }`))
		result := w.OK("apply")
		expectWarnings(t, result)
		expectHas(t, result, "0 added, 1 changed, 0 destroyed")
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
		w.Main(layer(server.URL()))
		expectWarnings(t, w.OK("apply"))
		// Its exit code says 2 for any object with several sensitive attributes,
		// whose order in the state is random: so the text is what counts.
		result = w.OK("plan", "-refresh-only")
		expectWarnings(t, result)
		expectHas(t, result, "No changes")
	})
}
