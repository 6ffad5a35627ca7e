package core_test

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// FuzzReceived feeds whatever may lie under the names of a layer to both kinds
// of it, in clear and encrypted: nothing panics, refusals are typed and quote
// nothing, and what was read says the same when it is sent on.
func FuzzReceived(f *testing.F) {
	prefix := strings.Repeat("\x00", 12)
	for _, seed := range []string{
		prefix + "\x81\xa4type\xa1x", prefix + "\x82\xa4type\xa1x\xb0__asgi_channel__\xa8a.b!cdef", prefix + "\x81\xb0__asgi_channel__\x92\xa3a!b\xa3a!c",
		prefix + "\x81\xb0__asgi_channel__\x81\xa1a\xc0", prefix + "\x90", prefix, "", "\x81\xa4type\xa1x", "{\"type\":\"x\"}", "{\"__asgi_channel__\":[\"a!b\",1]}",
		"gAAAAABlVPEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
	} {
		f.Add([]byte(seed))
	}
	now := time.Unix(1_700_000_000, 0)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []string{channellayer.MsgPack, channellayer.JSON} {
			for _, keys := range [][]secret.String{nil, {secret.New("made up")}} {
				options := channellayer.Defaults()
				options.SerializerFormat, options.SymmetricEncryptionKeys = format, keys
				checkCore(t, options, data, now)
				checkPubSub(t, options, data, now)
			}
		}
	})
}

func checkCore(t *testing.T, options channellayer.Options, data []byte, now time.Time) {
	t.Helper()
	protocol, err := core.NewProtocol(options, 2)
	if err != nil {
		t.Fatal(err)
	}
	message, channels, err := protocol.Decode(data, now)
	if err != nil {
		checkRefusal(t, err)
		return
	}
	if _, there := message[channellayer.ReservedKey]; there {
		t.Fatal("the message still says which channels it is for")
	}
	if len(channels) == 0 {
		return
	}
	deliveries, err := protocol.Deliveries(channels, message, now)
	if err != nil {
		t.Fatalf("what was read cannot be sent on: %v", err)
	}
	reached := 0
	for _, d := range deliveries {
		for _, member := range d.Members {
			again, named, err := protocol.Decode(member, now)
			if err != nil || !reflect.DeepEqual(again, message) && !hasNaN(message) {
				t.Fatalf("the message became another: %v, error %v", again, err)
			}
			reached += len(named)
		}
	}
	if reached != len(channels) {
		t.Fatalf("sent on to %d of %d channels", reached, len(channels))
	}
}

// hasNaN: a number that is not equal to itself.
func hasNaN(value any) bool { return !reflect.DeepEqual(value, value) }

func checkPubSub(t *testing.T, options channellayer.Options, data []byte, now time.Time) {
	t.Helper()
	protocol, err := pubsub.NewProtocol(options, 1)
	if err != nil {
		t.Fatal(err)
	}
	message, err := protocol.Decode(data, now)
	if err != nil {
		checkRefusal(t, err)
		return
	}
	if _, err := protocol.Encode(message, now); err != nil {
		t.Fatalf("what was read cannot be published: %v", err)
	}
}

// checkRefusal: the text of a refusal is that of its reason alone.
func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var refused *channellayer.DecodeError
	if !errors.As(err, &refused) {
		t.Fatalf("an untyped error: %T", err)
	}
	if constant := (&channellayer.DecodeError{Reason: refused.Reason}); constant.Error() != err.Error() {
		t.Fatalf("the error says more than its reason: %v", err)
	}
}

// FuzzPopped: whatever answers BZPOPMIN, ZRANGE and EXEC, what is read of it is
// what was there.
func FuzzPopped(f *testing.F) {
	f.Add("member", "1700000000.5", byte(0))
	f.Add("", "nan", byte(1))
	f.Add("a!b", "1e400", byte(2))
	f.Fuzz(func(t *testing.T, member, score string, kind byte) {
		values := [][]any{{"key", member, score}, {"key", []byte(member), score}, {member}, {nil, nil, nil}, {int64(1), member, int64(kind)}, {[]any{member}, score}}
		reply := channellayer.Reply{Value: values[int(kind)%len(values)]}
		popped, err := core.ReadPop(reply)
		if err != nil {
			checkRefusal(t, err)
		} else if string(popped.Member) != member {
			t.Fatalf("popped %q, want %q", popped.Member, member)
		}
		members, err := core.ReadMembers(reply)
		if err != nil {
			checkRefusal(t, err)
		} else if len(members) != len(values[int(kind)%len(values)]) {
			t.Fatalf("%d members", len(members))
		}
		replies := []channellayer.Reply{{Value: "OK"}, {Value: "QUEUED"}, {Value: []any{member}}}
		results, err := core.ReadTransaction(replies[int(kind)%len(replies):])
		if err != nil {
			checkRefusal(t, err)
		} else if len(results) > 1 {
			t.Fatalf("%d results", len(results))
		}
	})
}

// FuzzNames: names are valid where the regular expressions of Channels say so,
// and what is derived of a name is stable.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"", "a", "specific.abc!def", "chat_42", "a\n", "!", "a!!", "é", "a!é", "\u0664", "a\xff", strings.Repeat("a", 100)} {
		f.Add(seed)
	}
	// \d is Unicode's in Python and ASCII's in Go; \w is str.isalnum there.
	channel := regexp.MustCompile(`^[a-zA-Z\p{Nd}\-_.]+(![\p{L}\p{N}\-_.]*)?\n?$`)
	group := regexp.MustCompile(`^[a-zA-Z\p{Nd}\-_.]+\n?$`)
	f.Fuzz(func(t *testing.T, name string) {
		short := len([]rune(name)) < 100 && strings.ToValidUTF8(name, "") == name
		if got, want := channellayer.CheckChannelName(name) == nil, short && channel.MatchString(name); got != want {
			t.Fatalf("channel %q is valid: %v, want %v", name, got, want)
		}
		if got, want := channellayer.CheckGroupName(name) == nil, short && group.MatchString(name); got != want {
			t.Fatalf("group %q is valid: %v, want %v", name, got, want)
		}
		plain := channellayer.NonLocalName(name)
		if channellayer.NonLocalName(plain) != plain || channellayer.IsLocal(plain) != channellayer.IsLocal(name) || !strings.HasPrefix(name, plain) {
			t.Fatalf("%q is %q without what is local", name, plain)
		}
		if shard := channellayer.Shard(name, 3); shard < 0 || shard > 2 {
			t.Fatalf("%q is on shard %d of 3", name, shard)
		}
	})
}
