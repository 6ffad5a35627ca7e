// Package provider is the Terraform provider: it translates between Terraform
// and the packages that do the work, and nothing else.
package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	pschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
)

var (
	_ provider.Provider                       = (*channelsProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*channelsProvider)(nil)
	_ provider.ProviderWithFunctions          = (*channelsProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*channelsProvider)(nil)
)

// checksVariable switches every live check off when it is "off": the way out
// when a Redis that is gone stands in the way of a destroy.
const checksVariable = "CHANNELS_CHECKS"

type channelsProvider struct {
	version string
	// defaults are shared with the objects of this instance. Core validates
	// resources before it configures the provider, but after the provider's
	// own ValidateConfig, which is the first to fill them in.
	defaults *defaults
}

// New makes the provider of that version.
func New(version string) func() provider.Provider {
	return func() provider.Provider {
		return &channelsProvider{version: version, defaults: newDefaults()}
	}
}

func (p *channelsProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "channels"
	resp.Version = p.version
}

func (p *channelsProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	findings := findingsField()
	findings.doc = "Severities by finding id, for every layer: `error`, `warning` or `off`. The ids are listed in the [findings guide](guides/findings.md)."
	resp.Schema = pschema.Schema{
		MarkdownDescription: "Declares [Django Channels](https://channels.readthedocs.io/) channel layers as code and checks them against their Redis. All arguments are optional defaults.",
		Attributes: providerAttributes(append([]field{
			text("redis_url", "The URL for data sources `channels_redis`, and for `channels_delivery` and `channels_redis_user` (which needs that of an administrator), that give none. It accepts ephemeral values, so that users of `redis_url_wo` need no secret in state.").secret(),
			providerTLSField(),
			packagesField(),
			checkField(),
			findings,
		}, tunnelFields()...)),
	}
}

func (p *channelsProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	resp.Diagnostics.Append(p.defaults.read(ctx, req.Config)...)
	resp.Diagnostics.Append(p.defaults.findings.validate(path.Root("findings"))...)
	resp.Diagnostics.Append(p.defaults.tunnel.validate()...)
}

func (p *channelsProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resp.Diagnostics.Append(p.defaults.read(ctx, req.Config)...)
	resp.Diagnostics.Append(p.defaults.findings.validate(path.Root("findings"))...)
	switch word := os.Getenv(checksVariable); word {
	case "", off:
		p.defaults.checksOff = word == off
	default:
		resp.Diagnostics.AddWarning("Unknown value of "+checksVariable,
			"The environment variable "+checksVariable+" switches live checks off if it is \"off\". Any other value means nothing.")
	}
	resp.Diagnostics.Append(p.defaults.connect(os.Getenv)...)
	resp.ResourceData = p.defaults
	resp.DataSourceData = p.defaults
	resp.EphemeralResourceData = p.defaults
}

func (p *channelsProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &layerResource{defaults: p.defaults} },
		func() resource.Resource { return &deliveryResource{defaults: p.defaults} },
		func() resource.Resource { return &redisUserResource{defaults: p.defaults} },
	}
}

func (p *channelsProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &environmentDataSource{defaults: p.defaults} },
		func() datasource.DataSource { return &redisDataSource{defaults: p.defaults} },
		func() datasource.DataSource { return &websocketDataSource{defaults: p.defaults} },
	}
}

func (p *channelsProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		func() ephemeral.EphemeralResource { return &layerEphemeral{defaults: p.defaults} },
	}
}

func (p *channelsProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return parseURLFunction{} },
		func() function.Function { return buildURLFunction{} },
		func() function.Function { return redactURLFunction{} },
		func() function.Function { return resolveFunction{} },
		func() function.Function { return dotenvFunction{} },
	}
}

// read takes over the provider's arguments.
func (d *defaults) read(ctx context.Context, config attributes) diag.Diagnostics {
	r := &reader{ctx: ctx, from: config}
	packagesObject := r.object("packages")
	checkObject := r.object("check")
	d.redisURL = r.secret("redis_url")
	d.check = readCheck(checkObject)
	d.tunnel = readTunnel(r)
	d.tls = readTLSDefaults(r.object("tls"))
	d.findings = readSeverities(get[types.Map](r, "findings"))
	written := readPackages(packagesObject)
	set, diags := written.set(packages.Set{}, path.Root("packages"))
	d.packages, d.versionsUnknown = set, written.unknown()
	r.diags.Append(diags...)
	return r.diags
}
