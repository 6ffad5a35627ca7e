package serializer

import (
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// maxDepth is how deep msgpack (1.2) packs and unpacks: DEFAULT_RECURSE_LIMIT
// and MSGPACK_EMBED_STACK_SIZE. Earlier ones pack half as deep.
const maxDepth = 1024

// encodeMsgPack is msgpack.packb(message) with its defaults, use_bin_type among
// them. Keys that msgpack.unpackb would refuse (strict_map_key) are refused.
func encodeMsgPack(message channellayer.Message) ([]byte, error) {
	return appendValue(nil, message, maxDepth)
}

func appendValue(out []byte, value any, depth int) ([]byte, error) {
	if depth < 0 {
		return nil, unsendable(channellayer.NestedTooDeep)
	}
	if n := integer(value); n != nil {
		switch {
		case n.IsUint64():
			return msgp.AppendUint64(out, n.Uint64()), nil
		case n.IsInt64():
			return msgp.AppendInt64(out, n.Int64()), nil
		default:
			return nil, unsendable(channellayer.IntegerTooLarge)
		}
	}
	switch v := value.(type) {
	case nil:
		return msgp.AppendNil(out), nil
	case bool:
		return msgp.AppendBool(out, v), nil
	case float32:
		return msgp.AppendFloat64(out, float64(v)), nil
	case float64:
		return msgp.AppendFloat64(out, v), nil
	case string:
		return appendText(out, v)
	case []byte:
		if uint64(len(v)) > math.MaxUint32 {
			return nil, unsendable(channellayer.TooLong)
		}
		return msgp.AppendBytes(out, v), nil
	case channellayer.Ext:
		return appendExt(out, v)
	default:
		return appendContainer(out, value, depth)
	}
}

func appendText(out []byte, text string) ([]byte, error) {
	switch {
	case !utf8.ValidString(text):
		return nil, unsendable(channellayer.TextNotUTF8)
	case uint64(len(text)) > math.MaxUint32:
		return nil, unsendable(channellayer.TooLong)
	default:
		return msgp.AppendString(out, text), nil
	}
}

func appendExt(out []byte, ext channellayer.Ext) ([]byte, error) {
	if uint64(len(ext.Data)) > math.MaxUint32 {
		return nil, unsendable(channellayer.TooLong)
	}
	if !isExt(ext.Type, ext.Data) {
		return nil, unsendable(channellayer.UnsupportedType)
	}
	out, err := msgp.AppendExtension(out, &msgp.RawExtension{Type: ext.Type, Data: ext.Data})
	if err != nil {
		return nil, unsendable(channellayer.UnsupportedType)
	}
	return out, nil
}

func appendContainer(out []byte, value any, depth int) (_ []byte, err error) {
	switch v := value.(type) {
	case []any:
		out = msgp.AppendArrayHeader(out, uint32(len(v)))
		for _, element := range v {
			if out, err = appendValue(out, element, depth-1); err != nil {
				return nil, err
			}
		}
	case []string:
		out = msgp.AppendArrayHeader(out, uint32(len(v)))
		for _, element := range v {
			if out, err = appendText(out, element); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		out = msgp.AppendMapHeader(out, uint32(len(v)))
		for _, key := range orderedKeys(v) {
			if out, err = appendText(out, key); err != nil {
				return nil, err
			}
			if out, err = appendValue(out, v[key], depth-1); err != nil {
				return nil, err
			}
		}
	case map[any]any:
		return appendMixedMap(out, v, depth)
	default:
		return nil, unsendable(channellayer.UnsupportedType)
	}
	return out, nil
}

// appendMixedMap writes a dict that has keys of bytes: text first.
func appendMixedMap(out []byte, dict map[any]any, depth int) (_ []byte, err error) {
	texts, bytes := map[string]any{}, map[string]any{}
	for key, value := range dict {
		switch k := key.(type) {
		case string:
			texts[k] = value
		case channellayer.BytesKey:
			bytes[string(k)] = value
		default:
			return nil, unsendable(channellayer.UnsupportedKey)
		}
	}
	out = msgp.AppendMapHeader(out, uint32(len(dict)))
	for _, key := range orderedKeys(texts) {
		if out, err = appendText(out, key); err != nil {
			return nil, err
		}
		if out, err = appendValue(out, texts[key], depth-1); err != nil {
			return nil, err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(bytes)) {
		out = msgp.AppendBytes(out, []byte(key))
		if out, err = appendValue(out, bytes[key], depth-1); err != nil {
			return nil, err
		}
	}
	return out, nil
}
