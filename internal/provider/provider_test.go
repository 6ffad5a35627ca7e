package provider_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
	fwprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/channel-layer/terraform-provider-channels/internal/provider"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// factories serve the provider, and the echo provider that makes ephemeral
// values visible.
func factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"channels": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test")(), nil },
		"echo":     echoprovider.NewProviderServer(),
	}
}

// testCase is a case with the factories and what the oldest CLI must be able
// to do. OpenTofu's versions are its own, so the checks name both.
//
// A step without a provider block gets one that silences host/loopback, for the
// servers of tests are on 127.0.0.1.
func testCase(steps ...resource.TestStep) resource.TestCase {
	for i, step := range steps {
		if step.Config != "" && !strings.Contains(step.Config, `provider "channels"`) {
			steps[i].Config = tfcli.QuietLoopback + step.Config
		}
	}
	return resource.TestCase{ProtoV6ProviderFactories: factories(), Steps: steps}
}

// since skips a case on CLIs that lack what it needs: the framework sees only
// a version number, and OpenTofu 1.11 is newer than the features that
// Terraform 1.11 has.
func since(text string) []tfversion.TerraformVersionCheck {
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(version.Must(version.NewVersion(text)))}
}

// idPattern matches a finding's id in a diagnostic, however it is wrapped.
func idPattern(id string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta("("+id+")"), "/", `/\s*`))
}

func TestProvider_SchemasAreValid(t *testing.T) {
	ctx := context.Background()
	server := provider.NewServer("test")()
	resp, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range resp.Diagnostics {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	if len(resp.ResourceSchemas) == 0 || len(resp.DataSourceSchemas) == 0 || len(resp.Functions) == 0 || len(resp.EphemeralResourceSchemas) == 0 {
		t.Error("a kind of object is missing")
	}
}

func TestProvider_SecretBearingArgumentsAreSensitive(t *testing.T) {
	server := provider.NewServer("test")()
	resp, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	secret := map[string]bool{
		"redis_url": true, "redis_url_wo": true, "environment": true, "dotenv": true, "channel_layers_json": true,
		"symmetric_encryption_keys": true, "symmetric_encryption_keys_wo": true,
	}
	seen := map[string]bool{}
	var check func(where string, attributes []*tfprotov6.SchemaAttribute)
	check = func(where string, attributes []*tfprotov6.SchemaAttribute) {
		for _, a := range attributes {
			inVariables := strings.HasSuffix(where, ".variables")
			if secret[a.Name] && !inVariables {
				seen[a.Name] = true
				if !a.Sensitive {
					t.Errorf("%s.%s is not sensitive", where, a.Name)
				}
			}
			if a.NestedType != nil {
				check(where+"."+a.Name, a.NestedType.Attributes)
			}
		}
	}
	check("provider", resp.Provider.Block.Attributes)
	for name, s := range resp.ResourceSchemas {
		check(name, s.Block.Attributes)
	}
	for name, s := range resp.DataSourceSchemas {
		check("data."+name, s.Block.Attributes)
	}
	for name, s := range resp.EphemeralResourceSchemas {
		check("ephemeral."+name, s.Block.Attributes)
	}
	for name := range secret {
		if !seen[name] {
			t.Errorf("no schema has %s", name)
		}
	}
}

func TestProvider_ImplementsEveryKindOfObject(t *testing.T) {
	p := provider.New("test")()
	if _, ok := p.(fwprovider.ProviderWithFunctions); !ok {
		t.Error("no functions")
	}
	if _, ok := p.(fwprovider.ProviderWithEphemeralResources); !ok {
		t.Error("no ephemeral resources")
	}
}

func TestAccProvider_FindingsThatDoNotExistAreErrors(t *testing.T) {
	resource.ParallelTest(t, testCase(
		resource.TestStep{
			Config: `
provider "channels" {
  findings = { "url/unescaped-delimitor" = "warning" }
}
resource "channels_layer" "x" { debug = true }`,
			ExpectError: regexp.MustCompile(`url/unescaped-delimiter`),
		},
		resource.TestStep{
			Config: `
resource "channels_layer" "x" {
  debug    = true
  findings = { "url/empty" = "loud" }
}`,
			ExpectError: regexp.MustCompile(`No such severity`),
		},
	))
}
