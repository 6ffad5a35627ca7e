// Package layeroracle drives the real channel layers of channels_redis, for
// tests: a [Process] is Python in one of the environments of [Stacks], with its
// layers on one asyncio loop.
package layeroracle

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

//go:embed driver.py
var driver string

// Stack is a channels_redis with a redis-py, in an environment of that name.
type Stack struct{ Environment, ChannelsRedis, Redis string }

// Stacks are all that are tested: each of these channels_redis with each of
// these redis-py. pip installs every pair, for no channels_redis says which
// redis-py is too new for it.
func Stacks() []Stack {
	return []Stack{
		{"redis-4.6", "4.1.0", "4.6.0"},
		{"interop-4.1-redis-5.2", "4.1.0", "5.2.1"},
		{"interop-4.1-redis-6.4", "4.1.0", "6.4.0"},
		{"interop-4.1-redis-7.4", "4.1.0", "7.4.1"},
		{"interop-4.1-redis-8.1", "4.1.0", "8.1.0"},
		{"interop-4.2-redis-4.6", "4.2.1", "4.6.0"},
		{"redis-5.2", "4.2.1", "5.2.1"},
		{"interop-4.2-redis-6.4", "4.2.1", "6.4.0"},
		{"interop-4.2-redis-7.4", "4.2.1", "7.4.1"},
		{"interop-4.2-redis-8.1", "4.2.1", "8.1.0"},
		{"interop-4.3-redis-4.6", "4.3.0", "4.6.0"},
		{"interop-4.3-redis-5.2", "4.3.0", "5.2.1"},
		{"redis-6.4", "4.3.0", "6.4.0"},
		{"redis-7.4", "4.3.0", "7.4.1"},
		{"redis-8.1", "4.3.0", "8.1.0"},
	}
}

// Newest is the stack of the newest packages.
func Newest() Stack { return Stacks()[len(Stacks())-1] }

// Process is a Python process. Its methods may be called from several
// goroutines, and its requests run side by side.
type Process struct {
	stack   Stack
	mu      sync.Mutex
	input   io.WriteCloser
	next    int
	waiting map[int]chan answer
	broken  error
}

type answer struct {
	ID    int
	Value json.RawMessage
	Error *Exception
}

// Exception is what a Python function raised.
type Exception struct {
	Type string // the class, without its module
	Text string
}

func (e *Exception) Error() string { return e.Type + ": " + e.Text }

// Interpreter is the Python of a stack. Where the environment is missing the
// test skips, or fails if CI is set. It skips in short mode.
func Interpreter(tb testing.TB, stack Stack) string {
	tb.Helper()
	if testing.Short() {
		tb.Skip("short mode: Python is not asked")
	}
	interpreter := filepath.Join(cacheDir(tb), "venv", stack.Environment, "bin", "python")
	if _, err := os.Stat(interpreter); err != nil {
		missing := tb.Skipf
		if os.Getenv("CI") != "" {
			missing = tb.Fatalf
		}
		missing("no Python environment %s: run tools/setup-python.sh %[1]s", stack.Environment)
	}
	return interpreter
}

// Start starts Python with a stack, until the test ends. Where the environment
// is missing the test skips, or fails if CI is set. It skips in short mode.
func Start(tb testing.TB, stack Stack) *Process {
	tb.Helper()
	interpreter := Interpreter(tb, stack)
	p := &Process{stack: stack, waiting: map[int]chan answer{}}
	// -I: nothing from the user's environment; -c: the script lies nowhere.
	command := exec.Command(interpreter, "-I", "-X", "utf8", "-c", driver)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := command.Start(); err != nil {
		tb.Fatal(err)
	}
	p.input = in
	read := make(chan struct{})
	go func() { defer close(read); p.read(out) }()
	tb.Cleanup(func() {
		_ = in.Close() // the process ends with its input
		<-read
		if err := command.Wait(); err != nil {
			tb.Errorf("Python: %v", err)
		}
	})
	p.check(tb)
	return p
}

// check holds the environment to what its stack says.
func (p *Process) check(tb testing.TB) {
	tb.Helper()
	got, err := p.Ask(tb.Context(), "versions", nil)
	if err != nil {
		tb.Fatal(err)
	}
	versions, _ := got.(map[string]any)
	if versions["channels-redis"] != p.stack.ChannelsRedis || versions["redis"] != p.stack.Redis {
		tb.Fatalf("the environment %s has %v", p.stack.Environment, versions)
	}
}

// Stack is what the process runs.
func (p *Process) Stack() Stack { return p.stack }

func (p *Process) read(out io.Reader) {
	lines := bufio.NewReaderSize(out, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			p.fail(fmt.Errorf("the process has ended: %w", err))
			return
		}
		var a answer
		if err := json.Unmarshal(line, &a); err != nil {
			p.fail(fmt.Errorf("the process said %q: %w", line, err))
			continue
		}
		p.mu.Lock()
		waiting := p.waiting[a.ID]
		delete(p.waiting, a.ID)
		p.mu.Unlock()
		if waiting != nil {
			waiting <- a
		}
	}
}

// fail ends everything that waits.
func (p *Process) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = err
	for id, waiting := range p.waiting {
		close(waiting)
		delete(p.waiting, id)
	}
}

// Ask runs an operation of driver.py. When the context ends the operation is
// canceled there, and its answer awaited. The error is an [*Exception] if Python
// raised one.
func (p *Process) Ask(ctx context.Context, op string, arguments map[string]any) (any, error) {
	id, waiting, err := p.request(op, arguments)
	if err != nil {
		return nil, err
	}
	select {
	case a, ok := <-waiting:
		return p.result(a, ok)
	case <-ctx.Done():
	}
	if _, _, err := p.request("cancel", map[string]any{"target": id}); err != nil {
		return nil, err
	}
	a, ok := <-waiting
	return p.result(a, ok)
}

func (p *Process) result(a answer, ok bool) (any, error) {
	switch {
	case !ok:
		p.mu.Lock()
		defer p.mu.Unlock()
		return nil, p.broken
	case a.Error != nil:
		return nil, a.Error
	default:
		return fromPython(a.Value)
	}
}

func (p *Process) request(op string, arguments map[string]any) (int, chan answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return 0, nil, p.broken
	}
	p.next++
	request := map[string]any{"id": p.next, "op": op}
	for name, value := range arguments {
		request[name] = value
	}
	line, err := json.Marshal(request)
	if err != nil {
		return 0, nil, err
	}
	if _, err := p.input.Write(append(line, '\n')); err != nil {
		return 0, nil, err
	}
	waiting := make(chan answer, 1)
	p.waiting[p.next] = waiting
	return p.next, waiting, nil
}

// Dotted paths of the layers.
const (
	Core   = "channels_redis.core.RedisChannelLayer"
	PubSub = "channels_redis.pubsub.RedisPubSubChannelLayer"
)

// Layer is a layer of a [Process].
type Layer struct {
	process *Process
	name    string
	// ClientPrefix is what stands for the process in names; "" for pub/sub.
	ClientPrefix string
}

// NewLayer makes a layer of a class with a CONFIG. clientPrefix, if not "",
// replaces that of a core layer. The error is an [*Exception].
func (p *Process) NewLayer(ctx context.Context, class string, config map[string]any, clientPrefix string) (*Layer, error) {
	p.mu.Lock()
	p.next++
	l := &Layer{process: p, name: "layer" + strconv.Itoa(p.next)}
	p.mu.Unlock()
	got, err := p.Ask(ctx, "new", map[string]any{
		"layer": l.name, "class": class, "config": toPython(config), "process": clientPrefix,
	})
	if err != nil {
		return nil, err
	}
	l.ClientPrefix, _ = got.(string)
	return l, nil
}

// Call awaits a coroutine of the layer: "send", "receive", "group_add" ...
func (l *Layer) Call(ctx context.Context, method string, arguments ...any) (any, error) {
	return l.process.Ask(ctx, "call", map[string]any{
		"layer": l.name, "method": method, "arguments": each(arguments),
	})
}

// Plain calls a method of the layer: "serialize", "deserialize" ...
func (l *Layer) Plain(ctx context.Context, method string, arguments ...any) (any, error) {
	return l.process.Ask(ctx, "plain", map[string]any{
		"layer": l.name, "method": method, "arguments": each(arguments),
	})
}

// Close closes the layer's connections.
func (l *Layer) Close(ctx context.Context) error {
	_, err := l.process.Ask(ctx, "close", map[string]any{"layer": l.name})
	return err
}

// Names says of each name whether it is valid: as a channel's, to receive from,
// as a group's.
func (p *Process) Names(ctx context.Context, names []string) ([][3]bool, error) {
	got, err := p.Ask(ctx, "names", map[string]any{"names": names})
	if err != nil {
		return nil, err
	}
	rows, _ := got.([]any)
	result := make([][3]bool, 0, len(rows))
	for _, row := range rows {
		var verdict [3]bool
		for i, valid := range row.([]any) {
			verdict[i], _ = valid.(bool)
		}
		result = append(result, verdict)
	}
	return result, nil
}

// Unassigned are the code points below 0x20000 that this Python's Unicode does
// not have.
func (p *Process) Unassigned(ctx context.Context) (map[int64]bool, error) {
	list, err := p.integers(ctx, "unassigned", nil)
	if err != nil {
		return nil, err
	}
	set := make(map[int64]bool, len(list))
	for _, r := range list {
		set[r] = true
	}
	return set, nil
}

// Capacities says of each name which of the patterns decides, -1 for none.
func (p *Process) Capacities(ctx context.Context, patterns, names []string) ([]int64, error) {
	return p.integers(ctx, "capacities", map[string]any{"patterns": patterns, "names": names})
}

// Shards says of each name which of so many hosts it is on.
func (p *Process) Shards(ctx context.Context, names []string, hosts int) ([]int64, error) {
	return p.integers(ctx, "shards", map[string]any{"names": names, "hosts": hosts})
}

func (p *Process) integers(ctx context.Context, op string, arguments map[string]any) ([]int64, error) {
	got, err := p.Ask(ctx, op, arguments)
	if err != nil {
		return nil, err
	}
	list, _ := got.([]any)
	result := make([]int64, 0, len(list))
	for _, element := range list {
		n, ok := element.(int64)
		if !ok {
			return nil, fmt.Errorf("%s: not an int: %v", op, element)
		}
		result = append(result, n)
	}
	return result, nil
}

// Config is the CONFIG of options, for hosts: what differs from the defaults,
// and only what that class takes.
func Config(class string, o channellayer.Options, hosts []string) map[string]any {
	d, config := channellayer.Defaults(), map[string]any{"hosts": hosts, "prefix": o.Prefix}
	if len(o.SymmetricEncryptionKeys) > 0 {
		var keys []any
		for _, key := range o.SymmetricEncryptionKeys {
			keys = append(keys, key.Reveal())
		}
		config["symmetric_encryption_keys"] = keys
	}
	if o.SerializerFormat != d.SerializerFormat {
		config["serializer_format"] = o.SerializerFormat
	}
	if class == PubSub {
		return config
	}
	for name, value := range map[string][2]int64{
		"expiry": {o.Expiry, d.Expiry}, "group_expiry": {o.GroupExpiry, d.GroupExpiry},
		"capacity": {o.Capacity, d.Capacity}, "random_prefix_length": {o.RandomPrefixLength, d.RandomPrefixLength},
	} {
		if value[0] != value[1] {
			config[name] = value[0]
		}
	}
	if len(o.ChannelCapacity) > 0 {
		var capacities Dict
		for _, c := range o.ChannelCapacity {
			capacities = append(capacities, [2]any{c.Pattern, c.Capacity})
		}
		config["channel_capacity"] = capacities
	}
	return config
}

// cacheDir is where the scripts in tools/ keep what they make.
func cacheDir(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("CHANNELS_CACHE"); dir != "" {
		return dir
	}
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			tb.Fatal(err)
		}
		base = filepath.Join(home, ".cache")
	}
	return filepath.Join(base, "terraform-provider-channels")
}
