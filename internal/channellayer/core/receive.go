package core

import (
	"context"
	"strings"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
)

// Receive is receive(): it waits for the next message on a channel, until the
// context ends. A process-local channel must be of this process. Messages that
// it reads for other channels of the process wait for who receives from those;
// as in Python, all process-local channels share one reader, and one that is
// canceled loses what waits for its channel. The error is a
// [*channellayer.NameError], a [*channellayer.DecodeError], a
// [*channellayer.OperationError], or the context's.
func (l *Layer) Receive(ctx context.Context, channel string) (channellayer.Message, error) {
	if err := channellayer.CheckChannelName(channel); err != nil {
		return nil, err
	}
	if !channellayer.IsLocal(channel) {
		_, message, err := l.receiveSingle(ctx, channel)
		return message, err
	}
	from := channellayer.NonLocalName(channel)
	if !strings.HasSuffix(from, l.process+"!") {
		return nil, &channellayer.NameError{Kind: channellayer.ChannelName, Reason: channellayer.NameOfOther}
	}
	for {
		message, found, changed := l.inbox.pop(channel)
		if found {
			return message, nil
		}
		select {
		case <-ctx.Done():
			l.inbox.forget(channel)
			return nil, ctx.Err()
		case <-changed:
		case l.inbox.reading <- struct{}{}:
			if err := l.readFor(ctx, channel, from); err != nil {
				return nil, err
			}
		}
	}
}

// readFor reads one message for the whole process. The caller holds the token
// of the one reader, and readFor gives it back.
func (l *Layer) readFor(ctx context.Context, channel, from string) error {
	defer func() { <-l.inbox.reading }()
	l.inbox.mu.Lock()
	waiting := len(l.inbox.messages[channel]) > 0
	l.inbox.mu.Unlock()
	if waiting {
		return nil
	}
	channels, message, err := l.receiveSingle(ctx, from)
	if err != nil {
		l.inbox.forget(channel)
		return err
	}
	l.inbox.put(channels, message)
	return nil
}

// receiveSingle is receive_single(): one message, and the channels it is for.
func (l *Layer) receiveSingle(ctx context.Context, channel string) ([]string, channellayer.Message, error) {
	if err := channellayer.CheckReceiveName(channel); err != nil {
		return nil, nil, err
	}
	key, op := l.ChannelKey(channel), l.operation("receive", l.place(channel, l.ReceiveShard, &l.reads))
	member, err := l.take(ctx, op, key)
	if err != nil {
		return nil, nil, err
	}
	message, channels, err := l.Decode(member, l.now())
	if err != nil {
		return nil, nil, err
	}
	if channels == nil {
		channels = []string{channel}
	}
	return channels, message, nil
}

// take waits for a message and has it confirmed behind the caller's back. The
// next one to read from the key waits until it is.
func (l *Layer) take(ctx context.Context, op operation, key string) ([]byte, error) {
	release, err := l.cleaning.acquire(ctx, key)
	if err != nil {
		return nil, err
	}
	for {
		member, err := op.pop(ctx, key)
		if err != nil {
			release()
			return nil, err
		}
		if member == nil {
			continue
		}
		l.cleaners.Add(1)
		go func() {
			defer l.cleaners.Done()
			defer release()
			if bug := crash.Guard(func() { l.confirm(ctx, op, key) }); bug != nil {
				l.failure.set(bug)
			}
		}()
		return member, nil
	}
}

// pop is _brpop_with_clean: what was in flight is put back, one message is
// waited for and is in flight; nil if none came.
func (o operation) pop(ctx context.Context, key string) ([]byte, error) {
	if _, err := o.run(ctx, Restore(key)); err != nil {
		return nil, err
	}
	reply, err := o.run(ctx, Pop(key, o.layer.poll))
	if err != nil {
		return nil, err
	}
	popped, err := ReadPop(reply)
	if err != nil {
		return nil, o.failed("BZPOPMIN", err)
	}
	if popped == nil {
		return nil, nil
	}
	if _, err := o.run(ctx, Backup(key, *popped)); err != nil {
		return nil, err
	}
	return popped.Member, nil
}

// confirmWithin bounds how long a confirmation may take.
const confirmWithin = 10 * time.Second

// confirm is _clean_receive_backup, a task of its own: the end of the receive
// does not end it.
func (l *Layer) confirm(ctx context.Context, op operation, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), confirmWithin)
	defer cancel()
	if _, err := op.run(ctx, Confirm(key)); err != nil {
		l.failure.set(err)
	}
}

// WaitReceived is wait_received(): it waits until every message that was
// received is confirmed, and returns the first error there was in doing so,
// which is told once: a [*channellayer.OperationError].
func (l *Layer) WaitReceived() error {
	l.cleaners.Wait()
	return l.failure.take()
}
