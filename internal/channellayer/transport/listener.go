package transport

import (
	"context"
	"errors"
	"net"

	"github.com/redis/go-redis/v9"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
)

var _ channellayer.Subscription = (*Listener)(nil)

// Listener is a connection that listens, over go-redis' PubSub.
type Listener struct {
	client *redis.Client
	pubsub *redis.PubSub
	wire   *Wire
}

// Listen makes a Listener of a connection on which nothing has been said yet.
func Listen(over net.Conn, login ...channellayer.Command) *Listener {
	wire := Watch(over)
	client := clientOver(wire, login)
	return &Listener{client: client, pubsub: client.Subscribe(context.Background()), wire: wire}
}

// Subscribe is [channellayer.Subscription]'s.
func (l *Listener) Subscribe(ctx context.Context, channels ...string) error {
	return l.pubsub.Subscribe(ctx, channels...)
}

// Unsubscribe is [channellayer.Subscription]'s.
func (l *Listener) Unsubscribe(ctx context.Context, channels ...string) error {
	return l.pubsub.Unsubscribe(ctx, channels...)
}

// Receive is [channellayer.Subscription]'s. The end of the context ends the
// connection.
func (l *Listener) Receive(ctx context.Context) (channellayer.Event, error) {
	stop := context.AfterFunc(ctx, crash.Contained(func() { _ = l.wire.Close() }))
	defer stop()
	for {
		got, err := l.pubsub.Receive(ctx)
		if err != nil {
			if refused := refusal(err); refused != nil {
				return channellayer.Event{}, refused
			}
			return channellayer.Event{}, ended(ctx, err)
		}
		switch m := got.(type) {
		case *redis.Subscription:
			kind := channellayer.Subscribed
			if m.Kind == "unsubscribe" {
				kind = channellayer.Unsubscribed
			}
			return channellayer.Event{Kind: kind, Channel: m.Channel}, nil
		case *redis.Message:
			return channellayer.Event{Kind: channellayer.Published, Channel: m.Channel, Payload: []byte(m.Payload)}, nil
		}
	}
}

// Close closes the connection.
func (l *Listener) Close() error {
	_ = l.wire.Close()
	return errors.Join(l.pubsub.Close(), l.client.Close())
}
