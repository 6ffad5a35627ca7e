package redistest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// slots is how many a Cluster has.
const slots = 16384

// StartCluster starts a Cluster of n masters that share the slots, and waits
// until all of them know it.
func StartCluster(t testing.TB, n int, options ...Option) []*Server {
	t.Helper()
	nodes := make([]*Server, n)
	for i := range nodes {
		nodes[i] = Start(t, append([]Option{Cluster()}, options...)...)
		var mine []any
		for slot := i * slots / n; slot < (i+1)*slots/n; slot++ {
			mine = append(mine, slot)
		}
		nodes[i].Do(append([]any{"CLUSTER", "ADDSLOTS"}, mine...)...)
		nodes[i].Do("CLUSTER", "SET-CONFIG-EPOCH", i+1)
	}
	for _, node := range nodes[1:] {
		nodes[0].Do("CLUSTER", "MEET", "127.0.0.1", node.Port())
	}
	for _, node := range nodes {
		node.AwaitInfo("cluster", "cluster_state:ok", fmt.Sprintf("cluster_known_nodes:%d\r", n))
	}
	return nodes
}

// AwaitInfo waits until the answer to INFO (or, for "cluster", to CLUSTER INFO)
// holds the texts.
func (s *Server) AwaitInfo(section string, texts ...string) {
	s.t.Helper()
	command := []any{"INFO", section}
	if section == "cluster" {
		command = []any{"CLUSTER", "INFO"}
	}
	deadline := time.Now().Add(readyWithin)
	for {
		info, _ := s.Do(command...).(string)
		missing := ""
		for _, text := range texts {
			if !strings.Contains(info, text) {
				missing = text
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("INFO %s does not say %s within %s:\n%s", section, missing, readyWithin, info)
		}
		<-time.After(10 * time.Millisecond)
	}
}
