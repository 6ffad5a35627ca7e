package provider

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	eschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"
	fwprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// said is what every panic here says; nothing may show it.
const said = "canary-5up3r-s3cr3t"

// Every request of the protocol is guarded, those that come with a later version
// of it too.
func TestGuarded_EveryRequestAnswersAPanicWithAnError(t *testing.T) {
	// The methods of a nil interface panic.
	server := reflect.ValueOf(guarded{struct{ tfprotov6.ProviderServer }{}, "1.2.3"})
	kind := reflect.TypeFor[tfprotov6.ProviderServer]()
	for i := range kind.NumMethod() {
		method := kind.Method(i)
		t.Run(method.Name, func(t *testing.T) {
			request := reflect.New(method.Type.In(1).Elem())
			answers := server.MethodByName(method.Name).Call([]reflect.Value{reflect.ValueOf(t.Context()), request})
			if !answers[1].IsNil() {
				t.Fatalf("an error of the transport: %v", answers[1])
			}
			text := told(answers[0].Interface())
			for _, part := range []string{bugSummary, issues, "1.2.3", method.Name, "panic of type runtime.", "guarded.go:"} {
				if !strings.Contains(text, part) {
					t.Errorf("the answer lacks %q: %s", part, text)
				}
			}
		})
	}
}

// told is all that an answer tells.
func told(answer any) string {
	switch a := answer.(type) {
	case *tfprotov6.StopProviderResponse:
		return a.Error
	case *tfprotov6.CallFunctionResponse:
		if a.Error == nil {
			return ""
		}
		return a.Error.Text
	}
	var b strings.Builder
	for _, d := range reflect.ValueOf(answer).Elem().FieldByName("Diagnostics").Interface().([]*tfprotov6.Diagnostic) {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			b.WriteString(d.Summary + "\n" + d.Detail)
		}
	}
	return b.String()
}

// crashing is a provider whose objects panic with a secret wherever they are
// asked for something.
type crashing struct{}

func (crashing) Metadata(_ context.Context, _ fwprovider.MetadataRequest, resp *fwprovider.MetadataResponse) {
	resp.TypeName = "channels"
}
func (crashing) Schema(context.Context, fwprovider.SchemaRequest, *fwprovider.SchemaResponse) {}
func (crashing) Configure(context.Context, fwprovider.ConfigureRequest, *fwprovider.ConfigureResponse) {
}

func (crashing) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return crashingResource{} }}
}

func (crashing) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return crashingDataSource{} }}
}

func (crashing) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return crashingEphemeral{} }}
}

func (crashing) Functions(context.Context) []func() function.Function {
	return []func() function.Function{func() function.Function { return crashingFunction{} }}
}

type crashingResource struct{}

func (crashingResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "channels_layer"
}

func (crashingResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = rschema.Schema{Attributes: map[string]rschema.Attribute{"redis_url": rschema.StringAttribute{Optional: true}}}
}

func (crashingResource) ModifyPlan(_ context.Context, req resource.ModifyPlanRequest, _ *resource.ModifyPlanResponse) {
	// Applies come after plans that went well.
	var url *string
	if diags := req.Config.GetAttribute(context.Background(), path.Root("redis_url"), &url); diags.HasError() || url == nil || *url != "plans" {
		panic(said)
	}
}

func (crashingResource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, _ *resource.ValidateConfigResponse) {
	var url *string
	if req.Config.GetAttribute(context.Background(), path.Root("redis_url"), &url); url != nil && *url == "invalid" {
		panic(said)
	}
}

func (crashingResource) Create(context.Context, resource.CreateRequest, *resource.CreateResponse) {
	panic(said)
}

func (crashingResource) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {
	panic(said)
}
func (crashingResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {
	panic(said)
}

func (crashingResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
	panic(said)
}

type crashingDataSource struct{}

func (crashingDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "channels_redis"
}

func (crashingDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = dschema.Schema{Attributes: map[string]dschema.Attribute{"redis_url": dschema.StringAttribute{Optional: true}}}
}

func (crashingDataSource) Read(context.Context, datasource.ReadRequest, *datasource.ReadResponse) {
	panic(said)
}

type crashingEphemeral struct{}

func (crashingEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "channels_layer"
}

func (crashingEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = eschema.Schema{Attributes: map[string]eschema.Attribute{"redis_url": eschema.StringAttribute{Optional: true}}}
}

func (crashingEphemeral) Open(context.Context, ephemeral.OpenRequest, *ephemeral.OpenResponse) {
	panic(said)
}

type crashingFunction struct{}

func (crashingFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "dotenv"
}

func (crashingFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{Return: function.StringReturn{}}
}
func (crashingFunction) Run(context.Context, function.RunRequest, *function.RunResponse) { panic(said) }

// objectOf is a value with that URL, or null.
func objectOf(t *testing.T, url any) *tfprotov6.DynamicValue {
	t.Helper()
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"redis_url": tftypes.String}}
	value := tftypes.NewValue(kind, nil)
	if url != nil {
		value = tftypes.NewValue(kind, map[string]tftypes.Value{"redis_url": tftypes.NewValue(tftypes.String, url)})
	}
	encoded, err := tfprotov6.NewDynamicValue(kind, value)
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

func crashingServer() tfprotov6.ProviderServer {
	return server{guarded{providerserver.NewProtocol6(crashing{})(), "1.2.3"}}
}

// expectBug fails the test unless the answer is a bug report that says where,
// and not what.
func expectBug(t *testing.T, answer any, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	text := told(answer)
	if !strings.Contains(text, bugSummary) || !strings.Contains(text, "guarded_test.go:") || !strings.Contains(text, "panic of type string") {
		t.Errorf("no bug report: %s", text)
	}
	if strings.Contains(text, said) || strings.Contains(text, "0x") {
		t.Error("the report shows a value")
	}
}

func TestGuarded_PanickingObjectsAreBugReportsAndLoseNoState(t *testing.T) {
	s, ctx := crashingServer(), t.Context()
	before, after, null := objectOf(t, "before"), objectOf(t, "after"), objectOf(t, nil)
	t.Run("read", func(t *testing.T) {
		answer, err := s.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: "channels_layer", CurrentState: before, Private: []byte("{}")})
		expectBug(t, answer, err)
		if answer.NewState != before {
			t.Error("the state is lost")
		}
	})
	for name, c := range map[string]struct{ prior, planned, config *tfprotov6.DynamicValue }{
		"create": {null, after, after},
		"update": {before, after, after},
		"delete": {before, null, null},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := s.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
				TypeName: "channels_layer", PriorState: c.prior, PlannedState: c.planned, Config: c.config,
			})
			expectBug(t, answer, err)
			if answer.NewState != c.prior {
				t.Error("the state is not what it was")
			}
		})
	}
	t.Run("plan", func(t *testing.T) {
		answer, err := s.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: "channels_layer", PriorState: before, ProposedNewState: after, Config: after,
		})
		expectBug(t, answer, err)
	})
	t.Run("validate", func(t *testing.T) {
		answer, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: "channels_layer", Config: objectOf(t, "invalid")})
		expectBug(t, answer, err)
	})
	t.Run("data source", func(t *testing.T) {
		answer, err := s.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "channels_redis", Config: after})
		expectBug(t, answer, err)
	})
	t.Run("ephemeral", func(t *testing.T) {
		answer, err := s.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: "channels_layer", Config: after})
		expectBug(t, answer, err)
	})
	t.Run("function", func(t *testing.T) {
		answer, err := s.CallFunction(ctx, &tfprotov6.CallFunctionRequest{Name: "dotenv"})
		expectBug(t, answer, err)
	})
}
