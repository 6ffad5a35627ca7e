package pubsub_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// loggedIn is a host for a user of the server.
func loggedIn(t *testing.T, server *redistest.Server, user, password string) *transport.Pool {
	t.Helper()
	p := transport.NewPool(func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", server.Addr())
	}, channellayer.Command{"AUTH", user, password})
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestLayer_WorksWithLeastPrivilege(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.User("app", "on", ">made-up", "resetkeys", "resetchannels", "nocommands", "&asgi*",
		"+subscribe", "+unsubscribe", "+publish"))
	layer, ctx := layerOver(t, channellayer.Defaults(), loggedIn(t, server, "app", "made-up")), patience(t)
	channel := newChannel(t, layer)
	if err := layer.GroupAdd(ctx, "room", channel); err != nil {
		t.Fatal(err)
	}
	if err := layer.GroupSend(ctx, "room", channellayer.Message{"n": int64(1)}); err != nil {
		t.Fatal(err)
	}
	expect(t, layer, channel, channellayer.Message{"n": int64(1)})
	if err := layer.GroupDiscard(ctx, "room", channel); err != nil {
		t.Fatal(err)
	}
	if log := server.Do("ACL", "LOG").([]any); len(log) != 0 {
		t.Errorf("the ACL log has %v", log)
	}
}

func TestNewChannel_ARefusedSubscriptionIsAnError(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.User("app", "on", ">made-up", "~*", "resetchannels", "&asgispecific.*", "+@all"))
	layer, ctx := layerOver(t, channellayer.Defaults(), loggedIn(t, server, "app", "made-up")), patience(t)
	channel := newChannel(t, layer)
	var failed *channellayer.OperationError
	var refused *channellayer.ReplyError
	err := layer.GroupAdd(ctx, "room", channel)
	if !errors.As(err, &failed) || failed.Step != "SUBSCRIBE" || !errors.As(err, &refused) || refused.Code() != "NOPERM" {
		t.Errorf("error %v, want NOPERM of SUBSCRIBE", err)
	}
	// The connection goes on.
	if err := layer.Send(ctx, channel, channellayer.Message{"n": int64(1)}); err != nil {
		t.Fatal(err)
	}
	expect(t, layer, channel, channellayer.Message{"n": int64(1)})
	if err := layer.GroupSend(ctx, "room", channellayer.Message{}); !errors.As(err, &refused) || refused.Code() != "NOPERM" {
		t.Errorf("error %v, want NOPERM of PUBLISH", err)
	}
}

func TestLayer_SubscribesAgainAfterItsConnectionWasLost(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	layer := newLayer(t, channellayer.Defaults(), server)
	channel := newChannel(t, layer)
	if err := layer.GroupAdd(ctx, "room", channel); err != nil {
		t.Fatal(err)
	}
	if n := server.Do("CLIENT", "KILL", "TYPE", "pubsub"); n != int64(1) {
		t.Fatalf("%v connections listened, want 1", n)
	}
	group := layer.GroupChannel("room")
	for server.Do("PUBSUB", "NUMSUB", group).([]any)[1] != int64(1) {
		select {
		case <-ctx.Done():
			t.Fatal("it does not subscribe again")
		case <-time.After(5 * time.Millisecond):
		}
	}
	// Another process: the pool's connections may be gone too.
	other := newLayer(t, channellayer.Defaults(), server)
	if err := other.GroupSend(ctx, "room", channellayer.Message{"n": int64(1)}); err != nil {
		t.Fatal(err)
	}
	expect(t, layer, channel, channellayer.Message{"n": int64(1)})
	if err := layer.GroupDiscard(ctx, "room", channel); err != nil {
		t.Errorf("the new connection does not serve: %v", err)
	}
}

func TestReset_ForgetsAndCanBeUsedAgain(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	layer := newLayer(t, channellayer.Defaults(), server)
	channel := newChannel(t, layer)
	if err := layer.GroupAdd(ctx, "room", channel); err != nil {
		t.Fatal(err)
	}
	if members := layer.Members("room"); len(members) != 1 || members[0] != channel {
		t.Errorf("members %v", members)
	}
	layer.Reset()
	for len(server.Do("PUBSUB", "CHANNELS").([]any)) > 0 {
		select {
		case <-ctx.Done():
			t.Fatal("the connection is not closed")
		case <-time.After(5 * time.Millisecond):
		}
	}
	var unknown *channellayer.NameError
	if err := layer.GroupAdd(ctx, "room", channel); !errors.As(err, &unknown) || unknown.Reason != channellayer.NameUnknown {
		t.Errorf("error %v, want %q", err, channellayer.NameUnknown)
	}
	again := newChannel(t, layer)
	if err := layer.Send(ctx, again, channellayer.Message{"n": int64(1)}); err != nil {
		t.Fatal(err)
	}
	expect(t, layer, again, channellayer.Message{"n": int64(1)})
}

func TestReceive_HostileMessagesEndOneReceiveOnly(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	layer := newLayer(t, channellayer.Defaults(), server)
	channel := newChannel(t, layer)
	hostile := []string{"", "\xc1", "\xdf\xff\xff\xff\xff", "\x90", strings.Repeat("\x91", 5000)}
	for _, payload := range hostile {
		server.Do("PUBLISH", channel, payload)
	}
	for range hostile {
		var unreadable *channellayer.DecodeError
		if got, err := layer.Receive(ctx, channel); !errors.As(err, &unreadable) {
			t.Errorf("received %v (%v), want a DecodeError", got, err)
		}
	}
	if err := layer.Send(ctx, channel, channellayer.Message{}); err != nil {
		t.Fatal(err)
	}
	expect(t, layer, channel, channellayer.Message{})
}

func TestLayer_CarriesLongNamesEmptyAndLargeMessages(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	layer := newLayer(t, channellayer.Defaults(), server)
	channel := strings.Repeat("ä ", 5000)
	if err := layer.Listen(ctx, channel); err != nil {
		t.Fatal(err)
	}
	for _, m := range []channellayer.Message{{}, {"type": strings.Repeat("x", 5_000_000)}, {"bytes": []byte("\xff\x00")}} {
		if err := layer.Send(ctx, channel, m); err != nil {
			t.Fatal(err)
		}
		expect(t, layer, channel, m)
	}
}

func TestLayer_ErrorsHoldNoNamesKeysOrMessages(t *testing.T) {
	t.Parallel()
	const canary = "canary-4711"
	server := redistest.Start(t, redistest.User("app", "on", ">"+canary, "~*", "resetchannels", "+@all"))
	options := channellayer.Defaults()
	options.Prefix, options.SymmetricEncryptionKeys = canary, []secret.String{secret.New(canary)}
	layer, ctx := layerOver(t, options, loggedIn(t, server, "app", canary)), patience(t)
	wrong := layerOver(t, options, loggedIn(t, server, "app", canary+canary))
	_, newError := layer.NewChannel(ctx, canary)
	_, loginError := wrong.NewChannel(ctx, canary)
	for i, err := range []error{
		newError, loginError, layer.Send(ctx, canary, channellayer.Message{canary: canary}), wrong.Send(ctx, canary, nil),
		layer.GroupAdd(ctx, canary, canary), layer.Send(ctx, canary, channellayer.Message{canary: func() {}}),
	} {
		if err == nil {
			t.Errorf("%d: no error", i)
		} else if strings.Contains(fmt.Sprintf("%v %+v", err, err), canary) {
			t.Errorf("the secret stands in %q", err)
		}
	}
}

func TestNewProtocol_RefusesWhatPythonWould(t *testing.T) {
	for setting, change := range map[string]func(o *channellayer.Options, hosts *int){
		"CONFIG.hosts":             func(_ *channellayer.Options, hosts *int) { *hosts = 0 },
		"CONFIG.prefix":            func(o *channellayer.Options, _ *int) { o.Prefix = "\xff" },
		"CONFIG.serializer_format": func(o *channellayer.Options, _ *int) { o.SerializerFormat = "yaml" },
	} {
		changed, hosts := channellayer.Defaults(), 1
		change(&changed, &hosts)
		var refused *channellayer.OptionError
		if _, err := pubsub.NewProtocol(changed, hosts); !errors.As(err, &refused) || refused.Setting != setting {
			t.Errorf("error %v, want %s", err, setting)
		}
	}
}
