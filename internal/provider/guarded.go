package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
)

// guarded is a server whose defects end no process: a panic becomes an error
// that says where it happened, and the state stays what it was.
type guarded struct {
	inner   tfprotov6.ProviderServer
	version string
}

var _ tfprotov6.ProviderServer = guarded{}

// issues is where bugs are reported.
const issues = "https://github.com/channel-layer/terraform-provider-channels/issues"

const bugSummary = "The provider stopped on a bug of its own"

// bugText never has what the panic said: that may quote a setting.
func (g guarded) bugText(rpc string, bug *crash.Report) string {
	return "This is a bug of the provider and not of the configuration. Nothing was changed, and the state is what it was. " +
		"Please report it with the lines below, and without settings, which may hold a password:\n" + issues +
		"\n\n  version " + g.version + ", " + rpc + ", panic of type " + bug.Kind + "\n  " +
		strings.ReplaceAll(strings.TrimSpace(bug.Stack), "\n", "\n  ")
}

// guard serves a request; where that panics, failed makes the answer.
func guard[Q, A any](ctx context.Context, g guarded, rpc string, req *Q, serve func(context.Context, *Q) (*A, error),
	failed func([]*tfprotov6.Diagnostic) *A,
) (answer *A, err error) {
	if bug := crash.Guard(func() { answer, err = serve(ctx, req) }); bug != nil {
		return failed([]*tfprotov6.Diagnostic{{
			Severity: tfprotov6.DiagnosticSeverityError, Summary: bugSummary, Detail: g.bugText(rpc, bug),
		}}), nil
	}
	return answer, err
}

// StopProvider is guarded.
func (g guarded) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (answer *tfprotov6.StopProviderResponse, err error) {
	if bug := crash.Guard(func() { answer, err = g.inner.StopProvider(ctx, req) }); bug != nil {
		return &tfprotov6.StopProviderResponse{Error: bugSummary + ": " + g.bugText("StopProvider", bug)}, nil
	}
	return answer, err
}

// CallFunction is guarded.
func (g guarded) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (answer *tfprotov6.CallFunctionResponse, err error) {
	if bug := crash.Guard(func() { answer, err = g.inner.CallFunction(ctx, req) }); bug != nil {
		return &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{Text: bugSummary + ". " + g.bugText("CallFunction", bug)}}, nil
	}
	return answer, err
}

// ReadResource is guarded: the state stays.
func (g guarded) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return guard(ctx, g, "ReadResource", req, g.inner.ReadResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.ReadResourceResponse {
		return &tfprotov6.ReadResourceResponse{Diagnostics: d, NewState: req.CurrentState, Private: req.Private, NewIdentity: req.CurrentIdentity}
	})
}

// ApplyResourceChange is guarded: what was there before is there still, and of
// a creation nothing is.
func (g guarded) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return guard(ctx, g, "ApplyResourceChange", req, g.inner.ApplyResourceChange, func(d []*tfprotov6.Diagnostic) *tfprotov6.ApplyResourceChangeResponse {
		return &tfprotov6.ApplyResourceChangeResponse{Diagnostics: d, NewState: req.PriorState, Private: req.PlannedPrivate}
	})
}

// GetMetadata is guarded.
func (g guarded) GetMetadata(ctx context.Context, req *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return guard(ctx, g, "GetMetadata", req, g.inner.GetMetadata, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetMetadataResponse {
		return &tfprotov6.GetMetadataResponse{Diagnostics: d}
	})
}

// GetProviderSchema is guarded.
func (g guarded) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return guard(ctx, g, "GetProviderSchema", req, g.inner.GetProviderSchema, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetProviderSchemaResponse {
		return &tfprotov6.GetProviderSchemaResponse{Diagnostics: d}
	})
}

// GetResourceIdentitySchemas is guarded.
func (g guarded) GetResourceIdentitySchemas(ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return guard(ctx, g, "GetResourceIdentitySchemas", req, g.inner.GetResourceIdentitySchemas, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetResourceIdentitySchemasResponse {
		return &tfprotov6.GetResourceIdentitySchemasResponse{Diagnostics: d}
	})
}

// ValidateProviderConfig is guarded.
func (g guarded) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return guard(ctx, g, "ValidateProviderConfig", req, g.inner.ValidateProviderConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateProviderConfigResponse {
		return &tfprotov6.ValidateProviderConfigResponse{Diagnostics: d}
	})
}

// ConfigureProvider is guarded.
func (g guarded) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return guard(ctx, g, "ConfigureProvider", req, g.inner.ConfigureProvider, func(d []*tfprotov6.Diagnostic) *tfprotov6.ConfigureProviderResponse {
		return &tfprotov6.ConfigureProviderResponse{Diagnostics: d}
	})
}

// ValidateResourceConfig is guarded.
func (g guarded) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return guard(ctx, g, "ValidateResourceConfig", req, g.inner.ValidateResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateResourceConfigResponse {
		return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: d}
	})
}

// UpgradeResourceState is guarded.
func (g guarded) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return guard(ctx, g, "UpgradeResourceState", req, g.inner.UpgradeResourceState, func(d []*tfprotov6.Diagnostic) *tfprotov6.UpgradeResourceStateResponse {
		return &tfprotov6.UpgradeResourceStateResponse{Diagnostics: d}
	})
}

// UpgradeResourceIdentity is guarded.
func (g guarded) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return guard(ctx, g, "UpgradeResourceIdentity", req, g.inner.UpgradeResourceIdentity, func(d []*tfprotov6.Diagnostic) *tfprotov6.UpgradeResourceIdentityResponse {
		return &tfprotov6.UpgradeResourceIdentityResponse{Diagnostics: d}
	})
}

// PlanResourceChange is guarded.
func (g guarded) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return guard(ctx, g, "PlanResourceChange", req, g.inner.PlanResourceChange, func(d []*tfprotov6.Diagnostic) *tfprotov6.PlanResourceChangeResponse {
		return &tfprotov6.PlanResourceChangeResponse{Diagnostics: d}
	})
}

// ImportResourceState is guarded.
func (g guarded) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return guard(ctx, g, "ImportResourceState", req, g.inner.ImportResourceState, func(d []*tfprotov6.Diagnostic) *tfprotov6.ImportResourceStateResponse {
		return &tfprotov6.ImportResourceStateResponse{Diagnostics: d}
	})
}

// MoveResourceState is guarded.
func (g guarded) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return guard(ctx, g, "MoveResourceState", req, g.inner.MoveResourceState, func(d []*tfprotov6.Diagnostic) *tfprotov6.MoveResourceStateResponse {
		return &tfprotov6.MoveResourceStateResponse{Diagnostics: d}
	})
}

// GenerateResourceConfig is guarded.
func (g guarded) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return guard(ctx, g, "GenerateResourceConfig", req, g.inner.GenerateResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.GenerateResourceConfigResponse {
		return &tfprotov6.GenerateResourceConfigResponse{Diagnostics: d}
	})
}

// ValidateDataResourceConfig is guarded.
func (g guarded) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return guard(ctx, g, "ValidateDataResourceConfig", req, g.inner.ValidateDataResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateDataResourceConfigResponse {
		return &tfprotov6.ValidateDataResourceConfigResponse{Diagnostics: d}
	})
}

// ReadDataSource is guarded.
func (g guarded) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return guard(ctx, g, "ReadDataSource", req, g.inner.ReadDataSource, func(d []*tfprotov6.Diagnostic) *tfprotov6.ReadDataSourceResponse {
		return &tfprotov6.ReadDataSourceResponse{Diagnostics: d}
	})
}

// GetFunctions is guarded.
func (g guarded) GetFunctions(ctx context.Context, req *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return guard(ctx, g, "GetFunctions", req, g.inner.GetFunctions, func(d []*tfprotov6.Diagnostic) *tfprotov6.GetFunctionsResponse {
		return &tfprotov6.GetFunctionsResponse{Diagnostics: d}
	})
}

// ValidateEphemeralResourceConfig is guarded.
func (g guarded) ValidateEphemeralResourceConfig(ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return guard(ctx, g, "ValidateEphemeralResourceConfig", req, g.inner.ValidateEphemeralResourceConfig, func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateEphemeralResourceConfigResponse {
		return &tfprotov6.ValidateEphemeralResourceConfigResponse{Diagnostics: d}
	})
}

// OpenEphemeralResource is guarded.
func (g guarded) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return guard(ctx, g, "OpenEphemeralResource", req, g.inner.OpenEphemeralResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.OpenEphemeralResourceResponse {
		return &tfprotov6.OpenEphemeralResourceResponse{Diagnostics: d}
	})
}

// RenewEphemeralResource is guarded.
func (g guarded) RenewEphemeralResource(ctx context.Context, req *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return guard(ctx, g, "RenewEphemeralResource", req, g.inner.RenewEphemeralResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.RenewEphemeralResourceResponse {
		return &tfprotov6.RenewEphemeralResourceResponse{Diagnostics: d}
	})
}

// CloseEphemeralResource is guarded.
func (g guarded) CloseEphemeralResource(ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return guard(ctx, g, "CloseEphemeralResource", req, g.inner.CloseEphemeralResource, func(d []*tfprotov6.Diagnostic) *tfprotov6.CloseEphemeralResourceResponse {
		return &tfprotov6.CloseEphemeralResourceResponse{Diagnostics: d}
	})
}
