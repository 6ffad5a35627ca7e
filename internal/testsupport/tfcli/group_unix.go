//go:build unix

package tfcli

import (
	"os"
	"os/exec"
	"syscall"
)

func ownGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// signalGroup signals a command and all that it has started.
func signalGroup(command *exec.Cmd, signal os.Signal) error {
	return syscall.Kill(-command.Process.Pid, signal.(syscall.Signal))
}
