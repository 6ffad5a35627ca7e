package serializer_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/serializer"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func TestDeserialize_HugeLengthsCostNothing(t *testing.T) {
	own := golang(t, channellayer.MsgPack)
	for _, data := range []string{
		"\xdf\xff\xff\xff\xff", "\xdd\xff\xff\xff\xff", "\xdb\xff\xff\xff\xff", "\xc6\xff\xff\xff\xff", "\xc9\xff\xff\xff\xff\x01",
		"\x81\xa1a\xdd\x7f\xff\xff\xff\x01\x02\x03", "\x81\xa1a\xdf\x7f\xff\xff\xff\xa1b\x01",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := own.Deserialize([]byte(data), time.Now())
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%q was read", data)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 1<<20 {
			t.Errorf("%q cost %d bytes", data, cost)
		}
	}
}

func TestDeserialize_DeepNestingIsRefused(t *testing.T) {
	const depth = 3_000_000
	for format, data := range map[string]string{
		channellayer.MsgPack: "\x81\xa1a" + strings.Repeat("\x91", depth),
		channellayer.JSON:    `{"a":` + strings.Repeat("[", depth),
	} {
		if _, err := golang(t, format).Deserialize([]byte(data), time.Now()); !isReason(err, channellayer.DataTooDeep) {
			t.Errorf("%s: error %v, want %q", format, err, channellayer.DataTooDeep)
		}
	}
}

func TestSerialize_DeepNestingIsRefused(t *testing.T) {
	value := any(nil)
	for range 2000 {
		value = map[string]any{"a": []any{value}}
	}
	for format := range formats {
		var refused *channellayer.MessageError
		_, err := golang(t, format).Serialize(message{"a": value}, time.Now())
		if !errors.As(err, &refused) || refused.Reason != channellayer.NestedTooDeep {
			t.Errorf("%s: error %v, want %q", format, err, channellayer.NestedTooDeep)
		}
	}
}

func TestSerialize_RefusesWhatPythonHasNoTypeFor(t *testing.T) {
	tests := map[string]struct {
		value  any
		reason channellayer.MessageReason
		json   bool
	}{
		"a struct":          {struct{}{}, channellayer.UnsupportedType, true},
		"a channel":         {make(chan int), channellayer.UnsupportedType, true},
		"text not in UTF-8": {"\xff", channellayer.TextNotUTF8, true},
		"a key in no UTF-8": {map[string]any{"\xff": 1}, channellayer.TextNotUTF8, true},
		"a list of it":      {[]string{"\xff"}, channellayer.TextNotUTF8, true},
		"a number as a key": {map[any]any{1: 1}, channellayer.UnsupportedKey, false},
		"bytes in JSON":     {[]byte("x"), channellayer.UnsupportedType, true},
	}
	for name, test := range tests {
		for format := range formats {
			if format == channellayer.MsgPack && name == "bytes in JSON" || format == channellayer.JSON && !test.json {
				continue
			}
			var refused *channellayer.MessageError
			_, err := golang(t, format).Serialize(message{"a": test.value}, time.Now())
			if !errors.As(err, &refused) || refused.Reason != test.reason {
				t.Errorf("%s in %s: error %v, want %q", name, format, err, test.reason)
			}
		}
	}
}

func TestSerialize_TakesEveryKindOfNumber(t *testing.T) {
	sent := message{
		"int": 1, "int8": int8(1), "int16": int16(1), "int32": int32(1), "uint": uint(1), "uint8": uint8(1),
		"uint16": uint16(1), "uint32": uint32(1), "uint64": uint64(1), "float32": float32(0.5), "list": []string{"a"},
	}
	for format := range formats {
		data, err := golang(t, format).Serialize(sent, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		got, err := golang(t, format).Deserialize(data, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range got {
			want := any(int64(1))
			switch name {
			case "float32":
				want = 0.5
			case "list":
				want = []any{"a"}
			}
			if !equal(value, want) {
				t.Errorf("%s: %s became %v (%T)", format, name, value, value)
			}
		}
	}
}

func TestSerialize_RandomPrefixMakesEqualMessagesDiffer(t *testing.T) {
	for _, length := range []int64{-1, 0, 1, 12, 64} {
		s, err := serializer.New(serializer.Settings{Format: channellayer.MsgPack, RandomPrefixLength: length})
		if err != nil {
			t.Fatal(err)
		}
		one, err := s.Serialize(message{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		two, err := s.Serialize(message{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if want := int(max(length, 0)) + 1; len(one) != want {
			t.Errorf("%d bytes with a prefix of %d, want %d", len(one), length, want)
		}
		if length >= 12 && string(one) == string(two) {
			t.Errorf("two messages are equal with a prefix of %d", length)
		}
		if _, err := s.Deserialize(one, time.Now()); err != nil {
			t.Error(err)
		}
		if _, err := s.Deserialize(one[:min(len(one), 5)], time.Now()); length > 5 && !isReason(err, channellayer.DataTruncated) {
			t.Errorf("shorter than the prefix: error %v", err)
		}
	}
}

func TestNew_RefusesAFormatItDoesNotKnow(t *testing.T) {
	var refused *channellayer.OptionError
	if _, err := serializer.New(serializer.Settings{Format: "pickle"}); !errors.As(err, &refused) || refused.Reason != channellayer.SerializerUnknown {
		t.Errorf("error %v, want %q", err, channellayer.SerializerUnknown)
	}
}

// token is a Fernet token whose ciphertext is that of exactly these bytes, with
// no padding added, and whose signature is right.
func token(key secret.String, stamp time.Time, padded []byte) []byte {
	derived := sha256.Sum256([]byte(key.Reveal()))
	raw := binary.BigEndian.AppendUint64([]byte{0x80}, uint64(stamp.Unix()))
	vector := make([]byte, aes.BlockSize)
	raw = append(raw, vector...)
	block, _ := aes.NewCipher(derived[16:])
	sealed := make([]byte, len(padded))
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(sealed, padded)
	raw = append(raw, sealed...)
	signature := hmac.New(sha256.New, derived[:16])
	_, _ = signature.Write(raw)
	return []byte(base64.URLEncoding.EncodeToString(signature.Sum(raw)))
}

func TestDeserialize_SignedNonsenseIsRefused(t *testing.T) {
	key := secret.New("made up")
	own := golang(t, channellayer.MsgPack, key)
	for name, padded := range map[string]string{
		"no text":           "",
		"no padding":        "\x80" + strings.Repeat("\x00", 15),
		"a padding of 17":   strings.Repeat("\x80", 15) + strings.Repeat("\x11", 17),
		"a padding of 200":  strings.Repeat("\xc8", 16),
		"an uneven padding": "\x80" + strings.Repeat("\x01", 13) + "\x02\x03",
	} {
		if _, err := own.Deserialize(token(key, time.Now(), []byte(padded)), time.Now()); !isReason(err, channellayer.TokenInvalid) {
			t.Errorf("%s: error %v, want %q", name, err, channellayer.TokenInvalid)
		}
	}
	if _, err := own.Deserialize(token(key, time.Now(), []byte("\x80"+strings.Repeat("\x0f", 15))), time.Now()); err != nil {
		t.Errorf("a token as it should be: %v", err)
	}
}

func TestDeserialize_TimeLimitIsTheExpiryAndTenSeconds(t *testing.T) {
	key, now := secret.New("made up"), time.Unix(1_700_000_000, 999)
	core := golang(t, channellayer.MsgPack, key)
	pubsub, err := serializer.New(serializer.ForPubSub(channellayer.Options{
		SerializerFormat: channellayer.MsgPack, SymmetricEncryptionKeys: []secret.String{key},
	}))
	if err != nil {
		t.Fatal(err)
	}
	for age, valid := range map[int]bool{0: true, 70: true, 71: false, 100_000: false, -60: true, -61: false} {
		data, err := pubsub.Serialize(message{}, now.Add(-time.Duration(age)*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := core.Deserialize(data, now); (err == nil) != valid {
			t.Errorf("core, %d s old: %v", age, err)
		}
		if _, err := pubsub.Deserialize(data, now); err != nil {
			t.Errorf("pub/sub, %d s old: %v", age, err)
		}
	}
}

// FuzzDeserialize feeds whatever may lie in Redis to every kind of serializer:
// none may panic, every refusal is a DecodeError, and what was read can be sent
// and read again.
func FuzzDeserialize(f *testing.F) {
	for format := range formats {
		for _, data := range odd[format] {
			if len(data) < 200 { // long ones keep the fuzzer busy with making them shorter
				f.Add([]byte(data))
			}
		}
		for _, data := range mutations(f, format)[:100] {
			f.Add([]byte(data))
		}
	}
	key, now := secret.New("made up"), time.Unix(1_700_000_000, 0)
	f.Add(token(key, now, []byte("\x80"+strings.Repeat("\x0f", 15))))
	f.Fuzz(func(t *testing.T, data []byte) {
		for format := range formats {
			for _, keys := range [][]secret.String{nil, {key}} {
				s := golang(t, format, keys...)
				got, err := s.Deserialize(data, now)
				var refused *channellayer.DecodeError
				if err != nil {
					if !errors.As(err, &refused) {
						t.Fatalf("%s: error %v is no DecodeError", format, err)
					}
					continue
				}
				again, err := s.Serialize(got, now)
				if err != nil {
					t.Fatalf("%s: %v was read and cannot be sent: %v", format, got, err)
				}
				if back, err := s.Deserialize(again, now); err != nil || !equal(any(back), any(got)) {
					t.Fatalf("%s: %v became %v (%v)", format, got, back, err)
				}
			}
		}
	})
}
