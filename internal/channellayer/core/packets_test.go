package core_test

import (
	"context"
	"errors"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// probe is what a round trip does: packets on connections of its own.
type probe struct {
	t      *testing.T
	ctx    context.Context
	server *redistest.Server
}

func (p probe) open() *transport.Single {
	p.t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(p.ctx, "tcp", p.server.Addr())
	if err != nil {
		p.t.Fatal(err)
	}
	single := transport.Open(conn)
	p.t.Cleanup(func() { _ = single.Close() })
	return single
}

// transact sends a packet and reads it as a transaction.
func (p probe) transact(conn channellayer.Conn, packet []channellayer.Command) []channellayer.Reply {
	p.t.Helper()
	replies, err := conn.Exchange(p.ctx, packet...)
	if err != nil {
		p.t.Fatal(err)
	}
	results, err := core.ReadTransaction(replies)
	if err != nil {
		p.t.Fatal(err)
	}
	return results
}

// expiring checks that every key there is has an expiry.
func (p probe) expiring(after string) {
	p.t.Helper()
	for _, key := range p.server.Do("KEYS", "*").([]any) {
		if ttl, _ := p.server.Do("TTL", key).(int64); ttl < 0 || ttl > 30 {
			p.t.Errorf("after %s %v lives for %d s", after, key, ttl)
		}
	}
}

func TestPackets_MakeARoundTripThatAlwaysExpires(t *testing.T) {
	t.Parallel()
	p := probe{t, patience(t), redistest.Start(t)}
	options := channellayer.Defaults()
	options.Expiry, options.GroupExpiry = 30, 30
	protocol, err := core.NewProtocol(options, 1)
	if err != nil {
		t.Fatal(err)
	}
	const channel, group = "specific.tfcheck0123456789abcdef0123456789!x", "tfcheck-1"
	key, groupKey := protocol.ChannelKey(channel), protocol.GroupKey(group)
	reader, writer := p.open(), p.open()
	p.transact(reader, core.RestorePacket(key, 30))
	p.transact(writer, core.GroupAddPacket(groupKey, channel, time.Now(), 30))
	p.expiring("group_add")

	pending := reader.Begin(p.ctx, core.Pop(key, 1))
	if pending.Arrived() {
		t.Error("the read did not block")
	}
	members := p.transact(writer, core.MembersPacket(groupKey, time.Now(), 30))
	channels, err := core.ReadMembers(members[1])
	if err != nil || !reflect.DeepEqual(channels, []string{channel}) {
		t.Fatalf("members %v (%v)", channels, err)
	}
	sent := channellayer.Message{"type": "tfcheck"}
	deliveries, err := protocol.Deliveries(channels, sent, time.Now())
	if err != nil || len(deliveries) != 1 {
		t.Fatalf("%d deliveries (%v)", len(deliveries), err)
	}
	results := p.transact(writer, core.DeliverPacket(deliveries[0], time.Now(), 30))
	if full := results[len(results)-1].Value; full != int64(0) {
		t.Errorf("%v channels are full", full)
	}
	replies, err := pending.Wait()
	if err != nil {
		t.Fatal(err)
	}
	popped, err := core.ReadPop(replies[0])
	if err != nil || popped == nil {
		t.Fatalf("popped %v (%v)", popped, err)
	}
	p.transact(reader, core.BackupPacket(key, *popped, 30))
	p.expiring("the backup")
	got, named, err := protocol.Decode(popped.Member, time.Now())
	if err != nil || !reflect.DeepEqual(got, sent) || !reflect.DeepEqual(named, []string{channel}) {
		t.Errorf("received %v for %v (%v)", got, named, err)
	}

	// What is in flight comes back, and with an expiry.
	p.transact(reader, core.RestorePacket(key, 30))
	p.expiring("the restoration")
	if n := p.server.Do("ZCARD", key); n != int64(1) {
		t.Errorf("%v messages, want 1", n)
	}
	member, err := protocol.Encode(channel, sent, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if held := p.transact(writer, core.SendPacket(key, member, time.Now(), 30))[1].Value; held != int64(1) {
		t.Errorf("the channel held %v messages, want 1", held)
	}
	p.expiring("send")
	if _, err := writer.Exchange(p.ctx, core.Delete(key, core.BackupKey(key), groupKey)); err != nil {
		t.Fatal(err)
	}
	if n := p.server.Do("DBSIZE"); n != int64(0) {
		t.Errorf("%v keys are left", n)
	}
}

func TestReadPop_NothingCameInTime(t *testing.T) {
	t.Parallel()
	p := probe{t, patience(t), redistest.Start(t)}
	started := time.Now()
	replies, err := p.open().Exchange(p.ctx, core.Pop("nothing", 1))
	if err != nil {
		t.Fatal(err)
	}
	if popped, err := core.ReadPop(replies[0]); popped != nil || err != nil {
		t.Errorf("popped %v (%v), want nothing", popped, err)
	}
	if took := time.Since(started); took < 900*time.Millisecond {
		t.Errorf("it blocked for %s only", took)
	}
}

func TestReadTransaction_TellsTheFirstError(t *testing.T) {
	t.Parallel()
	p := probe{t, patience(t), redistest.Start(t)}
	conn := p.open()
	p.server.Do("SET", "text", "x")
	for name, test := range map[string]struct {
		packet []channellayer.Command
		code   string
	}{
		"while it runs":      {core.Transaction(core.Count("text"), core.Count("other")), "WRONGTYPE"},
		"while it is queued": {core.Transaction(channellayer.Command{"NOSUCHCOMMAND"}), "ERR"},
	} {
		replies, err := conn.Exchange(p.ctx, test.packet...)
		if err != nil {
			t.Fatal(err)
		}
		var refused *channellayer.ReplyError
		if _, err := core.ReadTransaction(replies); !errors.As(err, &refused) || refused.Code() != test.code {
			t.Errorf("%s: error %v, want %s", name, err, test.code)
		}
	}
}

func TestReads_RefuseRepliesOfAnotherForm(t *testing.T) {
	odd := func(err error) {
		t.Helper()
		var unexpected *channellayer.DecodeError
		if !errors.As(err, &unexpected) || unexpected.Reason != channellayer.ReplyUnexpected {
			t.Errorf("error %v, want %q", err, channellayer.ReplyUnexpected)
		}
	}
	for _, value := range []any{"text", []any{}, []any{"a", "b"}, []any{"a", int64(1), "2"}, []any{"a", "b", "c"}} {
		_, err := core.ReadPop(channellayer.Reply{Value: value})
		odd(err)
	}
	for _, value := range []any{nil, "text", []any{int64(1)}} {
		_, err := core.ReadMembers(channellayer.Reply{Value: value})
		odd(err)
	}
	for _, replies := range [][]channellayer.Reply{nil, {{}}, {{}, {}}, {{}, {Value: []any{int64(1)}}}} {
		_, err := core.ReadTransaction(replies)
		odd(err)
	}
}
