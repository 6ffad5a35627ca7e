package channellayer

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Command is a command with its arguments: string, []byte, int or int64.
type Command []any

// Name is the command's name, "" if it has none.
func (c Command) Name() string {
	if len(c) == 0 {
		return ""
	}
	name, _ := c[0].(string)
	return name
}

// Reply is what one command was answered.
type Reply struct {
	// Value is a string, an int64, a []any of values, or nil. An error within an
	// array is a *ReplyError.
	Value any
	// Err is a *ReplyError, or nil.
	Err error
}

// Conn runs commands on one Redis. Implementations may be used by several
// goroutines at once.
type Conn interface {
	// Exchange sends the commands in one packet and returns one reply for each,
	// in their order. The error is that of the connection or of the context: none
	// of the replies is known then. Error replies are in the replies.
	Exchange(ctx context.Context, commands ...Command) ([]Reply, error)
}

// EventKind is what came over a subscription.
type EventKind int

// Kinds of events.
const (
	Subscribed EventKind = iota + 1
	Unsubscribed
	Published
)

// Event is what came over a subscription.
type Event struct {
	Kind    EventKind
	Channel string
	Payload []byte // of Published
}

// Subscription is a connection that listens. Subscribe and Unsubscribe may be
// called while another goroutine is in Receive.
type Subscription interface {
	// Subscribe writes the command. That it took effect comes out of Receive.
	Subscribe(ctx context.Context, channels ...string) error
	// Unsubscribe writes the command.
	Unsubscribe(ctx context.Context, channels ...string) error
	// Receive waits for the next event. The error is a [*ReplyError] for an error
	// reply, after which it can go on, or that of the connection or the context.
	Receive(ctx context.Context) (Event, error)
	Close() error
}

// Score is a moment as redis-py writes the float of time.time(): seconds with
// the shortest fraction that reads back the same.
func Score(t time.Time) string {
	text := strconv.FormatFloat(float64(t.UnixNano())/1e9, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
