package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// broken is a deployment in which something is wrong.
type broken struct {
	name string
	// long ones run with CHANNELS_FULL=1 only.
	long  bool
	redis []redistest.Option
	// breaks happens to the server before anything looks at it.
	breaks func(server *redistest.Server)
	// layers are the arguments of channels_layer for that server: "app", and
	// "other" where the second process has other settings.
	layers func(t testing.TB, server *redistest.Server) map[string]string
	// variables stand in place of layers: an environment that somebody has set
	// by hand, which channels_environment reads.
	variables func(server *redistest.Server) map[string]string
	packages  string
	// plan and apply are the finding ids they show; apply is not run where plan
	// fails.
	plan, apply []string
	// app drives the app and fails the test unless it does what was said. It
	// returns that in words.
	app func(t *testing.T, d *deployment) string
}

// deployment is what a broken one starts.
type deployment struct {
	server    *redistest.Server
	workspace *tfcli.Workspace
	wirings   map[string]wiring
	variables map[string]string
	packages  string
}

// start starts a process of the app with the settings of a layer.
func (d *deployment) start(t testing.TB, layer string) *django.App {
	t.Helper()
	if d.variables != nil {
		return django.Start(t, d.variables, django.Packages(d.packages))
	}
	return d.wirings[layer].start(t, django.Packages(d.packages))
}

// both starts two processes of the app; the second has the settings of "other"
// if there are any.
func (d *deployment) both(t testing.TB) (one, two *django.App) {
	t.Helper()
	second := "app"
	if _, found := d.wirings["other"]; found {
		second = "other"
	}
	return d.start(t, "app"), d.start(t, second)
}

// TestBroken_AppDoesWhatTheFindingSays is the promise of fidelity: what plan and
// apply say of a deployment is what the app then does.
func TestBroken_AppDoesWhatTheFindingSays(t *testing.T) {
	t.Parallel()
	cases := slices.Concat(brokenLogins(), brokenRights(), brokenServers(), brokenPairs(), brokenSettings(), brokenLater())
	rows := newTable(t, len(cases))
	for i, c := range cases {
		t.Run(testName(c.name), func(t *testing.T) {
			t.Parallel()
			if c.long && !full() {
				t.Skip("runs with CHANNELS_FULL=1")
			}
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) { rows.add(t, i, c.run(t, cli)) })
		})
	}
}

// run plans, applies, starts the app and drives it.
func (c broken) run(t *testing.T, cli tfcli.CLI) row {
	server := redistest.Start(t, c.redis...)
	if c.breaks != nil {
		c.breaks(server)
	}
	w := tfcli.New(t, cli)
	d := &deployment{server: server, workspace: w, packages: c.packages}
	r := row{name: c.name}
	if c.variables != nil {
		d.variables = c.variables(server)
		r.plan, r.apply = c.read(t, w, d.variables), "not run"
	} else {
		r.plan, r.apply = c.deploy(t, d, c.layers(t, server))
	}
	r.app = c.app(t, d)
	return r
}

// regardless is a provider for which a finding that was expected stops nothing:
// a finding of a rule needs no check.
func regardless(ids []string) string {
	var text strings.Builder
	text.WriteString("provider \"channels\" {\n  findings = {\n    \"host/loopback\" = \"off\"\n")
	for _, id := range ids {
		fmt.Fprintf(&text, "    %q = \"warning\"\n", id)
	}
	return text.String() + "  }\n}\n"
}

// deploy plans and applies, and then applies without checks if need be.
func (c broken) deploy(t *testing.T, d *deployment, arguments map[string]string) (planned, applied string) {
	t.Helper()
	w := d.workspace
	w.Main(layers(arguments, ""))
	plan := w.Run("plan")
	planned, applied = c.says(t, plan, c.plan), "not run"
	done := false
	if plan.ExitCode == 0 {
		apply := w.Run("apply")
		// Apply shows what its own plan found as well.
		applied = c.says(t, apply, c.apply)
		done = apply.ExitCode == 0
	}
	if !done {
		w.Main(layers(arguments, regardless(c.plan)))
		w.Setenv("CHANNELS_CHECKS", "off")
		w.OK("apply")
		w.Setenv("CHANNELS_CHECKS", "")
	}
	names := make([]string, 0, len(arguments))
	for name := range arguments {
		names = append(names, name)
	}
	d.wirings = outputs(t, w, names...)
	return planned, applied
}

// says compares the ids that a run shows with those that are expected, and
// returns them in words.
func (c broken) says(t *testing.T, result tfcli.Result, want []string) string {
	t.Helper()
	got := distinct(tfcli.IDs(result.Diagnostics()))
	if !slices.Equal(got, want) {
		t.Errorf("%s: %s says %q, want %q\n%s", c.name, result.Args[0], got, want, result.Combined)
	}
	var said []string
	for _, id := range got {
		severity := "warning"
		if slices.Contains(tfcli.IDs(result.Errors()), id) {
			severity = "error"
		}
		said = append(said, severity+" `"+id+"`")
	}
	if len(said) == 0 {
		return "nothing"
	}
	return strings.Join(said, ", ")
}

// read has the variables read by channels_environment, and fails the test unless
// it finds what is expected.
func (c broken) read(t *testing.T, w *tfcli.Workspace, variables map[string]string) string {
	t.Helper()
	w.Main(`variable "environment" {
  type      = map(string)
  sensitive = true
}
data "channels_environment" "this" {
  environment = var.environment
  on_findings = "error"
}
`)
	w.Write("terraform.tfvars.json", inJSON(t, map[string]any{"environment": variables}))
	return c.says(t, w.Run("plan"), c.plan)
}

// raises fails the test unless the finding says that the app raises an
// exception of that class, and the app's log has it. This is where the words of
// a finding meet the app: a text that names another class would be wrong.
func raises(t *testing.T, app *django.App, id finding.ID, class string) {
	t.Helper()
	doc, found := catalog.Registry().Lookup(id)
	if !found || !strings.Contains(doc.Django, class) {
		t.Errorf("%s does not say that the app raises %s", id, class)
	}
	app.AwaitLog(t, class)
}

// refused fails the test unless a new WebSocket is refused with status 500, and
// the view fails: the layer cannot be used at all.
func refused(t *testing.T, app *django.App) {
	t.Helper()
	if socket, status := app.TryDial(t, chatPath); socket != nil || status != 500 {
		t.Errorf("a new WebSocket gets status %d, want 500\n%s", status, app.Log())
	}
	if status := app.Get(t, orderPath); status != 500 {
		t.Errorf("the view answers %d, want 500\n%s", status, app.Log())
	}
}

// refusedWith is the app of a layer that cannot be used at all.
func refusedWith(id finding.ID, class string) func(*testing.T, *deployment) string {
	return func(t *testing.T, d *deployment) string {
		app := d.start(t, "app")
		refused(t, app)
		raises(t, app, id, class)
		return fmt.Sprintf("starts; every WebSocket is refused (500), the view fails (500): `%s`", class)
	}
}

// eventually reports whether something becomes true within that time.
func eventually(within time.Duration, happened func() bool) bool {
	deadline := time.After(within)
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		select {
		case <-deadline:
			return happened()
		case <-ticker.C:
		}
	}
	return true
}
