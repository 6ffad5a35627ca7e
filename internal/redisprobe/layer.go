package redisprobe

import (
	"strconv"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// Layer is the channel layer that a connection is for.
type Layer struct {
	// Backend is channelconfig.Core or channelconfig.PubSub. Whatever else it is
	// counts as Core.
	Backend channelconfig.Backend
	// Options are those of CONFIG; see [channellayer.OptionsOf].
	Options channellayer.Options
}

// layer is the request's layer, filled in where nobody gave one.
func (r Request) layer() Layer {
	if r.Layer == nil {
		return Layer{Backend: channelconfig.Core, Options: channellayer.Defaults()}
	}
	layer := *r.Layer
	if layer.Backend != channelconfig.PubSub {
		layer.Backend = channelconfig.Core
	}
	return layer
}

func (l Layer) isPubSub() bool { return l.Backend == channelconfig.PubSub }

// identify adds what tells layers apart in a check: what is put on the wire,
// and under which names. Expiries and capacities are not: the check has its own.
func (l Layer) identify(add func(text string)) {
	for _, text := range []string{
		l.Backend.String(), l.Options.Prefix, l.Options.SerializerFormat,
		strconv.FormatInt(l.Options.RandomPrefixLength, 10), strconv.Itoa(len(l.Options.SymmetricEncryptionKeys)),
	} {
		add(text)
	}
	for _, key := range l.Options.SymmetricEncryptionKeys {
		add(key.Reveal())
	}
}
