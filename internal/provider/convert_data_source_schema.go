package provider

import (
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// dataSourceAttributes are the fields as attributes of a data source.
func dataSourceAttributes(fields []field) map[string]dschema.Attribute {
	attributes := make(map[string]dschema.Attribute, len(fields))
	for _, f := range fields {
		attributes[f.name] = dataSourceAttribute(f)
	}
	return attributes
}

func dataSourceAttribute(f field) dschema.Attribute {
	switch f.kind {
	case kindInt:
		return dschema.Int64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindBool:
		return dschema.BoolAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindNumber:
		return dschema.Float64Attribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
		}
	case kindStringMap:
		return dschema.MapAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindStringList:
		return dschema.ListAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindStringSet:
		return dschema.SetAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			ElementType:         types.StringType,
		}
	case kindObject:
		return dschema.SingleNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			Attributes:          dataSourceAttributes(f.nested),
		}
	case kindObjectList:
		return dschema.ListNestedAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			NestedObject:        dschema.NestedAttributeObject{Attributes: dataSourceAttributes(f.nested)},
		}
	default:
		return dschema.StringAttribute{
			Required:            f.role == required,
			Optional:            f.role == optional,
			Computed:            f.role == computed,
			Sensitive:           f.sensitive,
			MarkdownDescription: f.doc,
			Validators:          f.stringValidators(),
		}
	}
}
