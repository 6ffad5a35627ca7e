package provider

import (
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// resourceAttributes are the fields as attributes of a resource.
func resourceAttributes(fields []field) map[string]rschema.Attribute {
	attributes := make(map[string]rschema.Attribute, len(fields))
	for _, f := range fields {
		attributes[f.name] = resourceAttribute(f)
	}
	return attributes
}

func resourceAttribute(f field) rschema.Attribute {
	switch f.kind {
	case kindInt:
		return rschema.Int64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
		}
	case kindBool:
		return rschema.BoolAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
		}
	case kindNumber:
		return rschema.Float64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
		}
	case kindStringMap:
		return rschema.MapAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
			ElementType:         types.StringType,
		}
	case kindStringList:
		return rschema.ListAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
			ElementType:         types.StringType,
		}
	case kindStringSet:
		return rschema.SetAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindObject:
		return rschema.SingleNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
			Attributes:          resourceAttributes(f.nested),
		}
	case kindObjectList:
		return rschema.ListNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
			NestedObject:        rschema.NestedAttributeObject{Attributes: resourceAttributes(f.nested)},
		}
	default:
		return rschema.StringAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			WriteOnly:           f.writeOnly,
			Validators:          f.stringValidators(),
		}
	}
}
