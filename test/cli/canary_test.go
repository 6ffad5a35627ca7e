package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// style is how a configuration comes by its secrets.
type style string

const (
	// literal: they stand in the configuration, so that core has their source
	// lines to print.
	literal style = "literals"
	// variable: they come in a sensitive variable, from a file.
	variable style = "sensitive variables"
	// ephemeral: they come in an ephemeral variable, from the environment, and
	// nothing may keep them.
	ephemeral style = "ephemeral variables"
)

// bed is a configuration full of secrets, each in a place of its own.
type bed struct {
	style   style
	secrets []canary.Secret
	// kept are the places whose secret the state holds, in sensitive values.
	kept []string
	// values are those of the variable.
	values map[string]string
	text   strings.Builder
	names  int
	// every is which rows of a table are taken: every third, say.
	every int
}

// newBed makes an empty one. Warnings and values do not depend on how secrets
// come, so that literals get by with a part of the rows, unless CHANNELS_FULL=1.
func newBed(s style) *bed {
	b := &bed{style: s, values: map[string]string{}, every: 1}
	if s == literal && os.Getenv("CHANNELS_FULL") != "1" {
		b.every = 3
	}
	return b
}

// all takes all rows of the tables.
func (b *bed) all() *bed {
	b.every = 1
	return b
}

// takes reports whether a row is taken.
func (b *bed) takes(row int) bool { return row%b.every == 0 }

// secret is a new one. Places have one name each.
func (b *bed) secret(place, delimiters string) canary.Secret {
	s := canary.Broken(fmt.Sprintf("%s (%d)", place, len(b.secrets)), delimiters)
	b.secrets = append(b.secrets, s)
	return s
}

// keep says that the state holds the secret, and returns it.
func (b *bed) keep(s canary.Secret) canary.Secret {
	if b.style != ephemeral {
		b.kept = append(b.kept, s.Place)
	}
	return s
}

// name is a new name of a resource.
func (b *bed) name() string {
	b.names++
	return fmt.Sprintf("r%d", b.names)
}

// value is an expression for a text with a secret.
func (b *bed) value(text string) string {
	if b.style == literal {
		return quoteHCL(text)
	}
	name := fmt.Sprintf("v%d", len(b.values))
	b.values[name] = text
	return fmt.Sprintf("var.given[%q]", name)
}

func (b *bed) addf(format string, arguments ...any) { fmt.Fprintf(&b.text, format+"\n", arguments...) }

// quoteHCL is a text as a literal of the configuration language.
func quoteHCL(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{").Replace(text) + `"`
}

// write puts the configuration into a workspace.
func (b *bed) write(t *testing.T, w *tfcli.Workspace) {
	t.Helper()
	switch b.style {
	case variable:
		b.addf("variable \"given\" {\n  type = map(string)\n  sensitive = true\n}")
		values, err := json.Marshal(map[string]any{"given": b.values})
		if err != nil {
			t.Fatal(err)
		}
		w.Write("given.auto.tfvars.json", string(values))
	case ephemeral:
		b.addf("variable \"given\" {\n  type = map(string)\n  sensitive = true\n  ephemeral = true\n}")
		entries := make([]string, 0, len(b.values))
		for name, value := range b.values {
			entries = append(entries, name+" = "+quoteHCL(value))
		}
		w.Setenv("TF_VAR_given", "{"+strings.Join(entries, ", ")+"}")
	}
	w.Main(b.text.String())
}

// watch runs commands and looks for the secrets in all that they print and log.
type watch struct {
	t      *testing.T
	w      *tfcli.Workspace
	finder *canary.Finder
	// printed is all that was printed for people.
	printed strings.Builder
	// shown looks for what is shown on purpose; shownIn is where it was.
	shown   *canary.Finder
	shownIn map[string]bool
}

func watching(t *testing.T, cli tfcli.CLI, b *bed) *watch {
	t.Helper()
	w := tfcli.New(t, cli)
	b.write(t, w)
	return &watch{t: t, w: w, finder: canary.NewFinder(b.secrets...), shown: canary.NewFinder(), shownIn: map[string]bool{}}
}

// shownUser is a URL in a message, password masked. Its user is shown on purpose,
// and so is the only one that is no secret: it stands beside a password, in a URL
// whose parts can be told apart.
var shownUser = regexp.MustCompile(`(REDIS_URL =[\s|│]+rediss?://)[a-z]+(:\*\*\*@127\.0\.0\.1:)`)

// look finds no secret in a text.
func (c *watch) look(where, text string, find func(string) []canary.Leak) {
	c.t.Helper()
	for _, leak := range find(shownUser.ReplaceAllString(text, "${1}user${2}")) {
		c.t.Errorf("%s shows a secret: %s", where, leak)
	}
	if len(c.shown.Find(text)) > 0 {
		c.shownIn[where] = true
	}
}

// expectShown fails the test unless what is shown on purpose was found in these
// places: secrets would have been, too.
func (c *watch) expectShown(places ...string) {
	c.t.Helper()
	for _, where := range places {
		if !c.shownIn[where] {
			c.t.Errorf("what is shown on purpose is not found in %s", where)
		}
	}
}

// run runs a command that must end so, and finds no secret in what it prints.
// The log has none either, the lines of core included: neither Terraform 1.11
// nor OpenTofu 1.12 logs values, so that nothing of it is left out.
func (c *watch) run(exit int, args ...string) tfcli.Result {
	c.t.Helper()
	result := c.command(exit, args...)
	c.look(strings.Join(args, " "), result.Combined, c.finder.FindPrinted)
	c.look(strings.Join(args, " ")+", standard output", result.Stdout, c.finder.FindPrinted)
	c.printed.WriteString(result.Combined)
	return result
}

// command runs a command and looks at its log only.
func (c *watch) command(exit int, args ...string) tfcli.Result {
	c.t.Helper()
	log := c.w.Log("TRACE")
	result := c.w.Run(args...)
	if result.ExitCode != exit {
		c.t.Fatalf("%s: exit %d, want %d\n%s", strings.Join(args, " "), result.ExitCode, exit, result.Combined)
	}
	text := log()
	c.look("the log of "+args[0], text, c.finder.Find)
	if slices.Contains([]string{"validate", "plan", "apply", "destroy"}, args[0]) && !strings.Contains(text, "provider.terraform-provider-channels") {
		c.t.Errorf("the log of %s has no line of the provider", strings.Join(args, " "))
	}
	return result
}

// document runs a command that prints JSON, where secrets stand only in what is
// marked as sensitive, and returns that part.
func (c *watch) document(args ...string) (sensitive string) {
	c.t.Helper()
	result := c.command(0, args...)
	document, err := canary.Split(result.Stdout)
	if err != nil {
		c.t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	c.look(strings.Join(args, " "), document.Public, c.finder.FindPrinted)
	c.look(strings.Join(args, " ")+", standard error", result.Stderr, c.finder.FindPrinted)
	return document.Sensitive
}

// cycle is a life from validate to destroy, every command that shows something
// included. It returns the sensitive part of the state.
func (c *watch) cycle() (state string) {
	c.t.Helper()
	c.run(0, "validate")
	c.run(0, "plan", "-out=saved")
	c.run(0, "show", "saved")
	c.document("show", "-json", "saved")
	c.run(0, "apply", "saved")
	c.run(0, "show")
	state = c.document("show", "-json")
	c.run(0, "output")
	c.document("output", "-json")
	c.run(0, "plan")
	return state
}

// expectSaid fails the test unless what was printed names all these findings:
// a check that did not take place shows no secret.
func (c *watch) expectSaid(ids ...string) {
	c.t.Helper()
	said := tfcli.Result{Combined: c.printed.String()}
	for _, id := range ids {
		if !said.Has(id) {
			c.t.Errorf("nothing says %s", id)
		}
	}
}

// eachStyle runs a test with secrets as literals and as variables.
func eachStyle(t *testing.T, test func(t *testing.T, cli tfcli.CLI, s style)) {
	t.Helper()
	for _, s := range []style{literal, variable} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				test(t, cli, s)
			})
		})
	}
}

// Malformed settings stop at validate or plan, with errors that show nothing.
func TestCanary_ErrorsOfMalformedSettingsShowNoSecret(t *testing.T) {
	t.Parallel()
	eachStyle(t, func(t *testing.T, cli tfcli.CLI, s style) {
		b := newBed(s).all()
		b.provider("")
		b.brokenLayers()
		b.hosts()
		b.brokenRequirements()
		c := watching(t, cli, b)
		if s == literal {
			c.run(1, "validate")
			c.run(1, "validate", "-json")
			c.run(1, "destroy")
		}
		c.run(1, "plan")
		c.run(1, "plan", "-json")
		c.expectSaid("url/unescaped-delimiter", "url/scheme", "url/unknown-argument", "host/is-url", "packages.requirements")

		b = newBed(s)
		b.exclusions()
		c = watching(t, cli, b)
		c.run(1, "plan")
		c.expectSaid("redis_url_wo needs redis_url_wo_version", "symmetric_encryption_keys_wo needs its version")

		// These stop at validate whatever the values are.
		b = newBed(s)
		b.mistakesBeside()
		c = watching(t, cli, b)
		c.run(1, "validate")
		c.expectSaid("No such finding", "Not a duration")
	})
}

// Every finding lowered to a warning, malformed settings get as far as they can.
func TestCanary_SecretsStandOnlyInSensitiveValues(t *testing.T) {
	t.Parallel()
	eachStyle(t, func(t *testing.T, cli tfcli.CLI, s style) {
		cli.Need(t, 1, 8) // functions
		b := newBed(s)
		b.provider(lowered())
		b.brokenLayers()
		b.hosts()
		b.environments("warning")
		b.functions()
		b.encryptionKeys()
		ends := newEndpoints(t)
		b.liveLayers(ends)
		b.outputs()
		shown := b.shown()
		c := watching(t, cli, b)
		c.shown = canary.NewFinder(shown)
		state := c.cycle()
		hidden := c.finder.Missing(state)
		for _, place := range b.kept {
			if slices.Contains(hidden, place) {
				t.Errorf("%s: the state does not hold the secret, so it went nowhere", place)
			}
		}
		if len(b.kept)*b.every < 150 {
			t.Errorf("only %d secrets are kept in the state", len(b.kept))
		}
		c.expectShown("show saved", "show", "show -json saved", "show -json", "the log of plan", "the log of apply")
		c.expectSaid(append(ends.ids(), "url/unescaped-delimiter", "host/is-url", "dotenv/ambiguous")...)
		ends.expectLoggedIn(t)
		c.run(0, "destroy")
	})
}

// The same with checks and findings that fail: all at plan, and at apply.
func TestCanary_ErrorsOfChecksShowNoSecret(t *testing.T) {
	t.Parallel()
	eachStyle(t, func(t *testing.T, cli tfcli.CLI, s style) {
		ends := newEndpoints(t)
		b := newBed(s).all()
		b.provider(`check = { on_plan = "error", timeout = "500ms" }`)
		b.environments("error")
		b.liveLayers(ends)
		c := watching(t, cli, b)
		c.run(1, "plan")
		c.run(1, "plan", "-json")
		c.expectSaid(append(ends.ids(), "host/is-url")...)

		b = newBed(s)
		b.provider(`check = { on_plan = "off", wait = "1ms", timeout = "500ms" }`)
		b.liveLayers(ends)
		c = watching(t, cli, b)
		c.run(1, "apply")
		c.expectSaid(ends.failures()...)
	})
}

// What is ephemeral is in no file at all: not in a saved plan and not in the
// state, in whatever encoding.
func TestCanary_WriteOnlySecretsStandNowhere(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		b := newBed(ephemeral)
		b.provider(lowered())
		b.brokenLayers()
		b.hosts()
		b.encryptionKeys()
		ends := newEndpoints(t)
		b.liveLayers(ends)
		b.ephemeralResources()
		shown := b.shown()
		c := watching(t, cli, b)
		c.shown = canary.NewFinder(shown)
		state := c.cycle()
		c.expectShown("show saved", "show", "show -json", "the log of plan", "the log of apply")
		if missing := c.finder.Missing(state); len(missing) != len(b.secrets) {
			t.Error("the state holds a secret that is write-only")
		}
		files := c.w.Files()
		for _, name := range []string{"saved", "saved!tfplan", "saved!tfstate", "terraform.tfstate"} {
			if files[name] == "" {
				t.Errorf("there is no %s to look at", name)
			}
		}
		for _, name := range []string{"saved!tfplan", "terraform.tfstate"} {
			if !c.shown.Has(shown.Place, files[name]) {
				t.Errorf("what is no secret is not found in %s", name)
			}
		}
		for name, content := range files {
			c.finder.Nowhere(t, name, content)
		}
		c.expectSaid(ends.ids()...)
		ends.expectLoggedIn(t)
		c.run(0, "destroy")
		for name, content := range c.w.Files() {
			c.finder.Nowhere(t, name, content)
		}
	})
}

// Errors of functions, with sensitive arguments. A literal is shown by core,
// which prints the source line of a call that fails, whatever the provider says.
func TestCanary_ErrorsOfFunctionsShowNoSecret(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 8)
		b := newBed(variable)
		calls := b.failingFunctions()
		c := watching(t, cli, b)
		result := c.run(1, "plan")
		if got := len(result.Errors()); got != calls {
			t.Errorf("%d errors of %d calls that must fail:\n%s", got, calls, result.Combined)
		}
		c.run(1, "plan", "-json")
	})
}
