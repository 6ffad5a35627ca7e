package channellayer_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
)

// cell is one combination of what the layers are proven to interoperate over.
type cell struct {
	class      string
	format     string
	encryption string
	shards     int
	stack      layeroracle.Stack
}

// Ways to encrypt.
const (
	plain     = "plain"
	encrypted = "encrypted"
	// rotated: each side encrypts with a key that is the other's second.
	rotated = "rotated"
)

func (c cell) String() string {
	kind := "core"
	if c.class == layeroracle.PubSub {
		kind = "pubsub"
	}
	return fmt.Sprintf("%s/%s/%s/%d/channels_redis-%s/redis-%s",
		kind, c.format, c.encryption, c.shards, c.stack.ChannelsRedis, c.stack.Redis)
}

// values are the factors of a cell, for the choice of pairs. The versions of
// the two packages are factors of their own.
func (c cell) values() []string {
	return []string{
		c.class, c.format, c.encryption, fmt.Sprint(c.shards, " shards"),
		"channels_redis " + c.stack.ChannelsRedis, "redis " + c.stack.Redis,
	}
}

// exemption says why a cell cannot be had in Python, "" if it can. Each reason
// has an experiment: TestExempt_...
func (c cell) exemption() string {
	switch {
	case c.stack.ChannelsRedis != "4.1.0":
		return ""
	case c.format == channellayer.JSON && c.class == layeroracle.Core:
		return "channels_redis before 4.2.1 raises TypeError for serializer_format"
	case c.format == channellayer.JSON:
		return "pub/sub before 4.2.1 ignores serializer_format"
	case c.encryption != plain && c.class == layeroracle.PubSub:
		return "pub/sub before 4.2.1 ignores symmetric_encryption_keys"
	default:
		return ""
	}
}

// options are those of the two sides.
func (c cell) options(prefix string) (ours, theirs channellayer.Options) {
	ours = channellayer.Defaults()
	ours.Prefix, ours.SerializerFormat = prefix, c.format
	theirs = ours
	one, other := secret.New("the first key"), secret.New("älterer Schlüssel")
	switch c.encryption {
	case encrypted:
		ours.SymmetricEncryptionKeys = []secret.String{one}
		theirs.SymmetricEncryptionKeys = ours.SymmetricEncryptionKeys
	case rotated:
		ours.SymmetricEncryptionKeys = []secret.String{other, one}
		theirs.SymmetricEncryptionKeys = []secret.String{one, other}
	}
	return ours, theirs
}

// everyCell are all combinations, exempt ones included.
func everyCell() []cell {
	var all []cell
	for _, stack := range layeroracle.Stacks() {
		for _, class := range []string{layeroracle.Core, layeroracle.PubSub} {
			for _, format := range []string{channellayer.MsgPack, channellayer.JSON} {
				for _, encryption := range []string{plain, encrypted, rotated} {
					for _, shards := range []int{1, 3} {
						all = append(all, cell{class, format, encryption, shards, stack})
					}
				}
			}
		}
	}
	return all
}

// possible are the cells that are not exempt.
func possible() []cell {
	var cells []cell
	for _, c := range everyCell() {
		if c.exemption() == "" {
			cells = append(cells, c)
		}
	}
	return cells
}

// chosen are the cells to test: with CHANNELS_FULL all that are possible, else
// as few as have every possible pair of values.
func chosen() []cell {
	if os.Getenv("CHANNELS_FULL") != "" {
		return possible()
	}
	return pairwise(possible())
}

// pairwise takes, as long as there are pairs of values that no cell has yet, the
// cell that has most of them.
func pairwise(cells []cell) []cell {
	left := map[[2]string]bool{}
	for _, c := range cells {
		for _, pair := range pairs(c) {
			left[pair] = true
		}
	}
	var taken []cell
	for len(left) > 0 {
		best, most := cell{}, 0
		for _, c := range cells {
			count := 0
			for _, pair := range pairs(c) {
				if left[pair] {
					count++
				}
			}
			if count > most {
				best, most = c, count
			}
		}
		for _, pair := range pairs(best) {
			delete(left, pair)
		}
		taken = append(taken, best)
	}
	return taken
}

func pairs(c cell) [][2]string {
	var list [][2]string
	values := c.values()
	for i := range values {
		for j := i + 1; j < len(values); j++ {
			list = append(list, [2]string{values[i], values[j]})
		}
	}
	return list
}

func TestPairwise_HasEveryPossiblePairOfValues(t *testing.T) {
	have := map[[2]string]bool{}
	cells := pairwise(possible())
	for _, c := range cells {
		if c.exemption() != "" {
			t.Errorf("%s is exempt", c)
		}
		for _, pair := range pairs(c) {
			have[pair] = true
		}
	}
	for _, c := range possible() {
		for _, pair := range pairs(c) {
			if !have[pair] {
				t.Fatalf("no cell has %v", pair)
			}
		}
	}
	t.Logf("%d cells, %d of them possible, %d chosen", len(everyCell()), len(possible()), len(cells))
}
