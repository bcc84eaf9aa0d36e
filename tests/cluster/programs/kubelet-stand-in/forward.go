package main

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync"
)

// forwarder joins a pod's port with the same port of this machine's loopback.
type forwarder struct{}

func (forwarder) PortForward(ctx context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	var dialer net.Dialer
	dialed, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	if err != nil {
		return err
	}
	connection := dialed.(*net.TCPConn)
	defer connection.Close()
	var directions sync.WaitGroup
	directions.Go(func() {
		_, _ = io.Copy(connection, stream)
		_ = connection.CloseWrite()
	})
	directions.Go(func() {
		_, _ = io.Copy(stream, connection)
		// one direction's end: the other may go on
		_ = stream.Close()
	})
	directions.Wait()
	return nil
}
