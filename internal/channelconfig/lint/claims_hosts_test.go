package lint

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// shards are Redis servers of their own.
type shards []*redistest.Server

func startShards(t *testing.T, count int) shards {
	t.Helper()
	servers := make(shards, count)
	for i := range servers {
		servers[i] = redistest.Start(t)
	}
	return servers
}

func (s shards) hosts() []any {
	list := make([]any, len(s))
	for i, server := range s {
		list[i] = fmt.Sprintf("redis://127.0.0.1:%d/0?socket_timeout=10", server.Port())
	}
	return list
}

// subscriptions are how many channels somebody listens to, on all servers.
func (s shards) subscriptions() int {
	count := 0
	for _, server := range s {
		list, _ := server.Do("PUBSUB", "CHANNELS").([]any)
		count += len(list)
	}
	return count
}

// messages is how many a claim about losses is shown with.
const messages = 60

// arrive says which of many messages come out of the channels that they were
// sent to, one each, directly or over a group.
func (s stand) arrive(class string, servers shards, toGroup bool, expect func(channels []string) int) (channels []string, arrived []bool) {
	s.t.Helper()
	layer, err := s.process.NewLayer(s.t.Context(), class, map[string]any{"hosts": servers.hosts()}, "")
	if err != nil {
		s.t.Fatal(err)
	}
	before := servers.subscriptions()
	for range messages {
		name, _ := s.call(layer, "new_channel").(string)
		channels = append(channels, name)
		if toGroup {
			s.call(layer, "group_add", "claims."+name[len(name)-8:], name)
		}
	}
	if class == layeroracle.PubSub {
		// SUBSCRIBE is not waited for, whatever the number of hosts.
		want := before + messages
		if toGroup {
			want += messages
		}
		for deadline := time.Now().Add(20 * time.Second); servers.subscriptions() < want && time.Now().Before(deadline); {
		}
	}
	for _, name := range channels {
		if toGroup {
			s.call(layer, "group_send", "claims."+name[len(name)-8:], message())
		} else {
			s.call(layer, "send", name, message())
		}
	}
	arrived, err = layer.Arrivals(s.t.Context(), channels, expect(channels), 30, 0.5)
	if err != nil {
		s.t.Fatal(err)
	}
	return channels, arrived
}

func all([]string) int { return messages }

// mustAllArrive fails where a message is lost.
func (s stand) mustAllArrive(name, class string, servers shards, toGroup bool) {
	s.t.Helper()
	if _, arrived := s.arrive(class, servers, toGroup, all); count(arrived) != messages {
		s.t.Errorf("%s: %d of %d messages lost", name, messages-count(arrived), messages)
	}
}

func count(list []bool) int {
	n := 0
	for _, item := range list {
		if item {
			n++
		}
	}
	return n
}

// With several hosts a core layer sends to a process-local channel on the shard
// of its whole name, and receives from that of the part before the "!".
func TestClaims_SeveralHostsLoseDirectMessages(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		if os.Getenv("CHANNELS_FULL") == "" && s.stack != layeroracle.Newest() {
			s.t.Skip("the newest alone, unless CHANNELS_FULL is set")
		}
		three := startShards(s.t, 3)
		found := func(channels []string) []bool {
			process := make([]string, len(channels))
			for i, name := range channels {
				process[i] = name[:strings.IndexByte(name, '!')+1]
			}
			sent, err := s.process.Shards(s.t.Context(), channels, 3)
			if err != nil {
				s.t.Fatal(err)
			}
			read, err := s.process.Shards(s.t.Context(), process, 3)
			if err != nil {
				s.t.Fatal(err)
			}
			same := make([]bool, len(channels))
			for i := range same {
				same[i] = sent[i] == read[i]
			}
			return same
		}
		channels, arrived := s.arrive(layeroracle.Core, three, false, func(channels []string) int { return count(found(channels)) })
		s.t.Logf("core, three hosts: %d of %d direct messages lost", messages-count(arrived), messages)
		for i, want := range found(channels) {
			if arrived[i] != want {
				s.t.Errorf("%s arrives: %v, want %v", channels[i], arrived[i], want)
			}
		}
		if lost := messages - count(arrived); lost < messages/3 || lost == messages {
			s.t.Errorf("core, three hosts: %d of %d direct messages lost, want about two thirds", lost, messages)
		}
		s.mustAllArrive("core, three hosts, to groups", layeroracle.Core, three, true)
		s.mustAllArrive("core, one host", layeroracle.Core, three[:1], false)
		s.mustAllArrive("pub/sub, three hosts", layeroracle.PubSub, three, false)
		s.mustAllArrive("pub/sub, three hosts, to groups", layeroracle.PubSub, three, true)
	})
}
