package sizing

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

//go:embed load.py
var program string

// backends are the two layers; core with redis-py 8 needs a socket_timeout
// above the 5 s of its blocking read.
var backends = []struct{ name, class string }{
	{"core", "channels_redis.core.RedisChannelLayer"},
	{"pubsub", "channels_redis.pubsub.RedisPubSubChannelLayer"},
}

// size is the length of the text of a message, such as a line of a chat has.
const size = 200

// job is what a process of load.py does.
type job struct {
	Role     string         `json:"role"`
	Class    string         `json:"class"`
	Hosts    []string       `json:"hosts"`
	Config   map[string]any `json:"config"`
	Members  int            `json:"members,omitempty"`
	Group    string         `json:"group"`
	Channels []string       `json:"channels,omitempty"`
	Count    int            `json:"count,omitempty"`
	Rate     float64        `json:"rate"`
	Size     int            `json:"size,omitempty"`
}

// answer is what it says: each field where it belongs.
type answer struct {
	Channels []string
	Ready    bool
	Ages     []float64
	Refused  int
	Late     int
	CPU      float64
	Seconds  float64
}

// process is a process of the app.
type process struct {
	b   *testing.B
	in  io.Writer
	out *bufio.Scanner
	end func()
}

func start(b *testing.B, j job) *process {
	b.Helper()
	command := exec.Command(layeroracle.Interpreter(b, layeroracle.Newest()), "-I", "-X", "utf8", "-c", program)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	p := &process{b: b, in: in, out: lines, end: sync.OnceFunc(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})}
	b.Cleanup(p.end)
	p.say(j)
	return p
}

func (p *process) say(what any) {
	p.b.Helper()
	text, err := json.Marshal(what)
	if err != nil {
		p.b.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.in, "%s\n", text); err != nil {
		p.b.Fatal(err)
	}
}

func (p *process) hear() (heard answer) {
	p.b.Helper()
	if !p.out.Scan() {
		p.b.Fatal("the process ended early")
	}
	if err := json.Unmarshal(p.out.Bytes(), &heard); err != nil {
		p.b.Fatal(err)
	}
	return heard
}

// seconds is how long the load of a benchmark lasts.
const seconds = 5

// BenchmarkLoad puts a steady load on one Redis, or on three, and prints what a
// delivered message costs Redis ("redis-µs/delivery", of its one thread), the
// process that sends ("send-µs", of a call) and those that receive
// ("receive-µs/delivery"), how old messages were when they came ("p50-ms",
// "p99-ms"), how many never came, and how often the sender was behind its
// schedule ("late"): ages count only where it was not. Processor times hardly depend on what else
// the machine does; ages do.
func BenchmarkLoad(b *testing.B) {
	for _, backend := range backends {
		for _, c := range []struct {
			name                           string
			processes, members, rate, size int
			shards                         int
			direct                         bool
		}{
			{name: "direct", processes: 1, members: 50, rate: 200, shards: 1, direct: true},
			{name: "group/1x10", processes: 1, members: 10, rate: 50, shards: 1},
			{name: "group/1x100", processes: 1, members: 100, rate: 10, shards: 1},
			{name: "group/4x25", processes: 4, members: 25, rate: 10, shards: 1},
			{name: "group/1x100/size=20000", processes: 1, members: 100, rate: 10, shards: 1, size: 20_000},
			{name: "group/4x25/shards=3", processes: 4, members: 25, rate: 10, shards: 3},
		} {
			b.Run(backend.name+"/"+c.name, func(b *testing.B) {
				l := load{class: backend.class, processes: c.processes, members: c.members, rate: c.rate, size: max(c.size, size)}
				if !c.direct {
					l.group = "room"
				}
				for range c.shards {
					l.servers = append(l.servers, redistest.Start(b))
				}
				for b.Loop() {
					l.run(b).report(b)
				}
			})
		}
	}
}

// BenchmarkMost sends as fast as one process can to one other, and prints what
// arrives. Core refuses or drops what does not fit into a channel's capacity.
func BenchmarkMost(b *testing.B) {
	for _, backend := range backends {
		for _, group := range []string{"", "room"} {
			b.Run(fmt.Sprintf("%s/group=%t", backend.name, group != ""), func(b *testing.B) {
				l := load{class: backend.class, processes: 1, members: 50, size: size, group: group, servers: []*redistest.Server{redistest.Start(b)}}
				for b.Loop() {
					l.run(b).report(b)
				}
			})
		}
	}
}

// load is a load on some Redis servers.
type load struct {
	class              string
	servers            []*redistest.Server
	processes, members int
	rate, size         int
	group              string
}

// seen is what came of it.
type seen struct {
	sent, expected, refused int
	late                    int
	ages                    []float64
	redis, send, receive    float64 // seconds of processor time
	seconds                 float64
	connections             int
}

func (l load) job(role string) job {
	j := job{Role: role, Class: l.class, Config: map[string]any{}, Group: l.group, Size: l.size}
	for _, server := range l.servers {
		j.Hosts = append(j.Hosts, server.URL()+"?socket_timeout=20")
	}
	return j
}

func (l load) run(b *testing.B) seen {
	receivers := make([]*process, l.processes)
	sender := l.job("send")
	sender.Rate, sender.Count = float64(l.rate), l.rate*seconds
	if l.rate == 0 {
		sender.Count = 5_000 / max(1, len(l.group)*2)
	}
	for i := range receivers {
		j := l.job("receive")
		j.Members = l.members
		receivers[i] = start(b, j)
	}
	for _, r := range receivers {
		sender.Channels = append(sender.Channels, r.hear().Channels...)
	}
	for _, r := range receivers {
		r.say("begin")
	}
	for _, r := range receivers {
		_ = r.hear()
	}
	before := l.cpu()
	s := start(b, sender)
	sent := s.hear()
	out := seen{
		sent: sender.Count, refused: sent.Refused, late: sent.Late, send: sent.CPU, seconds: sent.Seconds, expected: sender.Count,
	}
	for _, server := range l.servers {
		out.connections += len(server.Clients())
	}
	if l.group != "" {
		out.expected *= l.processes * l.members
	}
	for _, r := range receivers {
		r.say("end")
	}
	for _, r := range receivers {
		heard := r.hear()
		out.ages = append(out.ages, heard.Ages...)
		out.receive += heard.CPU
	}
	out.redis = l.cpu() - before
	for _, p := range append(receivers, s) {
		p.end()
	}
	return out
}

// cpu is the time that the servers have worked so far, in seconds.
func (l load) cpu() (total float64) {
	for _, server := range l.servers {
		info, _ := server.Do("INFO", "cpu").(string)
		for line := range strings.Lines(info) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			if name == "used_cpu_sys" || name == "used_cpu_user" {
				used, _ := strconv.ParseFloat(value, 64)
				total += used
			}
		}
	}
	return total
}

func (s seen) report(b *testing.B) {
	delivered := len(s.ages)
	if delivered == 0 {
		b.Fatal("nothing arrived")
	}
	slices.Sort(s.ages)
	age := func(part float64) float64 { return 1000 * s.ages[int(part*float64(delivered-1))] }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1e6*s.redis/float64(delivered), "redis-µs/delivery")
	b.ReportMetric(1e6*s.send/float64(s.sent), "send-µs")
	b.ReportMetric(1e6*s.receive/float64(delivered), "receive-µs/delivery")
	b.ReportMetric(float64(delivered)/s.seconds, "delivered/s")
	b.ReportMetric(age(0.50), "p50-ms")
	b.ReportMetric(age(0.99), "p99-ms")
	b.ReportMetric(float64(s.expected-s.refused-delivered), "lost")
	b.ReportMetric(float64(s.refused), "refused")
	b.ReportMetric(float64(s.late), "late")
	b.ReportMetric(float64(s.connections), "connections")
}
