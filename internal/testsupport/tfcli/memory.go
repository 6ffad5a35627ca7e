package tfcli

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// MemoryWatch looks at the processes of a workspace while they run. It needs
// /proc.
type MemoryWatch struct {
	ended, done chan struct{}
	most        map[string]int64
}

// WatchMemory begins to look, until Peaks is called.
func (w *Workspace) WatchMemory() *MemoryWatch {
	m := &MemoryWatch{ended: make(chan struct{}), done: make(chan struct{}), most: map[string]int64{}}
	go func() {
		defer close(m.done)
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-m.ended:
				return
			case <-ticker.C:
				for _, id := range w.Processes() {
					if name, bytes := resident(id); name != "" {
						m.most[name] = max(m.most[name], bytes)
					}
				}
			}
		}
	}()
	return m
}

// Peaks is the most that one process of each program had in memory at any look,
// in bytes, by the name of the program as the system keeps it: 15 characters.
func (m *MemoryWatch) Peaks() map[string]int64 {
	close(m.ended)
	<-m.done
	return m.most
}

// resident is what /proc tells of a process: its name, and the most it ever had
// in memory where the system keeps that, else what it has now.
func resident(process int) (program string, most int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return "", 0
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "Name":
			program = strings.TrimSpace(value)
		case "VmHWM", "VmRSS":
			kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			most = max(most, kilobytes<<10)
		}
	}
	return program, most
}
