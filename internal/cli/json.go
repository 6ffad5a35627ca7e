package cli

import (
	"encoding/json"
	"io"
)

// writeJSON writes a result as one object.
func writeJSON(w io.Writer, r Result) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}
