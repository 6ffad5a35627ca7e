package serializer

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// maxDigits is sys.int_info.default_max_str_digits of CPython.
const maxDigits = 4300

// decodeJSON is json.loads(data) for bytes of UTF-8, a byte order mark allowed.
// It is a dialect of JSON: with NaN and Infinity, integers of any size apart
// from floats, and the last of equal keys, which encoding/json cannot be asked
// for.
func decodeJSON(data []byte) (any, error) {
	r := jsonReader{data: bytes.TrimPrefix(data, []byte("\uFEFF"))}
	if !utf8.Valid(r.data) {
		return nil, unreadable(channellayer.DataNotUTF8)
	}
	r.space()
	value, err := r.value(maxJSONDepth)
	if err != nil {
		return nil, err
	}
	if r.space(); r.at < len(r.data) {
		return nil, unreadable(channellayer.DataExtra)
	}
	return value, nil
}

type jsonReader struct {
	data []byte
	at   int
}

func (r *jsonReader) space() {
	for r.at < len(r.data) && bytes.IndexByte([]byte(" \t\n\r"), r.data[r.at]) >= 0 {
		r.at++
	}
}

// peek is the next byte, 0 at the end.
func (r *jsonReader) peek() byte {
	if r.at < len(r.data) {
		return r.data[r.at]
	}
	return 0
}

// take goes past the next byte if it is c.
func (r *jsonReader) take(c byte) bool {
	if r.at < len(r.data) && r.data[r.at] == c {
		r.at++
		return true
	}
	return false
}

// wrong is why the data cannot go on here.
func (r *jsonReader) wrong() error {
	if r.at >= len(r.data) {
		return unreadable(channellayer.DataTruncated)
	}
	return unreadable(channellayer.DataMalformed)
}

func (r *jsonReader) value(depth int) (any, error) {
	if depth < 0 {
		return nil, unreadable(channellayer.DataTooDeep)
	}
	switch r.peek() {
	case '"':
		r.at++
		return r.text()
	case '{':
		r.at++
		return r.dict(depth)
	case '[':
		r.at++
		return r.list(depth)
	}
	for _, word := range []struct {
		text  string
		value any
	}{
		{"null", nil}, {"true", true}, {"false", false},
		{"NaN", math.NaN()}, {"Infinity", math.Inf(1)}, {"-Infinity", math.Inf(-1)},
	} {
		if bytes.HasPrefix(r.data[r.at:], []byte(word.text)) {
			r.at += len(word.text)
			return word.value, nil
		}
	}
	return r.number()
}

func (r *jsonReader) list(depth int) (any, error) {
	list := []any{}
	if r.space(); r.take(']') {
		return list, nil
	}
	for {
		element, err := r.value(depth - 1)
		if err != nil {
			return nil, err
		}
		list = append(list, element)
		if r.space(); r.take(']') {
			return list, nil
		}
		if !r.take(',') {
			return nil, r.wrong()
		}
		r.space()
	}
}

func (r *jsonReader) dict(depth int) (any, error) {
	dict := map[string]any{}
	if r.space(); r.take('}') {
		return dict, nil
	}
	for {
		if !r.take('"') {
			return nil, r.wrong()
		}
		key, err := r.text()
		if err != nil {
			return nil, err
		}
		if r.space(); !r.take(':') {
			return nil, r.wrong()
		}
		r.space()
		if dict[key], err = r.value(depth - 1); err != nil {
			return nil, err
		}
		if r.space(); r.take('}') {
			return dict, nil
		}
		if !r.take(',') {
			return nil, r.wrong()
		}
		r.space()
	}
}

// number is NUMBER_RE of json/scanner.py: what follows the longest number is
// for the caller to judge.
func (r *jsonReader) number() (any, error) {
	start := r.at
	r.take('-')
	digits := r.at
	if !r.take('0') && !r.digits() {
		r.at = min(digits, len(r.data))
		return nil, r.wrong()
	}
	end, isFloat := r.at, false
	if r.take('.') && r.digits() {
		end, isFloat = r.at, true
	}
	r.at = end
	if r.take('e') || r.take('E') {
		_ = r.take('+') || r.take('-')
		if r.digits() {
			end, isFloat = r.at, true
		}
	}
	r.at = end
	text := string(r.data[start:end])
	if isFloat {
		// Out of range is infinite or zero, as in Python.
		f, _ := strconv.ParseFloat(text, 64)
		return f, nil
	}
	if end-digits > maxDigits {
		return nil, unreadable(channellayer.DataTooLong)
	}
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, unreadable(channellayer.DataMalformed)
	}
	return received(n), nil
}

func (r *jsonReader) digits() bool {
	start := r.at
	for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
		r.at++
	}
	return r.at > start
}

// text is py_scanstring, strict, after the opening quote.
func (r *jsonReader) text() (string, error) {
	var out []byte
	for {
		c := r.peek()
		switch {
		case r.at >= len(r.data), c < ' ':
			return "", r.wrong()
		case c == '"':
			r.at++
			return string(out), nil
		case c == '\\':
			r.at++
			var err error
			if out, err = r.escape(out); err != nil {
				return "", err
			}
		default:
			out = append(out, c)
			r.at++
		}
	}
}

func (r *jsonReader) escape(out []byte) ([]byte, error) {
	c := r.peek()
	if short := bytes.IndexByte([]byte(`"\/bfnrt`), c); short >= 0 {
		r.at++
		return append(out, "\"\\/\b\f\n\r\t"[short]), nil
	}
	if !r.take('u') {
		return nil, r.wrong()
	}
	first, ok := r.hex4()
	if !ok {
		return nil, r.wrong()
	}
	if !utf16.IsSurrogate(first) {
		return utf8.AppendRune(out, first), nil
	}
	if bytes.HasPrefix(r.data[r.at:], []byte(`\u`)) {
		r.at += len(`\u`)
		second, ok := r.hex4()
		if !ok {
			return nil, r.wrong()
		}
		if whole := utf16.DecodeRune(first, second); whole != utf8.RuneError {
			return utf8.AppendRune(out, whole), nil
		}
	}
	return nil, unreadable(channellayer.DataSurrogate)
}

// hex4 reads the four digits after \u.
func (r *jsonReader) hex4() (rune, bool) {
	if len(r.data)-r.at < 4 {
		r.at = len(r.data)
		return 0, false
	}
	n, err := strconv.ParseUint(string(r.data[r.at:r.at+4]), 16, 16)
	if err != nil {
		return 0, false
	}
	r.at += 4
	return rune(n), true
}
