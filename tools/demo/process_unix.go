//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// newProcess gives the command a process group of its own: the demo decides
// when it ends, together with everything it starts.
func newProcess(command *exec.Cmd) *exec.Cmd {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// interruptGroup asks the command and what it started to end, as Ctrl-C does.
func interruptGroup(command *exec.Cmd) { signalGroup(command, syscall.SIGINT) }

// killGroup ends the command and what it started.
func killGroup(command *exec.Cmd) { signalGroup(command, syscall.SIGKILL) }

func signalGroup(command *exec.Cmd, signal syscall.Signal) {
	if command.Process != nil {
		// The group may be gone already.
		_ = syscall.Kill(-command.Process.Pid, signal)
	}
}
