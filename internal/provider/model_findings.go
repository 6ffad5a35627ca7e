package provider

import (
	"fmt"
	"sort"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// severities is a findings attribute: what users make of ids.
type severities struct {
	byID map[finding.ID]string
	// unknown is set where not all of it is known yet.
	unknown bool
}

// off silences a finding.
const off = "off"

func readSeverities(m types.Map) severities {
	s := severities{byID: map[finding.ID]string{}, unknown: m.IsUnknown()}
	for id, value := range m.Elements() {
		text, ok := value.(types.String)
		switch {
		case !ok || text.IsNull():
		case text.IsUnknown():
			s.unknown = true
		default:
			s.byID[finding.ID(id)] = text.ValueString()
		}
	}
	return s
}

// over is s where it says something, and the defaults elsewhere.
func (s severities) over(defaults severities) severities {
	merged := severities{byID: map[finding.ID]string{}, unknown: s.unknown || defaults.unknown}
	for _, layer := range []severities{defaults, s} {
		for id, word := range layer.byID {
			merged.byID[id] = word
		}
	}
	return merged
}

// apply gives a finding the severity that the user wants for it; not ok means
// silence. Notes of severity info are raised only where the user says so.
func (s severities) apply(f finding.Finding) (_ finding.Finding, ok bool) {
	switch s.byID[f.ID] {
	case off:
		return f, false
	case "warning":
		return f.WithSeverity(finding.Warning), true
	case "error":
		return f.WithSeverity(finding.Error), true
	default:
		return f, true
	}
}

// validate reports ids and words that do not exist.
func (s severities) validate(at path.Path) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(s.byID) == 0 {
		return nil
	}
	known := catalog.Registry()
	ids := make([]string, 0, len(s.byID))
	for id := range s.byID {
		ids = append(ids, string(id))
	}
	sort.Strings(ids)
	for _, id := range ids {
		if _, ok := known.Lookup(finding.ID(id)); !ok {
			diags.AddAttributeError(at, "No such finding",
				fmt.Sprintf("There is no finding %q. The nearest is %q; the findings guide lists them all.", id, known.Nearest(finding.ID(id))))
		}
		switch s.byID[finding.ID(id)] {
		case off, "warning", "error":
		default:
			diags.AddAttributeError(at.AtMapKey(id), "No such severity",
				fmt.Sprintf("The severity of %q must be \"error\", \"warning\" or \"off\".", id))
		}
	}
	return diags
}

var findingType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"id":       types.StringType,
	"severity": types.StringType,
	"summary":  types.StringType,
	"detail":   types.StringType,
	"setting":  types.StringType,
	"fix":      types.StringType,
}}

// findingsList are findings as the value of an output.
func findingsList(findings []finding.Finding) types.List {
	elements := make([]attr.Value, 0, len(findings))
	for _, f := range findings {
		elements = append(elements, types.ObjectValueMust(findingType.AttrTypes, map[string]attr.Value{
			"id":       types.StringValue(string(f.ID)),
			"severity": types.StringValue(f.Severity.String()),
			"summary":  types.StringValue(f.Summary),
			"detail":   types.StringValue(f.Detail),
			"setting":  types.StringValue(f.Setting),
			"fix":      types.StringValue(f.Fix),
		}))
	}
	return types.ListValueMust(findingType, elements)
}

// all applies the severities to a list.
func (s severities) all(findings []finding.Finding) []finding.Finding {
	var kept []finding.Finding
	for _, f := range findings {
		if f, ok := s.apply(f); ok {
			kept = append(kept, f)
		}
	}
	return kept
}
