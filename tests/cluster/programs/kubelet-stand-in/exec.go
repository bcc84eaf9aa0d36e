package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/creack/pty"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// execution runs a command of this machine in a container's stead.
type execution struct {
	streams   *streams
	container container
}

func (e execution) ExecInContainer(ctx context.Context, _, _, _ string, command []string, stdin io.Reader, stdout, stderr io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize, _ time.Duration) error {
	if len(command) == 0 {
		return errors.New("there is no command")
	}
	c := e.container
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = e.streams.files.work(c.namespace, c.pod)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "HOSTNAME=" + c.pod, "TERM=xterm",
	}, e.streams.pods.environment(c.namespace, c.pod, c.name)...)
	var err error
	if tty {
		err = runOnTerminal(cmd, stdin, stdout, resize)
	} else {
		err = runOnPipes(cmd, stdin, stdout, stderr)
	}
	return withExitCode(err)
}

func runOnPipes(cmd *exec.Cmd, stdin io.Reader, stdout, stderr io.Writer) error {
	dieWithParent(cmd)
	cmd.Stdout = stdout
	cmd.Stderr = stderr
	if stdin == nil {
		return cmd.Run()
	}
	// Run would wait for the end of stdin even after the end of the command
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer pipe.Close()
		_, _ = io.Copy(pipe, stdin)
	}()
	return cmd.Wait()
}

func runOnTerminal(cmd *exec.Cmd, stdin io.Reader, stdout io.Writer, resize <-chan remotecommand.TerminalSize) error {
	dieWithParent(cmd)
	terminal, err := pty.Start(cmd)
	if err != nil {
		return err
	}
	defer terminal.Close()
	go func() {
		for size := range resize {
			_ = pty.Setsize(terminal, &pty.Winsize{Rows: size.Height, Cols: size.Width})
		}
	}()
	if stdin != nil {
		go func() { _, _ = io.Copy(terminal, stdin) }()
	}
	// it ends with an error when the command closes its side: EIO on Linux
	_, _ = io.Copy(stdout, terminal)
	return cmd.Wait()
}

// withExitCode gives the error the form in which an exit code reaches the client.
func withExitCode(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code := exit.ExitCode()
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			// as a shell tells it
			code = 128 + int(status.Signal())
		}
		return utilexec.CodeExitError{Err: err, Code: code}
	}
	if errors.Is(err, exec.ErrNotFound) {
		return utilexec.CodeExitError{Err: err, Code: 127}
	}
	return err
}
