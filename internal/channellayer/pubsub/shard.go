package pubsub

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// shard is RedisSingleShardConnection: one host, and what is subscribed to
// there.
type shard struct {
	host    Host
	retry   time.Duration
	deliver func(channel string, payload []byte)

	// turn is the lock of subscribe and unsubscribe, which wait for Redis.
	turn chan struct{}

	mu         sync.Mutex
	listening  channellayer.Subscription // nil: nothing listens
	subscribed map[string]bool
	waiting    *acknowledgement // at most one, because turns are taken
	stop       context.CancelFunc
	done       chan struct{}
}

// acknowledgement is what a SUBSCRIBE or UNSUBSCRIBE waits for.
type acknowledgement struct {
	kind    channellayer.EventKind
	channel string
	result  chan error
}

// errClosed ends what waits for a shard that is being closed.
var errClosed = errors.New("pubsub: the layer has been closed")

func newShard(host Host, retry time.Duration, deliver func(string, []byte)) *shard {
	return &shard{
		host: host, retry: retry, deliver: deliver,
		turn: make(chan struct{}, 1), subscribed: map[string]bool{},
	}
}

// subscribe returns when Redis has acknowledged: what is published from then on
// arrives.
func (s *shard) subscribe(ctx context.Context, channel string) error {
	return s.change(ctx, channel, channellayer.Subscribed)
}

func (s *shard) unsubscribe(ctx context.Context, channel string) error {
	return s.change(ctx, channel, channellayer.Unsubscribed)
}

func (s *shard) change(ctx context.Context, channel string, kind channellayer.EventKind) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	want := kind == channellayer.Subscribed
	s.mu.Lock()
	if s.subscribed[channel] == want {
		s.mu.Unlock()
		return nil
	}
	s.mu.Unlock()
	if err := s.start(ctx); err != nil {
		return err
	}
	waiting := &acknowledgement{kind: kind, channel: channel, result: make(chan error, 1)}
	s.mu.Lock()
	listening := s.listening
	s.waiting = waiting
	s.mu.Unlock()
	defer s.settle(waiting)
	write := listening.Unsubscribe
	if want {
		write = listening.Subscribe
	}
	if err := write(ctx, channel); err != nil {
		return err
	}
	select {
	case err := <-waiting.result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle stops waiting.
func (s *shard) settle(waiting *acknowledgement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == waiting {
		s.waiting = nil
	}
}

// start opens what listens, and begins to. The caller has the turn.
func (s *shard) start(ctx context.Context) error {
	s.mu.Lock()
	running := s.listening != nil
	s.mu.Unlock()
	if running {
		return nil
	}
	opened, err := s.host.Subscribe(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// It outlives the operation that began it.
	running2, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.listening, s.stop, s.done = opened, stop, make(chan struct{})
	go s.run(running2, opened, s.done)
	return nil
}

// run is _do_receiving: it hands on what comes, and after an error waits and
// subscribes anew.
func (s *shard) run(ctx context.Context, listening channellayer.Subscription, done chan struct{}) {
	defer close(done)
	defer func() { _ = listening.Close() }()
	// Nothing can be read before something has been subscribed to.
	for ctx.Err() == nil {
		event, err := listening.Receive(ctx)
		if err == nil {
			s.handle(event)
			continue
		}
		s.answer(func(*acknowledgement) bool { return true }, err)
		var refused *channellayer.ReplyError
		if errors.As(err, &refused) {
			continue
		}
		_ = listening.Close()
		if listening = s.reopen(ctx, listening); ctx.Err() != nil {
			return
		}
	}
}

// reopen opens a new connection in the place of a lost one, until it can or the
// shard is closed, and subscribes to all that the old one had.
func (s *shard) reopen(ctx context.Context, lost channellayer.Subscription) channellayer.Subscription {
	for {
		timer := time.NewTimer(s.retry)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return lost
		}
		opened, err := s.host.Subscribe(ctx)
		if err != nil {
			continue
		}
		s.mu.Lock()
		s.listening = opened
		channels := slices.Sorted(maps.Keys(s.subscribed))
		s.mu.Unlock()
		if len(channels) == 0 || opened.Subscribe(ctx, channels...) == nil {
			return opened
		}
		_ = opened.Close()
	}
}

func (s *shard) handle(event channellayer.Event) {
	if event.Kind == channellayer.Published {
		s.deliver(event.Channel, event.Payload)
		return
	}
	s.mu.Lock()
	if event.Kind == channellayer.Subscribed {
		s.subscribed[event.Channel] = true
	} else {
		delete(s.subscribed, event.Channel)
	}
	s.mu.Unlock()
	s.answer(func(w *acknowledgement) bool { return w.kind == event.Kind && w.channel == event.Channel }, nil)
}

// answer tells who waits, if it is who is meant.
func (s *shard) answer(meant func(*acknowledgement) bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting != nil && meant(s.waiting) {
		s.waiting.result <- err
		s.waiting = nil
	}
}

// close closes what listens and waits until it has ended.
func (s *shard) close() {
	s.mu.Lock()
	stop, done, waiting := s.stop, s.done, s.waiting
	s.listening, s.stop, s.done, s.waiting = nil, nil, nil, nil
	s.subscribed = map[string]bool{}
	s.mu.Unlock()
	if waiting != nil {
		waiting.result <- errClosed
	}
	if stop != nil {
		stop()
		<-done
	}
}
