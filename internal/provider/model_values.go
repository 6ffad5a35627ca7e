package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// attributes is what a tfsdk.Config, Plan and State have in common.
type attributes interface {
	GetAttribute(ctx context.Context, path path.Path, target any) diag.Diagnostics
}

// reader reads attributes and collects what goes wrong.
type reader struct {
	ctx   context.Context
	from  attributes
	diags diag.Diagnostics
}

func get[T attr.Value](r *reader, name string) T {
	var v T
	r.diags.Append(r.from.GetAttribute(r.ctx, path.Root(name), &v)...)
	return v
}

func (r *reader) text(name string) channelconfig.Value[string] {
	return stringValue(get[types.String](r, name))
}

func (r *reader) secret(name string) channelconfig.Value[secret.String] {
	return secretValue(get[types.String](r, name))
}

func (r *reader) boolean(name string) channelconfig.Value[bool] {
	return boolValue(get[types.Bool](r, name))
}

func (r *reader) object(name string) objectReader {
	return objectReader{get[types.Object](r, name)}
}

// objectReader reads the attributes of a nested object. Those of an unknown
// object are unknown, those of none at all unset.
type objectReader struct{ object types.Object }

func member[T attr.Value](o objectReader, name string) (v T, unknown bool) {
	if o.object.IsUnknown() {
		return v, true
	}
	if typed, ok := o.object.Attributes()[name].(T); ok {
		return typed, false
	}
	return v, false
}

func (o objectReader) text(name string) channelconfig.Value[string] {
	v, unknown := member[types.String](o, name)
	if unknown {
		return channelconfig.Unknown[string]()
	}
	return stringValue(v)
}

func (o objectReader) integer(name string) channelconfig.Value[int64] {
	v, unknown := member[types.Int64](o, name)
	if unknown {
		return channelconfig.Unknown[int64]()
	}
	return intValue(v)
}

// secrets reads a list of strings.
func (o objectReader) secrets(name string) channelconfig.Value[[]secret.String] {
	v, unknown := member[types.List](o, name)
	switch {
	case unknown || v.IsUnknown():
		return channelconfig.Unknown[[]secret.String]()
	case v.IsNull():
		return channelconfig.Value[[]secret.String]{}
	}
	list := make([]secret.String, 0, len(v.Elements()))
	for _, element := range v.Elements() {
		text, _ := element.(types.String)
		if text.IsNull() {
			text = types.StringValue("") // which is as wrong, and found as such
		}
		item, ok := secretValue(text).Get()
		if !ok {
			return channelconfig.Unknown[[]secret.String]()
		}
		list = append(list, item)
	}
	return channelconfig.Known(list)
}

// uncertain reports that it is not known whether there is such a list at all.
func (o objectReader) uncertain(name string) bool {
	v, unknown := member[types.List](o, name)
	return unknown || v.IsUnknown()
}

// objects reads a list of objects.
func (o objectReader) objects(name string) (list []objectReader, isSet, unknown bool) {
	v, unknown := member[types.List](o, name)
	if unknown || v.IsUnknown() {
		return nil, true, true
	}
	for _, element := range v.Elements() {
		if object, ok := element.(types.Object); ok {
			list = append(list, objectReader{object})
		}
	}
	return list, !v.IsNull(), false
}

func stringValue(v types.String) channelconfig.Value[string] {
	switch {
	case v.IsUnknown():
		return channelconfig.Unknown[string]()
	case v.IsNull():
		return channelconfig.Value[string]{}
	default:
		return channelconfig.Known(v.ValueString())
	}
}

func secretValue(v types.String) channelconfig.Value[secret.String] {
	switch {
	case v.IsUnknown():
		return channelconfig.Unknown[secret.String]()
	case v.IsNull():
		return channelconfig.Value[secret.String]{}
	default:
		return channelconfig.Known(secret.New(v.ValueString()))
	}
}

func boolValue(v types.Bool) channelconfig.Value[bool] {
	switch {
	case v.IsUnknown():
		return channelconfig.Unknown[bool]()
	case v.IsNull():
		return channelconfig.Value[bool]{}
	default:
		return channelconfig.Known(v.ValueBool())
	}
}

func intValue(v types.Int64) channelconfig.Value[int64] {
	switch {
	case v.IsUnknown():
		return channelconfig.Unknown[int64]()
	case v.IsNull():
		return channelconfig.Value[int64]{}
	default:
		return channelconfig.Known(v.ValueInt64())
	}
}
