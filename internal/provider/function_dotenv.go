package provider

import (
	"context"
	"sort"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
)

var _ function.Function = dotenvFunction{}

type dotenvFunction struct{}

func (dotenvFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "dotenv"
}

func (dotenvFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "The text of a .env file that every reader reads back the same",
		MarkdownDescription: "Writes variables as the text of a .env file, sorted by name. The readers of such files disagree about quotes, `#`, `$`, backslashes and white space, so a value that one of them would misread is an error that names the variable and the reader; `build_url` makes URLs that all of them read alike. Null values are left out. The result is sensitive if a value is.",
		Parameters: []function.Parameter{
			function.MapParameter{Name: "variables", ElementType: types.StringType, MarkdownDescription: "Environment variables by name."},
		},
		Return: function.StringReturn{},
	}
}

func (dotenvFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var raw map[string]types.String
	if resp.Error = req.Arguments.Get(ctx, &raw); resp.Error != nil {
		return
	}
	values := partsArgument(raw)
	vars := make([]render.Var, 0, len(values))
	for name, value := range values {
		vars = append(vars, render.Var{Name: name, Value: value})
	}
	sort.Slice(vars, func(i, j int) bool { return vars[i].Name < vars[j].Name })
	text, err := render.DotEnv(vars)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, text.Reveal())
}
