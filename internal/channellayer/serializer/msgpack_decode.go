package serializer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/big"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// decodeMsgPack is msgpack.unpackb(data) with its defaults: raw=False,
// strict_map_key=True, and no length beyond what the data can hold, so that a
// few bytes cannot ask for much memory.
func decodeMsgPack(data []byte) (any, error) {
	value, rest, err := readValue(data, maxDepth)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, unreadable(channellayer.DataExtra)
	}
	return value, nil
}

// reason is why a read of the library failed.
func reason(err error) error {
	if errors.Is(err, msgp.ErrShortBytes) {
		return unreadable(channellayer.DataTruncated)
	}
	return unreadable(channellayer.DataMalformed)
}

func readValue(data []byte, depth int) (value any, rest []byte, err error) {
	if len(data) == 0 {
		return nil, nil, unreadable(channellayer.DataTruncated)
	}
	switch msgp.NextType(data) {
	case msgp.NilType:
		rest, err = msgp.ReadNilBytes(data)
	case msgp.BoolType:
		value, rest, err = msgp.ReadBoolBytes(data)
	case msgp.IntType:
		value, rest, err = msgp.ReadInt64Bytes(data)
	case msgp.UintType:
		var n uint64
		n, rest, err = msgp.ReadUint64Bytes(data)
		value = received(new(big.Int).SetUint64(n))
	case msgp.Float64Type:
		value, rest, err = msgp.ReadFloat64Bytes(data)
	case msgp.Float32Type:
		var f float32
		f, rest, err = msgp.ReadFloat32Bytes(data)
		value = float64(f)
	case msgp.StrType:
		return readText(data)
	case msgp.BinType:
		var content []byte
		content, rest, err = msgp.ReadBytesZC(data)
		value = bytes.Clone(content)
	case msgp.ArrayType:
		return readArray(data, depth)
	case msgp.MapType:
		return readMap(data, depth)
	case msgp.ExtensionType, msgp.TimeType, msgp.Complex64Type, msgp.Complex128Type:
		return readExt(data)
	default:
		err = errors.New("no such type")
	}
	if err != nil {
		return nil, nil, reason(err)
	}
	return value, rest, nil
}

func readText(data []byte) (any, []byte, error) {
	content, rest, err := msgp.ReadStringZC(data)
	switch {
	case err != nil:
		return nil, nil, reason(err)
	case !utf8.Valid(content):
		return nil, nil, unreadable(channellayer.DataNotUTF8)
	default:
		return string(content), rest, nil
	}
}

func readArray(data []byte, depth int) (any, []byte, error) {
	length, rest, err := msgp.ReadArrayHeaderBytes(data)
	switch {
	case err != nil:
		return nil, nil, reason(err)
	case depth == 0:
		return nil, nil, unreadable(channellayer.DataTooDeep)
	case uint64(length) > uint64(len(rest)): // an element has a byte at least
		return nil, nil, unreadable(channellayer.DataTruncated)
	}
	var list []any
	for range length {
		var element any
		if element, rest, err = readValue(rest, depth-1); err != nil {
			return nil, nil, err
		}
		list = append(list, element)
	}
	if list == nil {
		list = []any{}
	}
	return list, rest, nil
}

func readMap(data []byte, depth int) (any, []byte, error) {
	length, rest, err := msgp.ReadMapHeaderBytes(data)
	switch {
	case err != nil:
		return nil, nil, reason(err)
	case depth == 0:
		return nil, nil, unreadable(channellayer.DataTooDeep)
	case 2*uint64(length) > uint64(len(rest)):
		return nil, nil, unreadable(channellayer.DataTruncated)
	}
	texts, mixed := map[string]any{}, map[any]any(nil)
	for range length {
		var key, value any
		if key, rest, err = readKey(rest, depth-1); err != nil {
			return nil, nil, err
		}
		if value, rest, err = readValue(rest, depth-1); err != nil {
			return nil, nil, err
		}
		text, isText := key.(string)
		if !isText && mixed == nil {
			mixed = map[any]any{}
			for k, v := range texts {
				mixed[k] = v
			}
		}
		if mixed != nil {
			mixed[key] = value
			continue
		}
		texts[text] = value
	}
	if mixed != nil {
		return mixed, rest, nil
	}
	return texts, rest, nil
}

// readKey reads a key: text or bytes.
func readKey(data []byte, depth int) (any, []byte, error) {
	key, rest, err := readValue(data, depth)
	if err != nil {
		return nil, nil, err
	}
	switch k := key.(type) {
	case string:
		return k, rest, nil
	case []byte:
		return channellayer.BytesKey(k), rest, nil
	default:
		return nil, nil, unreadable(channellayer.DataKey)
	}
}

// readExt reads an extension. Those that the library has meanings for are
// plain ones in Python.
func readExt(data []byte) (any, []byte, error) {
	at := extTypeAt(data[0])
	if len(data) <= at {
		return nil, nil, unreadable(channellayer.DataTruncated)
	}
	raw := msgp.RawExtension{Type: int8(data[at])}
	rest, err := msgp.ReadExtensionBytes(data, &raw)
	switch {
	case err != nil:
		return nil, nil, reason(err)
	case !isExt(raw.Type, raw.Data):
		return nil, nil, unreadable(channellayer.DataMalformed)
	default:
		return channellayer.Ext{Type: raw.Type, Data: raw.Data}, rest, nil
	}
}

// extTypeAt is where the type of an extension stands, by its first byte
// (MessagePack's specification, ext format family).
func extTypeAt(first byte) int {
	switch first {
	case 0xc7: // ext 8
		return 2
	case 0xc8: // ext 16
		return 3
	case 0xc9: // ext 32
		return 5
	default: // fixext
		return 1
	}
}

// isExt reports whether Python has a value for an extension: the timestamp, or
// one of its users' types.
func isExt(kind int8, data []byte) bool {
	const timestamp = -1
	return kind >= 0 || kind == timestamp && isTimestamp(data)
}

// isTimestamp is what msgpack.Timestamp.from_bytes accepts.
func isTimestamp(data []byte) bool {
	const maxNanoseconds = 999_999_999
	switch len(data) {
	case 4:
		return true
	case 8:
		return binary.BigEndian.Uint64(data)>>34 <= maxNanoseconds
	case 12:
		return binary.BigEndian.Uint32(data) <= maxNanoseconds
	default:
		return false
	}
}
