package core_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

type message = channellayer.Message

func send(t *testing.T, layer *core.Layer, channel string, m message) {
	t.Helper()
	if err := layer.Send(patience(t), channel, m); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, layer *core.Layer, channel string, want message) {
	t.Helper()
	got, err := layer.Receive(patience(t), channel)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("received %v, want %v", got, want)
	}
}

// expectNothing receives until Redis has been asked twice for nothing.
func expectNothing(t *testing.T, layer *core.Layer, channel string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if got, err := layer.Receive(ctx, channel); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("received %v (%v), want nothing", got, err)
	}
}

func TestSend_StopsAtTheCapacity(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	options := channellayer.Defaults()
	options.Capacity = 2
	options.ChannelCapacity = []channellayer.ChannelCapacity{{Pattern: "wide.*", Capacity: 4}, {Pattern: "*", Capacity: 3}}
	layer := newLayer(t, options, core.Setup{}, server)
	for channel, capacity := range map[string]int{"wide.x": 4, "other": 3} {
		for range capacity {
			send(t, layer, channel, message{})
		}
		err := layer.Send(patience(t), channel, message{})
		var failed *channellayer.OperationError
		if !errors.Is(err, channellayer.ErrChannelFull) || !errors.As(err, &failed) || failed.Step != "ZCOUNT" {
			t.Errorf("%s: error %v, want ErrChannelFull", channel, err)
		}
	}
}

func TestGroupSend_TellsWhoIsFull(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	options := channellayer.Defaults()
	options.Capacity = 1
	one := newLayer(t, options, core.Setup{}, server)
	other := newLayer(t, options, core.Setup{}, server)
	full, free := one.NewChannel("specific"), other.NewChannel("specific")
	for _, channel := range []string{full, free} {
		if err := one.GroupAdd(ctx, "room", channel); err != nil {
			t.Fatal(err)
		}
	}
	send(t, one, full, message{"n": int64(1)})
	got, err := one.GroupSend(ctx, "room", message{"n": int64(2)})
	if want := (core.GroupResult{Channels: 2, OverCapacity: 1}); err != nil || got != want {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
	expect(t, one, full, message{"n": int64(1)})
	expect(t, other, free, message{"n": int64(2)})
}

func TestSend_RemovesWhatHasExpired(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	now := time.Now()
	layer := newLayer(t, channellayer.Defaults(), core.Setup{Now: func() time.Time { return now }}, server)
	channel := layer.NewChannel("specific")
	send(t, layer, channel, message{"n": int64(1)})
	now = now.Add(59 * time.Second)
	send(t, layer, channel, message{"n": int64(2)})
	if n := server.Do("ZCARD", layer.ChannelKey(channel)); n != int64(2) {
		t.Errorf("%v messages, want 2", n)
	}
	now = now.Add(2 * time.Second) // 61 s after the first
	send(t, layer, channel, message{"n": int64(3)})
	expect(t, layer, channel, message{"n": int64(2)})
	expect(t, layer, channel, message{"n": int64(3)})
	expectNothing(t, layer, channel)
}

func TestGroupSend_ForgetsChannelsAfterTheGroupExpiry(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	now := time.Now()
	options := channellayer.Defaults()
	options.GroupExpiry = 100
	layer := newLayer(t, options, core.Setup{Now: func() time.Time { return now }}, server)
	early, late := layer.NewChannel("specific"), layer.NewChannel("specific")
	if err := layer.GroupAdd(ctx, "room", early); err != nil {
		t.Fatal(err)
	}
	now = now.Add(60 * time.Second)
	if err := layer.GroupAdd(ctx, "room", late); err != nil {
		t.Fatal(err)
	}
	now = now.Add(60 * time.Second)
	if got, err := layer.GroupSend(ctx, "room", message{"n": int64(1)}); err != nil || got.Channels != 1 {
		t.Fatalf("%+v (%v), want one channel", got, err)
	}
	expect(t, layer, late, message{"n": int64(1)})
	expectNothing(t, layer, early)
}

func TestSend_LeavesEveryKeyWithAnExpiry(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	options := channellayer.Defaults()
	options.Expiry, options.GroupExpiry = 1, 2
	layer := newLayer(t, options, core.Setup{}, server)
	channel := layer.NewChannel("specific")
	send(t, layer, channel, message{})
	if err := layer.GroupAdd(ctx, "room", channel); err != nil {
		t.Fatal(err)
	}
	if _, err := layer.GroupSend(ctx, "room", message{}); err != nil {
		t.Fatal(err)
	}
	for key, most := range map[string]int64{layer.ChannelKey(channel): 1, layer.GroupKey("room"): 2} {
		if ttl, _ := server.Do("TTL", key).(int64); ttl < 0 || ttl > most {
			t.Errorf("%s lives for %d s, want %d", key, ttl, most)
		}
	}
	// The server itself lets them go.
	for deadline := time.Now().Add(10 * time.Second); server.Do("DBSIZE") != int64(0); {
		if time.Now().After(deadline) {
			t.Fatal("keys are left")
		}
		<-time.After(50 * time.Millisecond)
	}
	expectNothing(t, layer, channel)
}

// lost is a Conn that is gone after some commands, as a process that is killed.
type lost struct {
	channellayer.Conn
	after string
	err   error
}

func (l *lost) Exchange(ctx context.Context, commands ...channellayer.Command) ([]channellayer.Reply, error) {
	if l.err != nil {
		return nil, l.err
	}
	if commands[0].Name() == l.after {
		l.err = errors.New("killed")
	}
	return l.Conn.Exchange(ctx, commands...)
}

func TestReceive_RestoresWhatWasInFlight(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	protocol, err := core.NewProtocol(channellayer.Defaults(), 1)
	if err != nil {
		t.Fatal(err)
	}
	setup := core.Setup{ClientPrefix: "p"}
	killed, err := core.New(protocol, []channellayer.Conn{&lost{Conn: pools(t, server)[0], after: "ZADD"}}, setup)
	if err != nil {
		t.Fatal(err)
	}
	layer := newLayer(t, channellayer.Defaults(), setup, server)
	const channel = "specific.p!x"
	send(t, layer, channel, message{"n": int64(1)})
	send(t, layer, channel, message{"n": int64(2)})
	if _, err := killed.Receive(patience(t), channel); err != nil {
		t.Fatal(err)
	}
	if err := killed.WaitReceived(); err == nil {
		t.Fatal("the confirmation did not fail")
	}
	if n := server.Do("ZCARD", core.BackupKey(protocol.ChannelKey(channel))); n != int64(1) {
		t.Fatalf("%v messages in flight, want 1", n)
	}
	expect(t, layer, channel, message{"n": int64(1)})
	expect(t, layer, channel, message{"n": int64(2)})
	if err := layer.WaitReceived(); err != nil {
		t.Fatal(err)
	}
	if n := server.Do("DBSIZE"); n != int64(0) {
		t.Errorf("%v keys are left", n)
	}
}

func TestReceive_WaitsLongerThanOnePoll(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	layer := newLayer(t, channellayer.Defaults(), core.Setup{PollSeconds: 1}, server)
	channel := layer.NewChannel("specific")
	stop := server.Monitor()
	sent := time.AfterFunc(1300*time.Millisecond, func() { _ = layer.Send(context.Background(), channel, message{"n": int64(1)}) })
	defer sent.Stop()
	expect(t, layer, channel, message{"n": int64(1)})
	if polls := strings.Count(strings.Join(stop(), "\n"), `"BZPOPMIN"`); polls != 2 {
		t.Errorf("%d polls, want 2", polls)
	}
}

func TestReceive_OneReaderServesTheProcess(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	layer := newLayer(t, channellayer.Defaults(), core.Setup{}, server)
	const count = 12
	errs := make(chan error, count)
	var channels []string
	for range count {
		channels = append(channels, layer.NewChannel("specific"))
	}
	for i, channel := range channels {
		go func() {
			got, err := layer.Receive(ctx, channel)
			if err == nil && got["n"] != int64(i) {
				err = fmt.Errorf("%s received %v", channel, got)
			}
			errs <- err
		}()
	}
	for i, channel := range slices.Backward(channels) {
		send(t, layer, channel, message{"n": int64(i)})
	}
	for range count {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := blocked(server); got > 1 {
		t.Errorf("%d connections block, want one at most", got)
	}
}

func blocked(server *redistest.Server) int {
	info, _ := server.Do("INFO", "clients").(string)
	n := 0
	_, tail, _ := strings.Cut(info, "blocked_clients:")
	_, _ = fmt.Sscan(tail, &n)
	return n
}

func TestReceive_KeepsAsManyForAChannelAsItHolds(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	options := channellayer.Defaults()
	options.Capacity = 3
	options.ChannelCapacity = []channellayer.ChannelCapacity{{Pattern: "*", Capacity: 100}}
	layer := newLayer(t, options, core.Setup{}, server)
	slow, quick := layer.NewChannel("specific"), layer.NewChannel("specific")
	for n := range int64(5) {
		send(t, layer, slow, message{"n": n})
	}
	send(t, layer, quick, message{"n": int64(0)})
	expect(t, layer, quick, message{"n": int64(0)}) // it reads for slow as well
	for n := int64(2); n < 5; n++ {
		expect(t, layer, slow, message{"n": n})
	}
	expectNothing(t, layer, slow)
}

func TestReceive_HostileMessagesEndOneReceiveOnly(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	layer := newLayer(t, channellayer.Defaults(), core.Setup{ClientPrefix: "p"}, server)
	const channel, random = "specific.p!x", "random bytes"
	key := layer.ChannelKey(channel)
	now := time.Now().Unix()
	for i, hostile := range []string{"", random, random + "\xc1", random + "\xdf\xff\xff\xff\xff", random + "\x90", random + strings.Repeat("\x91", 5000)} {
		server.Do("ZADD", key, now+int64(i), hostile)
	}
	for range 6 {
		var unreadable *channellayer.DecodeError
		if got, err := layer.Receive(patience(t), channel); !errors.As(err, &unreadable) {
			t.Errorf("received %v (%v), want a DecodeError", got, err)
		}
	}
	// Messages for nobody, or for what is no channel, are passed over.
	for i, names := range []string{"\x90", "\x01", "\x91\x01", "\xc0", "\x81\xa1a\x01", "\xa1y"} {
		server.Do("ZADD", key, now+int64(i), random+"\x81\xb0"+channellayer.ReservedKey+names)
	}
	send(t, layer, channel, message{"type": "good"})
	expect(t, layer, channel, message{"type": "good"})
}

func TestReceive_WorksWithoutZPOPMIN(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.User("app", "on", ">made-up", "~*", "+@all", "-zpopmin"))
	protocol, err := core.NewProtocol(channellayer.Defaults(), 1)
	if err != nil {
		t.Fatal(err)
	}
	layer, err := core.New(protocol, []channellayer.Conn{loggedIn(t, server, "app", "made-up")}, core.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	channel := layer.NewChannel("specific")
	send(t, layer, channel, message{"n": int64(1)})
	expect(t, layer, channel, message{"n": int64(1)})
	var failed *channellayer.OperationError
	var refused *channellayer.ReplyError
	if err := layer.WaitReceived(); !errors.As(err, &failed) || failed.Step != "ZPOPMIN" || !errors.As(err, &refused) || refused.Code() != "NOPERM" {
		t.Errorf("error %v, want NOPERM of ZPOPMIN", err)
	}
	if err := layer.WaitReceived(); err != nil {
		t.Errorf("told twice: %v", err)
	}
}

func loggedIn(t *testing.T, server *redistest.Server, user, password string) *transport.Pool {
	t.Helper()
	p := transport.NewPool(func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", server.Addr())
	}, channellayer.Command{"AUTH", user, password})
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// leastPrivilege are the rules that are enough for the core layer, but for flush.
var leastPrivilege = []string{
	"resetkeys", "resetchannels", "nocommands", "~asgi*", "+zadd", "+zcount", "+zrem", "+zrange", "+zremrangebyscore",
	"+zpopmin", "+bzpopmin", "+del", "+expire", "+eval", "+multi", "+exec",
}

func TestLayer_WorksWithLeastPrivilege(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t, redistest.User("app", append([]string{"on", ">made-up"}, leastPrivilege...)...)), patience(t)
	protocol, err := core.NewProtocol(channellayer.Defaults(), 1)
	if err != nil {
		t.Fatal(err)
	}
	layer, err := core.New(protocol, []channellayer.Conn{loggedIn(t, server, "app", "made-up")}, core.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	channel := layer.NewChannel("specific")
	send(t, layer, channel, message{"n": int64(1)})
	expect(t, layer, channel, message{"n": int64(1)})
	if err := layer.GroupAdd(ctx, "room", channel); err != nil {
		t.Fatal(err)
	}
	if _, err := layer.GroupSend(ctx, "room", message{"n": int64(2)}); err != nil {
		t.Fatal(err)
	}
	expect(t, layer, channel, message{"n": int64(2)})
	if err := layer.GroupDiscard(ctx, "room", channel); err != nil {
		t.Fatal(err)
	}
	if err := layer.WaitReceived(); err != nil {
		t.Fatal(err)
	}
	if log := server.Do("ACL", "LOG").([]any); len(log) != 0 {
		t.Errorf("the ACL log has %v", log)
	}
}

func TestLayer_ErrorsHoldNoNamesKeysOrMessages(t *testing.T) {
	t.Parallel()
	const canary = "canary-4711"
	server := redistest.Start(t, redistest.User("app", "on", ">"+canary, "~nothing", "+@all"))
	options := channellayer.Defaults()
	options.Prefix = canary
	options.SymmetricEncryptionKeys = []secret.String{secret.New(canary)}
	protocol, err := core.NewProtocol(options, 1)
	if err != nil {
		t.Fatal(err)
	}
	layer, err := core.New(protocol, []channellayer.Conn{loggedIn(t, server, "app", canary)}, core.Setup{ClientPrefix: canary})
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := core.New(protocol, []channellayer.Conn{loggedIn(t, server, "app", canary+canary)}, core.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	secretMessage := message{canary: canary}
	channel := layer.NewChannel("specific")
	errs := []error{
		layer.Send(patience(t), channel, secretMessage), layer.Send(patience(t), canary+" ", secretMessage),
		layer.Send(patience(t), canary+"!x", message{channellayer.ReservedKey: canary}),
		layer.GroupAdd(patience(t), canary, channel), layer.GroupDiscard(patience(t), canary+":", channel),
		wrong.Send(patience(t), canary, secretMessage),
	}
	_, err = layer.GroupSend(patience(t), canary, secretMessage)
	_, err2 := layer.Receive(patience(t), "specific."+canary+canary+"?")
	_, err3 := layer.Receive(patience(t), channel)
	_, err4 := layer.Receive(patience(t), "specific.other!"+canary)
	_, err5 := protocol.Encode("x", message{canary: func() {}}, time.Now())
	for _, err := range append(errs, err, err2, err3, err4, err5) {
		if err == nil {
			t.Error("no error")
		} else if strings.Contains(err.Error(), canary) || strings.Contains(fmt.Sprintf("%+v", protocol.Options().SymmetricEncryptionKeys), canary) {
			t.Errorf("the secret stands in %q", err)
		}
	}
}

func TestLayer_RefusesWrongNamesBeforeItSaysAnything(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	layer := newLayer(t, channellayer.Defaults(), core.Setup{}, server)
	long := strings.Repeat("a", 100)
	_, groupError := layer.GroupSend(ctx, long, message{})
	_, receiveError := layer.Receive(ctx, "a b")
	_, otherError := layer.Receive(ctx, "specific.other!x")
	for i, test := range []struct {
		err    error
		reason channellayer.NameReason
	}{
		{layer.Send(ctx, "", message{}), channellayer.NameInvalid}, {layer.Send(ctx, long, message{}), channellayer.NameTooLong},
		{layer.GroupAdd(ctx, "a!", "b"), channellayer.NameInvalid}, {layer.GroupDiscard(ctx, "a", "ä"), channellayer.NameInvalid},
		{groupError, channellayer.NameTooLong}, {receiveError, channellayer.NameInvalid}, {otherError, channellayer.NameOfOther},
	} {
		var refused *channellayer.NameError
		if !errors.As(test.err, &refused) || refused.Reason != test.reason {
			t.Errorf("%d: error %v, want %q", i, test.err, test.reason)
		}
	}
	var reserved *channellayer.MessageError
	if err := layer.Send(ctx, "x", message{channellayer.ReservedKey: "y"}); !errors.As(err, &reserved) || reserved.Reason != channellayer.ReservedKeyUsed {
		t.Errorf("error %v, want %q", err, channellayer.ReservedKeyUsed)
	}
	if n := server.Connections(); n != 0 {
		t.Errorf("%d connections, want none", n)
	}
}

func TestLayer_CarriesLongNamesEmptyAndLargeMessages(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	layer := newLayer(t, channellayer.Defaults(), core.Setup{}, server)
	channel := layer.NewChannel("specific") // 9 + 32 + 1 + 32 characters
	channel += strings.Repeat("x", 99-len(channel))
	for _, m := range []message{{}, {"type": strings.Repeat("x", 5_000_000)}, {"bytes": []byte("\xff\x00")}} {
		send(t, layer, channel, m)
		expect(t, layer, channel, m)
	}
}

func TestNewProtocol_RefusesWhatPythonWould(t *testing.T) {
	options := channellayer.Defaults()
	for setting, change := range map[string]func(o *channellayer.Options, hosts *int){
		"CONFIG.hosts":             func(_ *channellayer.Options, hosts *int) { *hosts = 0 },
		"CONFIG.prefix":            func(o *channellayer.Options, _ *int) { o.Prefix = "\xff" },
		"CONFIG.serializer_format": func(o *channellayer.Options, _ *int) { o.SerializerFormat = "yaml" },
	} {
		changed, hosts := options, 1
		change(&changed, &hosts)
		var refused *channellayer.OptionError
		if _, err := core.NewProtocol(changed, hosts); !errors.As(err, &refused) || refused.Setting != setting {
			t.Errorf("error %v, want %s", err, setting)
		}
	}
}

func TestLayer_ReportsAPasswordThatIsWrong(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password("made-up"))
	if _, err := url.Parse(server.URL()); err != nil {
		t.Fatal("no URL")
	}
	layer := newLayer(t, channellayer.Defaults(), core.Setup{}, server)
	var refused *channellayer.ReplyError
	if err := layer.Send(patience(t), "x", message{}); !errors.As(err, &refused) || refused.Code() != "NOAUTH" {
		t.Errorf("error %v, want NOAUTH", err)
	}
}
