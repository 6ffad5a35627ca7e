package provider

import (
	eschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ephemeralAttributes are the fields as attributes of a ephemeral resource.
func ephemeralAttributes(fields []field) map[string]eschema.Attribute {
	attributes := make(map[string]eschema.Attribute, len(fields))
	for _, f := range fields {
		attributes[f.name] = ephemeralAttribute(f)
	}
	return attributes
}

func ephemeralAttribute(f field) eschema.Attribute {
	switch f.kind {
	case kindInt:
		return eschema.Int64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindBool:
		return eschema.BoolAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindNumber:
		return eschema.Float64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindStringMap:
		return eschema.MapAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindStringList:
		return eschema.ListAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindStringSet:
		return eschema.SetAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindObject:
		return eschema.SingleNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			Attributes:          ephemeralAttributes(f.nested),
		}
	case kindObjectList:
		return eschema.ListNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			NestedObject:        eschema.NestedAttributeObject{Attributes: ephemeralAttributes(f.nested)},
		}
	default:
		return eschema.StringAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			Validators:          f.stringValidators(),
		}
	}
}
