package cli

import (
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/golden"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// further are configurations for static findings whose docs have no example.
var further = map[finding.ID]string{
	"config/option-not-supported": `resource "channels_layer" "this" {
  redis_url = "redis://redis:6379/0"
  backend   = "pubsub"
  config    = { capacity = 200 }
}
`,
	"config/value": `resource "channels_layer" "this" {
  redis_url = "redis://redis:6379/0"
  config    = { symmetric_encryption_keys = ["made-up,of-two"] }
}
`,
	"dotenv/ambiguous": `data "channels_environment" "this" {
  dotenv = "REDIS_URL=redis://default:exam#ple@redis:6379/0\n"
}
`,
	"dotenv/comment-cut": `data "channels_environment" "this" {
  dotenv = "REDIS_URL=\"redis://default:exam#ple@redis:6379/0\"\n"
  reader = "django-environ"
}
`,
	"environment/proxied-value": `data "channels_environment" "this" {
  environment = { REDIS_URL = "$REDIS_TLS_URL" }
  reader      = "django-environ"
  on_findings = "error"
}
`,
}

// Every static error and warning is what its golden file says, in a layer where
// a layer can have it, else in the variables of an existing app.
func TestGolden_StaticFindingsReadAsKept(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		for _, doc := range catalog.Registry().Docs() {
			if doc.Live || doc.Severity < finding.Warning || len(doc.Bad) == 0 && further[doc.ID] == "" {
				continue
			}
			t.Run(string(doc.ID), func(t *testing.T) {
				t.Parallel()
				golden.Block{Secrets: passwordsIn(doc.Bad)}.Check(t, doc.ID, shown(t, cli, doc))
			})
		}
	})
}

// shown is the output that has the finding.
func shown(t *testing.T, cli tfcli.CLI, doc finding.Doc) tfcli.Result {
	t.Helper()
	w := tfcli.New(t, cli)
	w.WithoutProvider() // host/loopback is one of the findings
	if config := further[doc.ID]; config != "" {
		w.Main(config)
		if strings.HasPrefix(config, "data") {
			return w.Run("plan")
		}
		return w.Run("validate")
	}
	example := readExample(doc.Bad[0])
	if config, ok := example.layer(); ok {
		w.Main(config)
		if result := w.Run("validate"); slices.Contains(tfcli.IDs(result.Diagnostics()), string(doc.ID)) {
			return result
		}
	}
	w.Main(example.environment())
	return w.Run("plan")
}

// passwordsIn are those of the URLs in examples.
func passwordsIn(examples []string) []string {
	var found []string
	for _, match := range regexp.MustCompile(`://[^@\n]*?:([^@\n]*)@`).FindAllStringSubmatch(strings.Join(examples, "\n"), -1) {
		if len(match[1]) > 5 {
			found = append(found, match[1])
		}
	}
	return found
}

// example is a bad example of a doc, taken apart.
type example struct {
	names              []string
	values             map[string]string
	backend            string
	packages, settings []string
	tls                []string
}

// readExample reads what finding.Doc says of examples.
func readExample(text string) example {
	e := example{values: map[string]string{}}
	pin := regexp.MustCompile(`^([a-z_]+)==([0-9a-z.]+)$`)
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(line, "=")
		switch pinned := pin.FindStringSubmatch(line); {
		case pinned != nil:
			e.packages = append(e.packages, fmt.Sprintf("%s = %q", pinned[1], pinned[2]))
		case name == "BACKEND":
			e.backend = value
		case strings.HasPrefix(name, "tls."):
			e.tls = append(e.tls, strings.TrimPrefix(name, "tls.")+" = "+quoted(pemTexts().Replace(value)))
		case strings.HasPrefix(name, "CONFIG."):
			if !regexp.MustCompile(`^(-?[0-9]+|\[.*\]|\{.*\})$`).MatchString(value) {
				value = quoted(value)
			}
			e.settings = append(e.settings, strings.TrimPrefix(name, "CONFIG.")+" = "+value)
		default:
			e.names = append(e.names, name)
			e.values[name] = value
		}
	}
	return e
}

// pemTexts are what stands for PEM texts in examples: their form alone.
func pemTexts() *strings.Replacer {
	block := func(kind string) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte{0x30, 0x00}}))
	}
	return strings.NewReplacer("CERTIFICATE", block("CERTIFICATE"), "KEY", block("PRIVATE KEY"), "BUNDLE", strings.Repeat(block("CERTIFICATE"), 400))
}

// quoted is a text as a string of HCL.
func quoted(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(fmt.Sprintf("%q", text))
}

// common are the arguments that a layer and an environment share.
func (e example) common() string {
	var b strings.Builder
	if e.backend != "" {
		fmt.Fprintf(&b, "  backend = %q\n", e.backend)
	}
	if len(e.packages) > 0 {
		fmt.Fprintf(&b, "  packages = { %s }\n", strings.Join(e.packages, ", "))
	}
	if len(e.settings) > 0 {
		fmt.Fprintf(&b, "  config = { %s }\n", strings.Join(e.settings, ", "))
	}
	return b.String()
}

// layer is the example as a layer; not ok where a layer cannot say it.
func (e example) layer() (config string, ok bool) {
	var b strings.Builder
	b.WriteString("resource \"channels_layer\" \"this\" {\n")
	number := regexp.MustCompile(`^-?[0-9]{1,10}$`)
	for _, name := range e.names {
		value := e.values[name]
		switch {
		case name == "REDIS_URL" || name == "REDIS_HOST" || name == "DJANGO_SETTINGS_MODULE":
			fmt.Fprintf(&b, "  %s = %s\n", strings.ToLower(name), quoted(value))
		case name == "REDIS_PORT" && number.MatchString(value):
			fmt.Fprintf(&b, "  redis_port = %s\n", value)
		case name == "DEBUG" && (value == "True" || value == "False"):
			fmt.Fprintf(&b, "  debug = %s\n", strings.ToLower(value))
		default:
			return "", false
		}
	}
	if len(e.tls) > 0 {
		fmt.Fprintf(&b, "  tls = { %s }\n", strings.Join(e.tls, ", "))
	}
	return b.String() + e.common() + "}\n", true
}

// environment is the example as variables of an existing app.
func (e example) environment() string {
	var b strings.Builder
	b.WriteString("data \"channels_environment\" \"this\" {\n  environment = {\n")
	for _, name := range e.names {
		fmt.Fprintf(&b, "    %s = %s\n", name, quoted(e.values[name]))
	}
	return b.String() + "  }\n  on_findings = \"error\"\n" + e.common() + "}\n"
}

// pending are the errors and warnings without a golden file, and why.
var pending = map[finding.ID]string{
	finding.IDCrashed:           "a bug that is not known cannot be provoked; its text is tested in internal/finding",
	"network/port-out-of-range": "port/out-of-range and url/port-invalid stop such settings before anything is dialled",
	"sentinel/loopback-address": "a Sentinel on another machine; internal/redisprobe provokes it",
	"unix/permission-denied":    "root may connect to every socket, and the tests may run as root; internal/redisprobe provokes it",
}

func TestGolden_EveryErrorAndWarningHasOne(t *testing.T) {
	t.Parallel()
	kept := map[finding.ID]bool{}
	for _, file := range golden.All(t) {
		kept[file.ID] = true
	}
	for _, doc := range catalog.Registry().Docs() {
		if doc.Severity < finding.Warning {
			continue
		}
		switch reason := pending[doc.ID]; {
		case reason == "" && !kept[doc.ID]:
			t.Errorf("%s has no file in testdata/golden: provoke it, or say among the pending ones why it cannot be", doc.ID)
		case reason != "" && kept[doc.ID]:
			t.Errorf("%s has a golden file: take it off the pending ones", doc.ID)
		}
	}
	for id := range pending {
		if doc, ok := catalog.Registry().Lookup(id); !ok || doc.Severity < finding.Warning {
			t.Errorf("%s is no error or warning: take it off the pending ones", id)
		}
	}
	for id := range kept {
		if _, ok := catalog.Registry().Lookup(id); !ok {
			t.Errorf("testdata/golden has a file for %s, which does not exist", id)
		}
	}
}
