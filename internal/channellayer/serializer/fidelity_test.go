package serializer_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/serializer"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
)

type message = channellayer.Message

func power(exponent uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), exponent) }

// spelled is a value as Go sends it.
func spelled(value any) any {
	depth, ok := value.(layeroracle.Nested)
	if !ok {
		return value
	}
	value = int64(1)
	for range depth {
		value = []any{value}
	}
	return value
}

// values are what messages may hold. formats says who carries it: "m" for
// MessagePack, "j" for JSON, in Python and here.
var values = []struct {
	name    string
	value   any
	formats string
}{
	{"None", nil, "mj"}, {"True", true, "mj"}, {"False", false, "mj"},
	{"empty text", "", "mj"}, {"text", "Grüße 世界 \U0001F600\x00\x1f\x7f\u2028", "mj"},
	{"text of 31", strings.Repeat("x", 31), "mj"}, {"text of 32", strings.Repeat("x", 32), "mj"},
	{"text of 255", strings.Repeat("x", 255), "mj"}, {"text of 256", strings.Repeat("é", 128), "mj"},
	{"text of 65535", strings.Repeat("x", 65535), "mj"}, {"text of 65536", strings.Repeat("x", 65536), "mj"},
	{"no bytes", []byte{}, "m"}, {"bytes that are not UTF-8", []byte("\xff\x00\x80"), "m"},
	{"255 bytes", bytes.Repeat([]byte{7}, 255), "m"}, {"256 bytes", bytes.Repeat([]byte{7}, 256), "m"},
	{"65536 bytes", bytes.Repeat([]byte{7}, 65536), "m"},
	{"0", int64(0), "mj"}, {"127", int64(127), "mj"}, {"128", int64(128), "mj"}, {"255", int64(255), "mj"}, {"256", int64(256), "mj"},
	{"65535", int64(65535), "mj"}, {"65536", int64(65536), "mj"}, {"2**32-1", int64(math.MaxUint32), "mj"}, {"2**32", int64(1 << 32), "mj"},
	{"2**63-1", int64(math.MaxInt64), "mj"}, {"2**63", power(63), "mj"},
	{"2**64-1", new(big.Int).Sub(power(64), big.NewInt(1)), "mj"}, {"2**64", power(64), "j"}, {"2**4000", power(4000), "j"},
	{"-1", int64(-1), "mj"}, {"-32", int64(-32), "mj"}, {"-33", int64(-33), "mj"}, {"-128", int64(-128), "mj"}, {"-129", int64(-129), "mj"},
	{"-32769", int64(-32769), "mj"}, {"-2**31-1", int64(math.MinInt32) - 1, "mj"}, {"-2**63", int64(math.MinInt64), "mj"},
	{"-2**63-1", new(big.Int).Sub(new(big.Int).Neg(power(63)), big.NewInt(1)), "j"},
	{"0.0", 0.0, "mj"}, {"-0.0", math.Copysign(0, -1), "mj"}, {"0.1", 0.1, "mj"}, {"1e16", 1e16, "mj"}, {"1e15", 1e15, "mj"},
	{"1e-05", 1e-5, "mj"}, {"0.0001", 0.0001, "mj"}, {"5e-324", 5e-324, "mj"}, {"1.7976931348623157e308", math.MaxFloat64, "mj"},
	{"inf", math.Inf(1), "mj"}, {"-inf", math.Inf(-1), "mj"}, {"nan", math.Float64frombits(0x7ff8 << 48), "mj"},
	{"empty list", []any{}, "mj"}, {"list", []any{int64(1), "a", nil, []any{true}}, "mj"},
	{"list of 16", make([]any, 16), "mj"}, {"list of 65536", make([]any, 65536), "mj"},
	{"empty dict", map[string]any{}, "mj"}, {"dict", map[string]any{"": int64(1), "é": map[string]any{"b": []any{}}}, "mj"},
	{"dict with keys of bytes", map[any]any{"a": int64(1), channellayer.BytesKey("a"): int64(2)}, "m"},
	{"timestamp", channellayer.Ext{Type: -1, Data: []byte{0, 0, 0, 9}}, "m"},
	{"extension", channellayer.Ext{Type: 5, Data: []byte("abc")}, "m"}, {"extension 4", channellayer.Ext{Type: 4, Data: []byte("12345678")}, "m"},
	{"extension of 300", channellayer.Ext{Type: 127, Data: make([]byte, 300)}, "m"},
	{"nested 800 deep", layeroracle.Nested(800), "mj"}, {"nested 1023 deep", layeroracle.Nested(1023), "m"},
	{"nested 1024 deep", layeroracle.Nested(1024), ""},
	{"extension -2", channellayer.Ext{Type: -2, Data: []byte("abc")}, ""},
}

// equal is [reflect.DeepEqual] for which NaN is itself and -0.0 is not 0.0.
func equal(a, b any) bool {
	a, b = spelled(a), spelled(b)
	switch a := a.(type) {
	case channellayer.Ext:
		b, ok := b.(channellayer.Ext)
		return ok && a.Type == b.Type && bytes.Equal(a.Data, b.Data)
	case float64:
		b, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key := range a {
			other, there := b[key]
			if !there || !equal(a[key], other) {
				return false
			}
		}
		return true
	default:
		return reflect.DeepEqual(a, b)
	}
}

// python is the newest stack's core layer, without a random prefix.
func python(t *testing.T, format string, keys ...secret.String) (context.Context, *layeroracle.Layer) {
	t.Helper()
	process := layeroracle.Start(t, layeroracle.Newest())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	options := channellayer.Defaults()
	options.RandomPrefixLength, options.SerializerFormat, options.SymmetricEncryptionKeys = 0, format, keys
	layer, err := process.NewLayer(ctx, layeroracle.Core, layeroracle.Config(layeroracle.Core, options, nil), "")
	if err != nil {
		t.Fatal(err)
	}
	return ctx, layer
}

func golang(t testing.TB, format string, keys ...secret.String) *serializer.Serializer {
	t.Helper()
	options := channellayer.Defaults()
	options.RandomPrefixLength, options.SerializerFormat, options.SymmetricEncryptionKeys = 0, format, keys
	s, err := serializer.New(serializer.ForCore(options))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var formats = map[string]string{channellayer.MsgPack: "m", channellayer.JSON: "j"}

func TestSerializer_CarriesWhatPythonCarries(t *testing.T) {
	t.Parallel()
	for format, letter := range formats {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			ctx, layer := python(t, format)
			own := golang(t, format)
			for _, test := range values {
				sent := message{"type": "x", "value": test.value}
				theirs, theirError := layer.Plain(ctx, "serialize", sent)
				ours, ourError := own.Serialize(message{"type": "x", "value": spelled(test.value)}, time.Now())
				want := strings.Contains(test.formats, letter)
				if (theirError == nil) != want || (ourError == nil) != want {
					t.Errorf("%s: Python %v, Go %v; sent: %v", test.name, theirError, ourError, want)
					continue
				}
				if !want {
					continue
				}
				if !bytes.Equal(ours, theirs.([]byte)) {
					t.Errorf("%s: Go wrote\n%.80q\nPython wrote\n%.80q", test.name, ours, theirs)
				}
				if got, err := own.Deserialize(theirs.([]byte), time.Now()); err != nil || !equal(got, any(sent)) {
					t.Errorf("%s: Go read %v (%v)", test.name, got, err)
				}
				if got, err := layer.Plain(ctx, "deserialize", ours); err != nil || !equal(got, any(sent)) {
					t.Errorf("%s: Python read %v (%v)", test.name, got, err)
				}
			}
		})
	}
}

// odd are bytes that are not what a layer writes.
var odd = map[string][]string{
	channellayer.MsgPack: {
		"", "\xc1", "\x80", "\x81", "\x81\xa1a", "\x81\xa1a\xc1", "\x81\xa1\xff\x01", "\x80\x80", "\x90", "\x01", "\xa1a",
		"\x81\x01\x02", "\x81\xc0\x02", "\x81\xc4\x01a\x02", "\x82\xa1a\x01\xa1a\x02", "\x82\xc4\x01a\x01\xc4\x01a\x02", "\x81\x91\x01\x01",
		"\xdf\xff\xff\xff\xff", "\xde\xff\xff", "\x81\xa1a\xdd\xff\xff\xff\xff", "\x81\xa1a\xdb\xff\xff\xff\xff", "\x81\xa1a\xc6\xff\xff\xff\xff",
		"\x81\xa1a\xc9\xff\xff\xff\xff\x05", "\x81\xa1a\xc7\x03\xffabc", "\x81\xa1a\xd7\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x81\xa1a\xd7\xff\x00\x00\x00\x04\x00\x00\x00\x01",
		"\x81\xa1a\xc7\x0c\xff\x3b\x9a\xca\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x81\xa1a\xd6\x03abcd", "\x81\xa1a\xc7\x00\x05", "\x81\xa1a\xd4", "\x81\xa1a\xc7", "\x81\xa1a\xc8\x00",
		"\x81\xa1a\xca\x3f\x80\x00\x00", "\x81\xa1a\xcb\x7f\xf8\x00\x00\x00\x00\x00\x01", "\x81\xa1a\xd3\x00\x00\x00\x00\x00\x00\x00\x01", "\x81\xa1a\xcf\x80\x00\x00\x00\x00\x00\x00\x00",
		"\x81\xa1a" + strings.Repeat("\x91", 1023) + "\x01", "\x81\xa1a" + strings.Repeat("\x91", 1024) + "\x01", strings.Repeat("\x91", 100_000), "\x81\xd9\x01a\xda\x00\x01b", "\x81\xa1a\xd9",
	},
	channellayer.JSON: {
		"", "{}", "{", "{}x", " {} ", "\v{}", "\ufeff{}", "[]", "1", "null", `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1,"a":2}`, `{a:1}`, `{'a':1}`, `{1:1}`, `{"a":1 "b":2}`,
		`{"a":[1,]}`, `{"a":[,]}`, `{"a":[1 2]}`, `{"a":NaN}`, `{"a":-Infinity}`, `{"a":-NaN}`, `{"a":nan}`, `{"a":nul}`, `{"a":nulll}`, `{"a":truefalse}`,
		`{"a":-0}`, `{"a":-0.0}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e5}`, `{"a":1E+5}`, `{"a":1e}`, `{"a":1e999}`, `{"a":1e-999}`, `{"a":-}`, `{"a":1.5.5}`, `{"a":0x1}`, `{"a":1_0}`, `{"a":٣}`,
		`{"a":` + strings.Repeat("9", 4300) + `}`, `{"a":-` + strings.Repeat("9", 4300) + `}`, `{"a":` + strings.Repeat("9", 4301) + `}`, `{"a":` + strings.Repeat("9", 4301) + `.0}`,
		`{"a":"` + "\x1f" + `"}`, `{"a":"` + "\x7f" + `"}`, `{"a":"\u00e9\u0041\/\b\f\n\r\t\\\""}`, `{"a":"\ud83d\ude00"}`, `{"a":"\uD83D\uDE00"}`, `{"a":"\U0041"}`, `{"a":"\x41"}`, `{"a":"\u+041"}`, `{"a":"\u004"}`, `{"a":"\u00`, `{"a":"\`, `{"a":"x`,
		"{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\": \t\r\n1}", "{\u00a0}", `{"a":1}` + "\x00",
	},
}

// marked are the deliberate differences that odd bytes meet: Go refuses what
// Python reads.
func marked(got any) bool {
	_, isDict := got.(map[string]any)
	return !isDict
}

func TestDeserialize_ReadsAndRefusesWhatPythonDoes(t *testing.T) {
	t.Parallel()
	for format := range formats {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			ctx, layer := python(t, format)
			own := golang(t, format)
			cases := odd[format]
			cases = append(cases, mutations(t, format)...)
			read := 0
			for _, data := range cases {
				if format == channellayer.JSON && unfit(data) {
					continue
				}
				theirs, theirError := layer.Plain(ctx, "deserialize", []byte(data))
				ours, ourError := own.Deserialize([]byte(data), time.Now())
				switch {
				case isReason(ourError, channellayer.DataSurrogate) && strings.Contains(strings.ToLower(data), `\ud`):
					// Python reads it, or refuses what follows.
				case theirError == nil && marked(theirs):
					if !isReason(ourError, channellayer.DataNotADict) {
						t.Errorf("%.60q is no dict: Go read %v (%v)", data, ours, ourError)
					}
				case (theirError == nil) != (ourError == nil):
					t.Errorf("%.60q: Python read %v (%v), Go %v (%v)", data, theirs, theirError, ours, ourError)
				case theirError == nil && !equal(any(ours), theirs):
					t.Errorf("%.60q: Python read %v, Go %v", data, theirs, ours)
				case theirError == nil:
					read++
				}
			}
			if read < 50 {
				t.Errorf("Python read %d of %d only: the corpus says little", read, len(cases))
			}
			t.Logf("%d of %d are messages", read, len(cases))
		})
	}
}

// isReason reports whether a message was refused for that reason.
func isReason(err error, reason channellayer.DecodeReason) bool {
	var refused *channellayer.DecodeError
	return errors.As(err, &refused) && refused.Reason == reason
}

// unfit are bytes of the deliberate differences: those that json.loads would
// take for UTF-16 or UTF-32, and surrogates in UTF-8.
func unfit(data string) bool {
	return strings.Contains(data, "\xed") || len(data) > 1 && (data[0] == 0 || data[1] == 0) ||
		strings.HasPrefix(data, "\xff\xfe") || strings.HasPrefix(data, "\xfe\xff")
}

// number is that of an environment variable, or usual.
func number(t testing.TB, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s is not a number", variable)
	}
	return n
}

// mutations are messages changed by a few bytes: CHANNELS_FUZZ_CASES of them,
// from CHANNELS_FUZZ_SEED.
func mutations(t testing.TB, format string) []string {
	t.Helper()
	count, seed := number(t, "CHANNELS_FUZZ_CASES", 1500), number(t, "CHANNELS_FUZZ_SEED", 1)
	t.Logf("generated with CHANNELS_FUZZ_SEED=%d", seed)
	own, random := golang(t, format), rand.New(rand.NewPCG(uint64(seed), 0))
	var seeds [][]byte
	for _, test := range values {
		data, err := own.Serialize(message{"type": "x", "v": spelled(test.value)}, time.Now())
		if err == nil && len(data) < 300 {
			seeds = append(seeds, data)
		}
	}
	var result []string
	for range count {
		data := bytes.Clone(seeds[random.IntN(len(seeds))])
		for range 1 + random.IntN(2) {
			at := random.IntN(len(data))
			switch random.IntN(3) {
			case 0:
				data[at] = byte(random.Uint32())
			case 1:
				data = append(data[:at], data[at+1:]...)
			default:
				data = append(data[:at], append([]byte{data[random.IntN(len(data))]}, data[at:]...)...)
			}
			if len(data) == 0 {
				break
			}
		}
		result = append(result, string(data))
	}
	return result
}

func TestFernet_IsThatOfPython(t *testing.T) {
	t.Parallel()
	first, second, other := secret.New("one"), secret.New("zwei ü"), secret.New("")
	ctx, layer := python(t, channellayer.MsgPack, first, second)
	own := golang(t, channellayer.MsgPack, first, second)
	now := time.Now()
	sent := message{"type": "x"}
	fresh, err := own.Serialize(sent, now)
	if err != nil {
		t.Fatal(err)
	}
	by := func(at time.Time, keys ...secret.String) []byte {
		data, err := golang(t, channellayer.MsgPack, keys...).Serialize(sent, at)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	half := len(fresh) / 2
	raw, _ := base64.URLEncoding.DecodeString(string(fresh))
	tests := map[string][]byte{
		"the first key": fresh, "the second key": by(now, second), "another key": by(now, other),
		"as old as may be": by(now.Add(-65*time.Second), first), "too old": by(now.Add(-75*time.Second), first),
		"a little early": by(now.Add(50*time.Second), first), "far too early": by(now.Add(70*time.Second), first),
		"not encrypted": []byte("\x81\xa4type\xa1x"), "nothing": {}, "cut": fresh[:half], "cut by 4": fresh[:len(fresh)-4],
		"more": append(bytes.Clone(fresh), "AAAA"...), "standard base64": []byte(base64.StdEncoding.EncodeToString(raw)),
		"spaces and newlines": append(append(bytes.Clone(fresh[:half]), " \n*"...), fresh[half:]...),
		"no padding":          bytes.TrimRight(fresh, "="), "padding twice": append(bytes.Clone(fresh), "=="...),
		"another version": changed(raw, 0), "another time": changed(raw, 5), "another vector": changed(raw, 12),
		"another text": changed(raw, 30), "another signature": changed(raw, len(raw)-1), "short": []byte(base64.URLEncoding.EncodeToString(raw[:40])),
	}
	valid := 0
	for name, token := range tests {
		theirs, theirError := layer.Plain(ctx, "deserialize", token)
		ours, ourError := own.Deserialize(token, now)
		if (theirError == nil) != (ourError == nil) || theirError == nil && !equal(any(ours), theirs) {
			t.Errorf("%s: Python read %v (%v), Go %v (%v)", name, theirs, theirError, ours, ourError)
		}
		if ourError != nil && !isReason(ourError, channellayer.TokenInvalid) {
			t.Errorf("%s: error %v, want %q", name, ourError, channellayer.TokenInvalid)
		}
		if ourError == nil {
			valid++
		}
	}
	if valid < 4 || valid > len(tests)-8 {
		t.Errorf("%d of %d tokens are valid", valid, len(tests))
	}
	theirs, err := layer.Plain(ctx, "serialize", sent)
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range [][]secret.String{{first}, {second, first}, {first, second, other}} {
		if got, err := golang(t, channellayer.MsgPack, keys...).Deserialize(theirs.([]byte), now); err != nil || !equal(any(got), any(sent)) {
			t.Errorf("Go read %v (%v)", got, err)
		}
	}
	if _, err := golang(t, channellayer.MsgPack, second).Deserialize(theirs.([]byte), now); err == nil {
		t.Error("Go read it without its key")
	}
}

// changed is a token with one byte changed.
func changed(raw []byte, at int) []byte {
	raw = bytes.Clone(raw)
	raw[at] ^= 1
	return []byte(base64.URLEncoding.EncodeToString(raw))
}
