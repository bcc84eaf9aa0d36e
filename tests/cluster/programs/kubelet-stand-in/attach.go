package main

import (
	"context"
	"io"

	crilogs "k8s.io/cri-client/pkg/logs"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// attachment joins a client with a container's main process. That process acts
// like cat: what comes in goes out again, and into the log; its end of input is
// the end. A client without input sees what is written to the log from now on.
type attachment struct {
	streams   *streams
	container container
}

func (a attachment) AttachContainer(ctx context.Context, _, _, _ string, stdin io.Reader, stdout, stderr io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
	c := a.container
	if stdin != nil {
		out := []io.Writer{&containerLog{path: a.streams.files.log(c.namespace, c.pod, c.name)}}
		if stdout != nil {
			out = append(out, stdout)
		}
		_, err := io.Copy(io.MultiWriter(out...), stdin)
		return err
	}
	none := int64(0)
	options := &crilogs.LogOptions{Follow: true, TailLines: &none}
	return a.streams.readLog(ctx, c, options, orDiscard(stdout), orDiscard(stderr))
}

func orDiscard(stream io.WriteCloser) io.Writer {
	if stream == nil {
		return io.Discard
	}
	return stream
}
