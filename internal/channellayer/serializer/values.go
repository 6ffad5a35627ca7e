package serializer

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// orderedKeys are the keys of a dict in the order in which they are written:
// sorted, and last the reserved one, which the layers add last.
func orderedKeys[V any](dict map[string]V) []string {
	return slices.SortedFunc(maps.Keys(dict), func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == channellayer.ReservedKey:
			return 1
		case b == channellayer.ReservedKey:
			return -1
		default:
			return cmp.Compare(a, b)
		}
	})
}

// integer is any kind of integer as Python's int; nil for another type.
func integer(value any) *big.Int {
	switch v := value.(type) {
	case int:
		return big.NewInt(int64(v))
	case int8:
		return big.NewInt(int64(v))
	case int16:
		return big.NewInt(int64(v))
	case int32:
		return big.NewInt(int64(v))
	case int64:
		return big.NewInt(v)
	case uint:
		return new(big.Int).SetUint64(uint64(v))
	case uint8:
		return big.NewInt(int64(v))
	case uint16:
		return big.NewInt(int64(v))
	case uint32:
		return big.NewInt(int64(v))
	case uint64:
		return new(big.Int).SetUint64(v)
	case *big.Int:
		return v
	default:
		return nil
	}
}

// received is an integer as a message holds it.
func received(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}
