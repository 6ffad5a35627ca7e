package layeroracle

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// Tuple is sent as a Python tuple.
type Tuple []any

// Dict is sent as a dict with these keys and values, in this order.
type Dict [][2]any

// Nested is a 1 in so many lists, each in the next: values this deep cannot be
// told one by one. Python answers with one that is more than 100 deep.
type Nested int

// toPython is a value as driver.py reads it.
func toPython(value any) any {
	switch v := value.(type) {
	case nil, bool, string:
		return v
	case int:
		return map[string]any{"int": strconv.Itoa(v)}
	case int64:
		return map[string]any{"int": strconv.FormatInt(v, 10)}
	case *big.Int:
		return map[string]any{"int": v.String()}
	case float64:
		return map[string]any{"float": strconv.FormatFloat(v, 'g', -1, 64)}
	case []byte:
		return map[string]any{"bytes": v} // base64
	case channellayer.BytesKey:
		return toPython([]byte(v))
	case channellayer.Ext:
		return map[string]any{"ext": []any{v.Type, v.Data}}
	case []any:
		return each(v)
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return list
	case Nested:
		return map[string]any{"nested": int(v)}
	case Tuple:
		return map[string]any{"tuple": each(v)}
	case Dict:
		pairs := make([]any, len(v))
		for i, pair := range v {
			pairs[i] = []any{toPython(pair[0]), toPython(pair[1])}
		}
		return map[string]any{"dict": pairs}
	case map[string]any:
		pairs := []any{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			pairs = append(pairs, []any{key, toPython(v[key])})
		}
		return map[string]any{"dict": pairs}
	case map[any]any:
		pairs := []any{}
		for _, key := range slices.SortedFunc(maps.Keys(v), textFirst) {
			pairs = append(pairs, []any{toPython(key), toPython(v[key])})
		}
		return map[string]any{"dict": pairs}
	default:
		// driver.py raises ValueError for it.
		return map[string]any{"no such value": fmt.Sprintf("%T", value)}
	}
}

// textFirst is the order in which a serializer writes keys.
func textFirst(a, b any) int {
	_, aText := a.(string)
	_, bText := b.(string)
	switch {
	case aText && !bText:
		return -1
	case bText && !aText:
		return 1
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func each[S ~[]any](values S) []any {
	list := make([]any, len(values))
	for i := range values {
		list[i] = toPython(values[i])
	}
	return list
}

// fromPython is a value of driver.py, of the types of a [channellayer.Message].
func fromPython(raw json.RawMessage) (any, error) {
	switch {
	case len(raw) == 0 || bytes.Equal(raw, []byte("null")):
		return nil, nil
	case raw[0] == '[':
		var elements []json.RawMessage
		if err := json.Unmarshal(raw, &elements); err != nil {
			return nil, err
		}
		list := make([]any, len(elements))
		for i := range elements {
			var err error
			if list[i], err = fromPython(elements[i]); err != nil {
				return nil, err
			}
		}
		return list, nil
	case raw[0] == '{':
		return tagged(raw)
	default:
		var value any
		err := json.Unmarshal(raw, &value)
		return value, err
	}
}

func tagged(raw json.RawMessage) (any, error) {
	var value struct {
		Int, Float, Bytes *string
		Ext               []json.RawMessage
		Dict              *[][2]json.RawMessage
		Nested            *int
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, err
	}
	switch {
	case value.Int != nil:
		n, ok := new(big.Int).SetString(*value.Int, 10)
		if !ok {
			return nil, fmt.Errorf("not an int: %q", *value.Int)
		}
		if n.IsInt64() {
			return n.Int64(), nil
		}
		return n, nil
	case value.Float != nil:
		return strconv.ParseFloat(*value.Float, 64)
	case value.Bytes != nil:
		return base64.StdEncoding.DecodeString(*value.Bytes)
	case value.Ext != nil:
		var ext channellayer.Ext
		if err := json.Unmarshal(value.Ext[0], &ext.Type); err != nil {
			return nil, err
		}
		return ext, json.Unmarshal(value.Ext[1], &ext.Data)
	case value.Nested != nil:
		return Nested(*value.Nested), nil
	case value.Dict != nil:
		return dict(*value.Dict)
	default:
		return nil, fmt.Errorf("no value: %s", raw)
	}
}

func dict(pairs [][2]json.RawMessage) (any, error) {
	texts, mixed := map[string]any{}, map[any]any{}
	for _, pair := range pairs {
		key, err := fromPython(pair[0])
		if err != nil {
			return nil, err
		}
		value, err := fromPython(pair[1])
		if err != nil {
			return nil, err
		}
		switch k := key.(type) {
		case string:
			texts[k], mixed[k] = value, value
		case []byte:
			mixed[channellayer.BytesKey(k)] = value
		default:
			mixed[k] = value
		}
	}
	if len(texts) == len(mixed) {
		return texts, nil
	}
	return mixed, nil
}
