//go:build !unix

package tfcli

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

// signalGroup signals the command alone: there are no groups.
func signalGroup(command *exec.Cmd, signal os.Signal) error { return command.Process.Signal(signal) }
