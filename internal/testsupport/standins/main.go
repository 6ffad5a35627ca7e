// Command standins stands in for the providers of others that the examples
// use and that cannot be had without a registry. It is the one whose name its
// own file has: terraform-provider-random, -dokploy or -kubernetes.
//
// Each has the arguments, their types, and what of them is required, computed,
// sensitive and write-only, as the documentation of the real provider states
// them, and only the resources of the examples. Instead of a service it writes
// what the service would be told to a file in the directory that
// CHANNELS_STANDINS names, so that tests read it back with the service's own
// reader.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// directory names the variable with the place of the files.
const directory = "CHANNELS_STANDINS"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	name := strings.TrimPrefix(filepath.Base(os.Args[0]), "terraform-provider-")
	name, _, _ = strings.Cut(name, "_") // as a mirror names it: terraform-provider-random_v3.7.2
	all := map[string]struct {
		namespace string
		resources []func() resource.Resource
		arguments map[string]schema.Attribute
	}{
		"random": {"hashicorp", []func() resource.Resource{newPassword}, nil},
		"dokploy": {"ahmedali6", []func() resource.Resource{newDokployRedis, newDokployVariables}, map[string]schema.Attribute{
			"host":    schema.StringAttribute{Required: true},
			"api_key": schema.StringAttribute{Required: true, Sensitive: true},
		}},
		"kubernetes": {"hashicorp", []func() resource.Resource{newKubernetesSecret}, map[string]schema.Attribute{
			"config_path":    schema.StringAttribute{Optional: true},
			"config_context": schema.StringAttribute{Optional: true},
		}},
	}
	which, known := all[name]
	if !known {
		return fmt.Errorf("standins has no provider %q", name)
	}
	standin := func() provider.Provider {
		return &standin{name: name, arguments: which.arguments, resources: which.resources}
	}
	return providerserver.Serve(context.Background(), standin, providerserver.ServeOpts{
		Address: "registry.terraform.io/" + which.namespace + "/" + name,
	})
}

type standin struct {
	name      string
	arguments map[string]schema.Attribute
	resources []func() resource.Resource
}

func (s *standin) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = s.name
}

func (s *standin) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: s.arguments}
}

func (s *standin) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (s *standin) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (s *standin) Resources(context.Context) []func() resource.Resource { return s.resources }

// told writes what the service would be told.
func told(name, text string) error {
	return os.WriteFile(filepath.Join(os.Getenv(directory), name), []byte(text), 0o600)
}

// forgotten takes it away again.
func forgotten(name string) error {
	err := os.Remove(filepath.Join(os.Getenv(directory), name))
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
