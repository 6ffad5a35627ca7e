package serializer

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// maxJSONDepth bounds nesting. Python's limit is near 990 and hangs on how much
// of the stack its caller has used.
const maxJSONDepth = 900

// encodeJSON is json.dumps(message).encode("utf-8") with its defaults: ASCII
// only, ", " and ": ", and NaN and Infinity, which are not JSON.
func encodeJSON(message channellayer.Message) ([]byte, error) {
	var w jsonWriter
	if err := w.value(message, maxJSONDepth); err != nil {
		return nil, err
	}
	return []byte(w.String()), nil
}

type jsonWriter struct{ strings.Builder }

func (w *jsonWriter) value(value any, depth int) error {
	if depth < 0 {
		return unsendable(channellayer.NestedTooDeep)
	}
	if n := integer(value); n != nil {
		text := n.String()
		if len(strings.TrimPrefix(text, "-")) > maxDigits {
			return unsendable(channellayer.IntegerTooLarge)
		}
		w.WriteString(text)
		return nil
	}
	switch v := value.(type) {
	case nil:
		w.WriteString("null")
	case bool:
		w.WriteString(strconv.FormatBool(v))
	case float32:
		w.WriteString(jsonFloat(float64(v)))
	case float64:
		w.WriteString(jsonFloat(v))
	case string:
		return w.text(v)
	case []any:
		return list(w, v, func(element any) error { return w.value(element, depth-1) })
	case []string:
		return list(w, v, w.text)
	case map[string]any:
		return w.dict(v, depth)
	default:
		return unsendable(channellayer.UnsupportedType)
	}
	return nil
}

func list[T any](w *jsonWriter, elements []T, write func(T) error) error {
	w.WriteByte('[')
	for i, element := range elements {
		if i > 0 {
			w.WriteString(", ")
		}
		if err := write(element); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	return nil
}

func (w *jsonWriter) dict(dict map[string]any, depth int) error {
	w.WriteByte('{')
	for i, key := range orderedKeys(dict) {
		if i > 0 {
			w.WriteString(", ")
		}
		if err := w.text(key); err != nil {
			return err
		}
		w.WriteString(": ")
		if err := w.value(dict[key], depth-1); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

// text is py_encode_basestring_ascii.
func (w *jsonWriter) text(text string) error {
	if !utf8.ValidString(text) {
		return unsendable(channellayer.TextNotUTF8)
	}
	w.WriteByte('"')
	for _, r := range text {
		if short := strings.IndexRune("\"\\\n\r\t\f\b", r); short >= 0 {
			w.WriteByte('\\')
			w.WriteByte(`"\nrtfb`[short])
			continue
		}
		switch {
		case r >= ' ' && r <= '~':
			w.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(w, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(w, `\u%04x\u%04x`, high, low)
		}
	}
	w.WriteByte('"')
	return nil
}

// jsonFloat is float.__repr__, and the names that json.dumps has for the rest.
func jsonFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f != 0 && (math.Abs(f) < 1e-4 || math.Abs(f) >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
