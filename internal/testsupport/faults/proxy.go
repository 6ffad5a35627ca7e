package faults

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy stands before a server, delays what passes and counts round trips.
type Proxy struct {
	*Server
	mu    sync.Mutex
	turns int
	// toServer says which way the last bytes went.
	toServer bool
}

// Delay starts a proxy that holds everything back for the latency, each way,
// without limiting how much is on the way at once.
func Delay(t testing.TB, upstream string, latency time.Duration) *Proxy {
	t.Helper()
	p := &Proxy{}
	p.Server = Serve(t, func(client net.Conn) {
		var dialer net.Dialer
		server, err := dialer.DialContext(context.Background(), "tcp", upstream)
		if err != nil {
			return
		}
		var both sync.WaitGroup
		both.Go(func() { p.carry(server, client, latency, true) })
		both.Go(func() { p.carry(client, server, latency, false) })
		both.Wait()
	})
	return p
}

// RoundTrips is how often the client sent something and then waited for an
// answer.
func (p *Proxy) RoundTrips() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.turns
}

func (p *Proxy) passed(toServer bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if toServer && !p.toServer {
		p.turns++
	}
	p.toServer = toServer
}

// chunk is what was read at once; nil bytes are the end.
type chunk struct {
	bytes []byte
	due   time.Time
}

// carry passes bytes on, each after the latency, and the end of the stream too.
func (p *Proxy) carry(to, from net.Conn, latency time.Duration, toServer bool) {
	queue := make(chan chunk, 1024)
	go func() {
		defer close(queue)
		for {
			buffer := make([]byte, 32<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				p.passed(toServer)
				queue <- chunk{buffer[:n], time.Now().Add(latency)}
			}
			if err != nil {
				return
			}
		}
	}()
	for c := range queue {
		timer := time.NewTimer(time.Until(c.due))
		<-timer.C
		if _, err := to.Write(c.bytes); err != nil {
			break
		}
	}
	_ = to.Close()
	_ = from.Close()
	for range queue {
		// The reader ends because its connection is closed.
	}
}
