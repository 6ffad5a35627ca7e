package provider

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

func (f field) stringValidators() []validator.String {
	var list []validator.String
	if len(f.oneOf) > 0 {
		list = append(list, stringvalidator.OneOf(f.oneOf...))
	}
	if f.duration {
		list = append(list, durationValidator{})
	}
	return list
}

// durationValidator accepts what parseDuration does.
type durationValidator struct{}

const durationHelp = "a positive duration of at most 1h such as `5s`, `500ms` or `1m30s`"

func (durationValidator) Description(context.Context) string { return "must be " + durationHelp }
func (durationValidator) MarkdownDescription(context.Context) string {
	return "must be " + durationHelp
}

func (durationValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, ok := parseDuration(req.ConfigValue.ValueString()); !ok {
		resp.Diagnostics.AddAttributeError(req.Path, "Not a duration",
			req.Path.String()+" must be "+strings.ReplaceAll(durationHelp, "`", "\"")+".")
	}
}

// parseDuration reads a duration that a check can work with.
func parseDuration(text string) (time.Duration, bool) {
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0 && d <= time.Hour
}
