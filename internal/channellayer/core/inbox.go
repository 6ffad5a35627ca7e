package core

import (
	"context"
	"slices"
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// inbox holds the messages of process-local channels that were received by
// whoever read for the process: receive_buffer and receive_lock.
type inbox struct {
	capacity int64 // of a channel; 0 or less is none
	mu       sync.Mutex
	messages map[string][]channellayer.Message
	changed  chan struct{} // closed when a message comes
	reading  chan struct{} // holds a token while one reads
}

func newInbox(capacity int64) *inbox {
	return &inbox{
		capacity: capacity, messages: map[string][]channellayer.Message{},
		changed: make(chan struct{}), reading: make(chan struct{}, 1),
	}
}

// pop takes the oldest message of a channel, if there is one, or else says how
// to wait for another.
func (b *inbox) pop(channel string) (message channellayer.Message, found bool, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.messages[channel]
	if len(list) == 0 {
		return nil, false, b.changed
	}
	if b.messages[channel] = list[1:]; len(list) == 1 {
		delete(b.messages, channel)
	}
	return list[0], true, nil
}

// put adds a message to channels. A full one loses its oldest (BoundedQueue).
func (b *inbox) put(channels []string, message channellayer.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, channel := range channels {
		list := b.messages[channel]
		if b.capacity > 0 && int64(len(list)) >= b.capacity {
			list = slices.Delete(list, 0, 1)
		}
		b.messages[channel] = append(list, message)
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

// forget drops what a channel holds.
func (b *inbox) forget(channel string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.messages, channel)
}

// keyLocks is ChannelLock: a lock for each key, gone when nobody wants it.
type keyLocks struct {
	mu    sync.Mutex
	locks map[string]*keyLock
}

type keyLock struct {
	token chan struct{}
	users int
}

func newKeyLocks() *keyLocks { return &keyLocks{locks: map[string]*keyLock{}} }

// acquire waits for the lock of a key. release must be called once.
func (k *keyLocks) acquire(ctx context.Context, key string) (release func(), err error) {
	k.mu.Lock()
	lock := k.locks[key]
	if lock == nil {
		lock = &keyLock{token: make(chan struct{}, 1)}
		k.locks[key] = lock
	}
	lock.users++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if lock.users--; lock.users == 0 {
			delete(k.locks, key)
		}
	}
	select {
	case lock.token <- struct{}{}:
		return func() { <-lock.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// failure keeps the first error of what runs in the background.
type failure struct {
	mu  sync.Mutex
	err error
}

func (f *failure) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}

// take returns the error, once.
func (f *failure) take() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.err
	f.err = nil
	return err
}
