package canary

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Document is what `show -json` or `output -json` prints, in two parts.
type Document struct {
	// Public is all that is not marked as sensitive, as JSON.
	Public string
	// Sensitive is what is.
	Sensitive string
}

// marks are the members that say which parts of another member are sensitive.
func marks() map[string]string {
	return map[string]string{
		"sensitive_values": "values",
		"before_sensitive": "before",
		"after_sensitive":  "after",
	}
}

// Split reads a document and sets apart what it marks as sensitive:
//
//   - values, before and after, where sensitive_values, before_sensitive or
//     after_sensitive has true (resources of states and plans, outputs of
//     plans);
//   - value, beside "sensitive": true (outputs of states, `output -json`);
//   - the values of variables that the plan's configuration declares sensitive;
//   - constant_value in the plan's configuration, which is the text of the
//     configuration files: a literal stands there as it stands in the file.
func Split(document string) (Document, error) {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return Document{}, fmt.Errorf("not JSON: %w", err)
	}
	s := splitter{}
	if plan, ok := root.(map[string]any); ok {
		s.variables(plan)
		if configuration, ok := plan["configuration"]; ok {
			plan["configuration"] = s.constants(configuration)
		}
	}
	public, err := encode(s.public(root))
	if err != nil {
		return Document{}, err
	}
	sensitive, err := encode(s.sensitive)
	return Document{Public: public, Sensitive: sensitive}, err
}

// encode writes JSON without the escapes for HTML.
func encode(v any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return out.String(), err
}

// splitter collects what it takes out.
type splitter struct{ sensitive []any }

// public is v without what is marked in it.
func (s *splitter) public(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = s.public(v[i])
		}
	case map[string]any:
		if v["sensitive"] == true {
			s.take(v, "value")
		}
		for mark, name := range marks() {
			if mask, ok := v[mark]; ok && v[name] != nil {
				v[name] = s.unmask(v[name], mask)
			}
		}
		for name := range v {
			v[name] = s.public(v[name])
		}
	}
	return v
}

// unmask is v without what the mask has true for.
func (s *splitter) unmask(v, mask any) any {
	switch mask := mask.(type) {
	case bool:
		if mask {
			s.sensitive = append(s.sensitive, v)
			return nil
		}
	case map[string]any:
		if object, ok := v.(map[string]any); ok {
			for name := range object {
				object[name] = s.unmask(object[name], mask[name])
			}
		}
	case []any:
		if list, ok := v.([]any); ok {
			for i := range min(len(list), len(mask)) {
				list[i] = s.unmask(list[i], mask[i])
			}
		}
	}
	return v
}

func (s *splitter) take(object map[string]any, name string) {
	if v, ok := object[name]; ok {
		s.sensitive = append(s.sensitive, v)
		delete(object, name)
	}
}

// variables takes the values of a plan's sensitive variables.
func (s *splitter) variables(plan map[string]any) {
	values := member(plan, "variables")
	for name, declared := range member(member(member(plan, "configuration"), "root_module"), "variables") {
		declaration, _ := declared.(map[string]any)
		value, ok := values[name].(map[string]any)
		if ok && declaration["sensitive"] == true {
			s.take(value, "value")
		}
	}
}

// constants is v without the literals of the configuration.
func (s *splitter) constants(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = s.constants(v[i])
		}
	case map[string]any:
		delete(v, "constant_value")
		for name := range v {
			v[name] = s.constants(v[name])
		}
	}
	return v
}

func member(object map[string]any, name string) map[string]any {
	found, _ := object[name].(map[string]any)
	return found
}
