// Package serializer makes bytes of messages and back, as
// channels_redis/serializers.py does (4.2.1 to 4.3.0; before, the same code
// stood in core.py and pubsub.py, for MessagePack only): the format, then
// Fernet, then a random prefix. It reaches neither network nor clock.
package serializer

import (
	"crypto/rand"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Settings are the arguments of BaseMessageSerializer.__init__.
type Settings struct {
	// Format is [channellayer.MsgPack] or [channellayer.JSON].
	Format string
	// RandomPrefixLength is in bytes; 0 or less is none.
	RandomPrefixLength int64
	// Expiry in seconds bounds, 10 more granted, the age of an encrypted
	// message; nil does not.
	Expiry *int64
	// Keys encrypt with the first and decrypt with any; none does neither.
	Keys []secret.String
}

// ForCore are the settings that RedisChannelLayer makes of its options.
func ForCore(o channellayer.Options) Settings {
	return Settings{
		Format: o.SerializerFormat, RandomPrefixLength: o.RandomPrefixLength,
		Expiry: &o.Expiry, Keys: o.SymmetricEncryptionKeys,
	}
}

// ForPubSub are those of RedisPubSubChannelLayer: no random prefix, no expiry.
func ForPubSub(o channellayer.Options) Settings {
	return Settings{Format: o.SerializerFormat, Keys: o.SymmetricEncryptionKeys}
}

// Serializer makes bytes of messages and back. It may be used by several
// goroutines.
type Serializer struct {
	format  format
	prefix  int
	crypter *crypter // nil: no encryption
}

// format is as_bytes and from_bytes of a class of serializers.py.
type format struct {
	encode func(message channellayer.Message) ([]byte, error)
	decode func(data []byte) (any, error)
}

// New is registry.get_serializer. The error is a [*channellayer.OptionError].
func New(s Settings) (*Serializer, error) {
	made := &Serializer{prefix: int(max(s.RandomPrefixLength, 0)), crypter: newCrypter(s.Keys, s.Expiry)}
	switch s.Format {
	case channellayer.MsgPack:
		made.format = format{encodeMsgPack, decodeMsgPack}
	case channellayer.JSON:
		made.format = format{encodeJSON, decodeJSON}
	default:
		return nil, &channellayer.OptionError{
			Setting: "CONFIG.serializer_format", Reason: channellayer.SerializerUnknown,
		}
	}
	return made, nil
}

// Serialize is BaseMessageSerializer.serialize at that moment. Keys of dicts are
// in the order of their bytes, [channellayer.ReservedKey] last. The error is a
// [*channellayer.MessageError].
func (s *Serializer) Serialize(message channellayer.Message, now time.Time) ([]byte, error) {
	data, err := s.format.encode(message)
	if err != nil {
		return nil, err
	}
	if s.crypter != nil {
		if data, err = s.crypter.encrypt(data, now); err != nil {
			return nil, err
		}
	}
	out := make([]byte, s.prefix, s.prefix+len(data))
	// crypto/rand.Read never returns an error: it ends the program instead.
	_, _ = rand.Read(out)
	return append(out, data...), nil
}

// Deserialize is BaseMessageSerializer.deserialize at that moment. The error is
// a [*channellayer.DecodeError].
func (s *Serializer) Deserialize(data []byte, now time.Time) (channellayer.Message, error) {
	data = data[min(s.prefix, len(data)):]
	if s.crypter != nil {
		var err error
		if data, err = s.crypter.decrypt(data, now); err != nil {
			return nil, err
		}
	}
	value, err := s.format.decode(data)
	if err != nil {
		return nil, err
	}
	message, ok := value.(map[string]any)
	if !ok {
		return nil, unreadable(channellayer.DataNotADict)
	}
	return message, nil
}

func unsendable(reason channellayer.MessageReason) error {
	return &channellayer.MessageError{Reason: reason}
}

func unreadable(reason channellayer.DecodeReason) error {
	return &channellayer.DecodeError{Reason: reason}
}
