package main

import (
	"os/exec"
	"syscall"
)

// dieWithParent lets no command outlive this process.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
