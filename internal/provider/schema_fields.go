package provider

// kind is the type of an attribute.
type kind int

const (
	kindString kind = iota
	kindInt
	kindNumber
	kindBool
	kindStringMap
	kindStringList
	kindStringSet
	kindObject
	kindObjectList
)

// role is how an attribute gets its value.
type role int

const (
	optional role = iota
	required
	computed
)

// field describes an attribute once for every kind of schema that has it:
// the framework has a type of its own for the attributes of resources, data
// sources, ephemeral resources and providers, and the same layer appears in
// all of them.
type field struct {
	name      string
	kind      kind
	role      role
	doc       string
	sensitive bool
	// writeOnly fields exist in resources only.
	writeOnly bool
	// companion fields are the versions of write-only ones and stand where
	// those stand.
	companion bool
	oneOf     []string
	duration  bool
	nested    []field
}

func text(name, doc string) field    { return field{name: name, kind: kindString, doc: doc} }
func integer(name, doc string) field { return field{name: name, kind: kindInt, doc: doc} }
func boolean(name, doc string) field { return field{name: name, kind: kindBool, doc: doc} }
func object(name, doc string, nested ...field) field {
	return field{name: name, kind: kindObject, doc: doc, nested: nested}
}

func (f field) secret() field               { f.sensitive = true; return f }
func (f field) computed() field             { f.role = computed; return f }
func (f field) required() field             { f.role = required; return f }
func (f field) among(words ...string) field { f.oneOf = words; return f }
func (f field) isDuration() field           { f.duration = true; return f }
func (f field) isWriteOnly() field          { f.writeOnly = true; return f }
func (f field) onlyWithWriteOnly() field    { f.companion = true; return f }
func (f field) as(k kind) field             { f.kind = k; return f }

// without leaves fields out by name.
func without(fields []field, names ...string) []field {
	var kept []field
	for _, f := range fields {
		if !contains(names, f.name) {
			kept = append(kept, f)
		}
	}
	return kept
}

func contains(list []string, item string) bool {
	for _, i := range list {
		if i == item {
			return true
		}
	}
	return false
}

// readOnlyFields leaves out what is write-only, for schemas that cannot have
// it.
func readOnlyFields(fields []field) []field {
	var kept []field
	for _, f := range fields {
		if f.writeOnly || f.companion {
			continue
		}
		f.nested = readOnlyFields(f.nested)
		kept = append(kept, f)
	}
	return kept
}
