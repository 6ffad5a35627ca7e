package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer serves the provider of that version over protocol 6.
func NewServer(version string) func() tfprotov6.ProviderServer {
	framework := providerserver.NewProtocol6(New(version)())
	return func() tfprotov6.ProviderServer { return server{guarded{framework(), version}} }
}

// server is the framework's server, with what it needs to understand OpenTofu.
type server struct {
	guarded
}

// msgpackNil is null in MessagePack.
var msgpackNil = []byte{0xc0}

// CallFunction fills in null arguments. OpenTofu leaves those of parameters
// that allow null out of the request (1.12.6, internal/plugin6,
// GRPCProvider.CallFunction), where Terraform sends a null, and the framework
// refuses an argument without any encoding.
func (s server) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	for i, argument := range req.Arguments {
		if argument == nil || len(argument.MsgPack) == 0 && len(argument.JSON) == 0 {
			req.Arguments[i] = &tfprotov6.DynamicValue{MsgPack: msgpackNil}
		}
	}
	return s.guarded.CallFunction(ctx, req)
}
