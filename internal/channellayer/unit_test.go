package channellayer_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

func TestCheckName_SaysWhy(t *testing.T) {
	long := strings.Repeat("ä", 100)
	for _, test := range []struct {
		name                    string
		channel, receive, group channellayer.NameReason
	}{
		{"chat.room-1_x", "", "", ""},
		{"specific.abc!", "", "", channellayer.NameInvalid},
		{"specific.abc!def", "", channellayer.NameNotReceivable, channellayer.NameInvalid},
		{"specific.abc!dëf²", "", channellayer.NameNotReceivable, channellayer.NameInvalid},
		{"with a newline\n", channellayer.NameInvalid, channellayer.NameInvalid, channellayer.NameInvalid},
		{"newline\n", "", "", ""},
		{"newlines\n\n", channellayer.NameInvalid, channellayer.NameInvalid, channellayer.NameInvalid},
		{"", channellayer.NameInvalid, channellayer.NameInvalid, channellayer.NameInvalid},
		{"!", channellayer.NameInvalid, channellayer.NameInvalid, channellayer.NameInvalid},
		{"a!b!c", channellayer.NameInvalid, channellayer.NameInvalid, channellayer.NameInvalid},
		{"röm", channellayer.NameInvalid, channellayer.NameInvalid, channellayer.NameInvalid},
		{"٣", "", "", ""}, // a digit in Python
		{long, channellayer.NameTooLong, channellayer.NameTooLong, channellayer.NameTooLong},
		{strings.Repeat("a", 99), "", "", ""},
		{"\xff", channellayer.NameNotText, channellayer.NameNotText, channellayer.NameNotText},
	} {
		for what, check := range map[string]struct {
			err  error
			want channellayer.NameReason
		}{
			"channel":    {channellayer.CheckChannelName(test.name), test.channel},
			"to receive": {channellayer.CheckReceiveName(test.name), test.receive},
			"group":      {channellayer.CheckGroupName(test.name), test.group},
		} {
			var refused *channellayer.NameError
			got := channellayer.NameReason("")
			if errors.As(check.err, &refused) {
				got = refused.Reason
			}
			if got != check.want || (check.err == nil) != (check.want == "") {
				t.Errorf("%q as %s: %q, want %q", test.name, what, got, check.want)
			}
			if check.err != nil && len(test.name) > 8 && strings.Contains(check.err.Error(), test.name) {
				t.Errorf("the name stands in %q", check.err)
			}
		}
	}
}

func TestNonLocalName_EndsAtTheFirstMark(t *testing.T) {
	for name, want := range map[string]string{"a": "a", "a!": "a!", "a!b": "a!", "a!b!c": "a!", "!": "!", "": ""} {
		if got := channellayer.NonLocalName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestShard_OneHostHasEverything(t *testing.T) {
	for _, hosts := range []int{-1, 0, 1} {
		if got := channellayer.Shard("a name", hosts); got != 0 {
			t.Errorf("%d of %d hosts", got, hosts)
		}
	}
}

func TestShard_IsWhatPythonComputes(t *testing.T) {
	// [_consistent_hash(n, h) for h in (2, 3, 4096)] of channels_redis 4.3.0
	for name, want := range map[string][3]int{
		"": {0, 0, 0}, "chat": {0, 0, 682}, "a\U0001F600": {0, 0, 952},
		// The channel that is sent to and the part of it that is received from.
		"specific.0123!x": {1, 1, 2235}, "specific.0123!": {0, 0, 1300},
	} {
		got := [3]int{channellayer.Shard(name, 2), channellayer.Shard(name, 3), channellayer.Shard(name, 4096)}
		if got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

func TestOptionsOf_TakesWhatIsSetAndDefaultsElse(t *testing.T) {
	if got, ok := channellayer.OptionsOf(channelconfig.Config{}); !ok || !reflect.DeepEqual(got, channellayer.Defaults()) {
		t.Errorf("nothing set: %+v, %v", got, ok)
	}
	keys := []secret.String{secret.New("made up")}
	want := channellayer.Options{
		Prefix: "p", Expiry: 1, GroupExpiry: 2, Capacity: 0, SymmetricEncryptionKeys: keys, SerializerFormat: "json",
		RandomPrefixLength: 4, ChannelCapacity: []channellayer.ChannelCapacity{{Pattern: "a*", Capacity: 5}},
	}
	got, ok := channellayer.OptionsOf(channelconfig.Config{
		Prefix: channelconfig.Known("p"), Expiry: channelconfig.Known(int64(1)), GroupExpiry: channelconfig.Known(int64(2)),
		Capacity: channelconfig.Known(int64(0)), SymmetricEncryptionKeys: channelconfig.Known(keys),
		SerializerFormat: channelconfig.Known("json"), RandomPrefixLength: channelconfig.Known(int64(4)),
		ChannelCapacity: channelconfig.Known([]channelconfig.ChannelCapacity{{Pattern: "a*", Capacity: 5}}),
	})
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("all set: %+v, %v", got, ok)
	}
	if _, ok := channellayer.OptionsOf(channelconfig.Config{Expiry: channelconfig.Unknown[int64]()}); ok {
		t.Error("an option is unknown, and the options are not")
	}
}

func TestReplyError_ShowsItsCodeOnly(t *testing.T) {
	for text, want := range map[string]string{
		"NOPERM this user has no permissions to access one of the keys": "NOPERM", "ERR unknown command 'HELLO'": "ERR",
		"": "ERR", "lower case": "ERR", "MOVED 1234 10.0.0.1:6379": "MOVED", "SECRETSECRETSECRETSECRET x": "ERR", "A1 x": "ERR",
	} {
		err := &channellayer.ReplyError{Text: text}
		if err.Code() != want || strings.Contains(err.Error(), "10.0.0.1") {
			t.Errorf("%q: %s, %q", text, err.Code(), err)
		}
	}
}

func TestScore_IsAPythonFloat(t *testing.T) {
	for moment, want := range map[time.Time]string{
		time.Unix(1_700_000_000, 0): "1700000000.0", time.Unix(1_700_000_000, 500_000_000): "1700000000.5",
		time.Unix(1_763_886_000, 123_456_789): "1763886000.1234567", time.Unix(0, 0): "0.0",
	} {
		if got := channellayer.Score(moment); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// FuzzCapacities: no pattern of anybody's panics, and one without special
// characters matches itself alone.
func FuzzCapacities(f *testing.F) {
	for _, pattern := range []string{"", "*", "[!]-a]", "[--0]", "[a-", "[z-a-z]", "[]-]", "***?[[", "[!b-a!c]"} {
		f.Add(pattern, "name")
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		capacities := channellayer.CompileCapacities(channellayer.Options{
			Capacity: -1, ChannelCapacity: []channellayer.ChannelCapacity{{Pattern: pattern, Capacity: 1}},
		})
		matched := capacities.Of(name) == 1
		if !strings.ContainsAny(pattern, "*?[") && utf8.ValidString(pattern) && utf8.ValidString(name) && matched != (pattern == name) {
			t.Errorf("%q matches %q: %v", pattern, name, matched)
		}
		if pattern == "*" && !matched {
			t.Errorf("* does not match %q", name)
		}
	})
}

func TestOptions_DoNotPrintTheirKeys(t *testing.T) {
	options := channellayer.Defaults()
	options.SymmetricEncryptionKeys = []secret.String{secret.New("canary-4711")}
	if text := fmt.Sprintf("%v %+v %#v", options, options, options); strings.Contains(text, "canary-4711") {
		t.Errorf("the key stands in %s", text)
	}
}
