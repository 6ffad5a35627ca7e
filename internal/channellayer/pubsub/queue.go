package pubsub

import (
	"context"
	"sync"
)

// queue is an asyncio.Queue without a bound.
type queue struct {
	mu       sync.Mutex
	payloads [][]byte
	changed  chan struct{} // closed when something comes
}

func newQueue() *queue { return &queue{changed: make(chan struct{})} }

func (q *queue) push(payload []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.payloads = append(q.payloads, payload)
	close(q.changed)
	q.changed = make(chan struct{})
}

// pop waits for the oldest; what is there comes before a canceled context.
func (q *queue) pop(ctx context.Context) ([]byte, error) {
	for {
		q.mu.Lock()
		if len(q.payloads) > 0 {
			payload := q.payloads[0]
			q.payloads = q.payloads[1:]
			q.mu.Unlock()
			return payload, nil
		}
		changed := q.changed
		q.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
