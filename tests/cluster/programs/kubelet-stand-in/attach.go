package main

import (
	"context"
	"io"
	"os/exec"

	crilogs "k8s.io/cri-client/pkg/logs"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// attachment joins a client with a container's main process. For a client with
// input that process is cat: what comes in goes out again, and into the log, and
// the end of input ends it. A client without input sees what is logged from now
// on.
type attachment struct {
	streams   *streams
	container container
}

func (a attachment) AttachContainer(ctx context.Context, _, _, _ string, stdin io.Reader, stdout, stderr io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	c := a.container
	if stdin == nil {
		none := int64(0)
		options := &crilogs.LogOptions{Follow: true, TailLines: &none}
		return a.streams.readLog(ctx, c, options, stdout, stderr)
	}
	var out io.Writer = &containerLog{path: a.streams.files.log(c.namespace, c.pod, c.name)}
	if stdout != nil {
		out = io.MultiWriter(stdout, out)
	}
	var err error
	if cat := exec.CommandContext(ctx, "cat"); tty {
		err = runOnTerminal(cat, stdin, out, resize)
	} else {
		err = runOnPipes(cat, stdin, out, nil)
	}
	if err != nil {
		return err
	}
	return a.streams.pods.end(ctx, c.namespace, c.pod)
}
