package tunneltest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
)

// startWithin bounds the start of a server on a machine that is busy.
const startWithin = 60 * time.Second

// Process is a server that runs until its test ends.
type Process struct {
	t       testing.TB
	command *exec.Cmd
	output  launch.Output
	exited  chan struct{}
	address string
}

// Addr is the address that the server listens on, as seen from this machine.
func (p *Process) Addr() string { return p.address }

// Log is what the server has printed.
func (p *Process) Log() string { return p.output.String() }

// Kill ends the server and its children at once. Those of sshd are in sessions
// of their own, so that the group of processes is not enough.
func (p *Process) Kill() {
	p.signal(syscall.SIGSTOP) // no child is born any more
	p.signal(syscall.SIGKILL)
	<-p.exited
}

// Suspend stops the server and its children: the system goes on accepting
// connections for it. Resume undoes it.
func (p *Process) Suspend() { p.signal(syscall.SIGSTOP) }

// Resume undoes Suspend.
func (p *Process) Resume() { p.signal(syscall.SIGCONT) }

func (p *Process) signal(what syscall.Signal) {
	select {
	case <-p.exited: // its number may be another one's by now
	default:
		for _, pid := range append([]int{p.command.Process.Pid}, descendants(p.command.Process.Pid)...) {
			_ = syscall.Kill(pid, what)
		}
	}
}

// descendants are the children of a process, and theirs.
func descendants(of int) (found []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", of))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for _, word := range strings.Fields(string(text)) {
			var pid int
			if _, err := fmt.Sscan(word, &pid); err == nil {
				found = append(append(found, pid), descendants(pid)...)
			}
		}
	}
	return found
}

// Count is how often a text stands in the log, once it is at least so often or
// a while is over.
func (p *Process) Count(text string, least int) int {
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for {
		if n := strings.Count(p.Log(), text); n >= least {
			return n
		}
		select {
		case <-deadline.C:
			return strings.Count(p.Log(), text)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// place is where a server runs: what it sees under /etc, and the network.
type place struct {
	network *Network
	hosts   string
	users   []user
	etc     string
}

// user is an account that exists for one server only.
type user struct {
	name, password string
	id             int
}

// within is a command that runs another one there.
func (p place) within(t testing.TB) []string {
	t.Helper()
	p.etc = t.TempDir()
	passwd := []string{"root:x:0:0:root:/root:/bin/sh", "sshd:x:74:65534::/run/sshd:/bin/false", "nobody:x:65534:65534::/:/bin/sh"}
	shadow := []string{"root:*:19000::::::", "sshd:*:19000::::::", "nobody:*:19000::::::"}
	for _, u := range p.users {
		passwd = append(passwd, fmt.Sprintf("%s:x:%d:65534::/:/bin/sh", u.name, u.id))
		hash := "*"
		if u.password != "" {
			hash = crypted(t, u.password)
		}
		shadow = append(shadow, u.name+":"+hash+":19000::::::")
	}
	script := "set -e\nmount -t tmpfs none /run\nmkdir -m 755 /run/sshd\n"
	for name, text := range map[string]string{
		"passwd": strings.Join(passwd, "\n") + "\n", "shadow": strings.Join(shadow, "\n") + "\n",
		"hosts": "127.0.0.1 localhost\n" + p.hosts, "resolv.conf": "", "nsswitch.conf": "hosts: files\npasswd: files\nshadow: files\ngroup: files\n",
	} {
		file := filepath.Join(p.etc, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		script += fmt.Sprintf("[ -e /etc/%[2]s ] || : >/etc/%[2]s\nmount --bind %[1]q /etc/%[2]s\n", file, name)
	}
	words := []string{"unshare", "--mount", "sh", "-c", script + `exec "$@"`, "sh"}
	if p.network != nil {
		words = append(p.network.Within(), words...)
	}
	return words
}

// crypted is a password as /etc/shadow has it.
func crypted(t testing.TB, password string) string {
	t.Helper()
	command := exec.Command("perl", "-e", `chomp($p = <STDIN>); print crypt($p, '$6$madeup$')`)
	command.Stdin = strings.NewReader(password)
	output, err := command.Output()
	if err != nil || len(output) < 20 {
		t.Fatalf("perl makes no hash of a password: %v", err)
	}
	return string(output)
}

// root skips a test that cannot run without root, and fails it where CI is set.
func root(t testing.TB) {
	t.Helper()
	if output, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
		faults.Unpermitted(t, fmt.Errorf("unshare: %w: %s", err, output))
	}
}

// binary finds a program of tools/setup-tunnels.sh; without it the test is
// skipped, or fails where CI is set.
func binary(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if path := "/usr/sbin/" + name; isFile(path) {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: run tools/setup-tunnels.sh", name)
	}
	t.Skipf("%s is missing: run tools/setup-tunnels.sh", name)
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// start starts a server in a place and waits until it listens.
func start(t testing.TB, where place, address string, words ...string) *Process {
	t.Helper()
	words = append(where.within(t), words...)
	p := &Process{t: t, exited: make(chan struct{}), address: address}
	p.command = exec.CommandContext(context.Background(), words[0], words[1:]...) // Kill ends it
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.command.Wait()
		close(p.exited)
	}()
	t.Cleanup(p.Kill)
	if err := p.awaitListening(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(words[len(words)-1]), err, p.Log())
	}
	return p
}

func (p *Process) awaitListening() error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	for {
		var dialer net.Dialer
		if conn, err := dialer.DialContext(ctx, "tcp", p.address); err == nil {
			return conn.Close()
		}
		select {
		case <-p.exited:
			return errors.New("the server has ended")
		case <-ctx.Done():
			return fmt.Errorf("the server is not up within %s", startWithin)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
