package django

import (
	"strings"
	"sync"
)

// log collects what a process prints, and tells who waits for more.
type log struct {
	mu   sync.Mutex
	all  strings.Builder
	more chan struct{}
}

func newLog() *log { return &log{more: make(chan struct{})} }

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	n, err := l.all.Write(p)
	l.mu.Unlock()
	l.changed()
	return n, err
}

// changed wakes everybody who waits.
func (l *log) changed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.more)
	l.more = make(chan struct{})
}

// next is closed at the next change.
func (l *log) next() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.more
}

func (l *log) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
