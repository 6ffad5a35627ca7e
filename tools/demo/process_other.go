//go:build !unix

package main

import "os/exec"

// newProcess leaves the command as it is: there are no process groups here.
func newProcess(command *exec.Cmd) *exec.Cmd { return command }

// interruptGroup ends the command: there is no Ctrl-C to send.
func interruptGroup(command *exec.Cmd) { killGroup(command) }

// killGroup ends the command.
func killGroup(command *exec.Cmd) {
	if command.Process != nil {
		// It may be gone already.
		_ = command.Process.Kill()
	}
}
