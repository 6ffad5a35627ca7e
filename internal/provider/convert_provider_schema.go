package provider

import (
	pschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// providerAttributes are the fields as attributes of a provider.
func providerAttributes(fields []field) map[string]pschema.Attribute {
	attributes := make(map[string]pschema.Attribute, len(fields))
	for _, f := range fields {
		attributes[f.name] = providerAttribute(f)
	}
	return attributes
}

func providerAttribute(f field) pschema.Attribute {
	switch f.kind {
	case kindInt:
		return pschema.Int64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindBool:
		return pschema.BoolAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindNumber:
		return pschema.Float64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindStringMap:
		return pschema.MapAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindStringList:
		return pschema.ListAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindStringSet:
		return pschema.SetAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindObject:
		return pschema.SingleNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			Attributes:          providerAttributes(f.nested),
		}
	case kindObjectList:
		return pschema.ListNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			NestedObject:        pschema.NestedAttributeObject{Attributes: providerAttributes(f.nested)},
		}
	default:
		return pschema.StringAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			Validators:          f.stringValidators(),
		}
	}
}
