package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var (
	_ function.Function = buildURLFunction{}
	_ function.Function = redactURLFunction{}
)

type buildURLFunction struct{}

func (buildURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "build_url"
}

func (buildURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "A Redis URL of its parts, percent-encoded",
		MarkdownDescription: "Builds the URL of `scheme` or `tls`, `host`, `port`, `username`, `password`, `db`, `path` (a unix socket) and any query argument of redis-py, encoded so that redis-py, and every .env reader and shell on the way, reads back exactly those parts. Null values count as absent; an unknown part is an error that lists the known ones. The result is sensitive if a part is.",
		Parameters: []function.Parameter{
			function.MapParameter{
				Name:                "parts",
				ElementType:         types.StringType,
				MarkdownDescription: "The parts, for example `{ host = \"redis\", port = 6379, password = var.password, tls = true }`.",
			},
		},
		Return: function.StringReturn{},
	}
}

func (buildURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var raw map[string]types.String
	if resp.Error = req.Arguments.Get(ctx, &raw); resp.Error != nil {
		return
	}
	parts, err := readParts(partsArgument(raw))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	url, err := redisurl.Build(parts)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, url.Reveal())
}

type redactURLFunction struct{}

func (redactURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "redact_url"
}

func (redactURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "A Redis URL that can be shown to people",
		MarkdownDescription: "Returns the URL with its secrets masked. Of a URL whose parts cannot be told apart for certain, only what is certainly no secret is left. It never fails. Terraform marks the result as sensitive if the URL is: wrap it in `nonsensitive()` to show it.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "url", MarkdownDescription: "Any text that is meant as a Redis URL."},
		},
		Return: function.StringReturn{},
	}
}

func (redactURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var url string
	if resp.Error = req.Arguments.Get(ctx, &url); resp.Error != nil {
		return
	}
	resp.Error = resp.Result.Set(ctx, redisurl.Redact(secret.New(url)))
}
