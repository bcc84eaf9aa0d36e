package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// serving is where and as whom to serve.
type serving struct{ address, cert, key, clientCA string }

const (
	idleTimeout    = time.Hour
	streamsTimeout = 30 * time.Second
)

// serve answers the API server as a kubelet does. Commands run on this machine,
// so only the API server gets in, known by its certificate.
func serve(serving serving, streams *streams) error {
	pem, err := os.ReadFile(serving.clientCA)
	if err != nil {
		return err
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return fmt.Errorf("there is no certificate in %s", serving.clientCA)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("/exec/{namespace}/{pod}/{container}", streams.exec)
	routes.HandleFunc("/attach/{namespace}/{pod}/{container}", streams.attach)
	routes.HandleFunc("/portForward/{namespace}/{pod}", streams.portForward)
	routes.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", streams.logs)
	server := &http.Server{
		Addr:              serving.address,
		Handler:           onlyWithCertificate(routes),
		ReadHeaderTimeout: 10 * time.Second,
		TLSConfig: &tls.Config{
			ClientCAs:  authorities,
			ClientAuth: tls.VerifyClientCertIfGiven,
			// the upgrade to SPDY or WebSocket needs HTTP/1.1
			NextProtos: []string{"http/1.1"},
			MinVersion: tls.VersionTLS12,
		},
	}
	return server.ListenAndServeTLS(serving.cert, serving.key)
}

func onlyWithCertificate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/healthz":
			_, _ = w.Write([]byte("ok"))
		case len(r.TLS.PeerCertificates) == 0:
			http.Error(w, "a client certificate is needed", http.StatusUnauthorized)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// streams serves what goes on inside of containers.
type streams struct {
	pods  *podPlayer
	files containerFiles
}

// container is the one that a request is about.
type container struct{ namespace, pod, name string }

func containerOf(r *http.Request) container {
	return container{r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container")}
}

func (s *streams) exec(w http.ResponseWriter, r *http.Request) {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, execution{s, containerOf(r)}, "", "", "", r.Form["command"], options,
		idleTimeout, streamsTimeout, remotecommand.SupportedStreamingProtocols)
}

func (s *streams) attach(w http.ResponseWriter, r *http.Request) {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeAttach(w, r, attachment{s, containerOf(r)}, "", "", "", options,
		idleTimeout, streamsTimeout, remotecommand.SupportedStreamingProtocols)
}

func (s *streams) portForward(w http.ResponseWriter, r *http.Request) {
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, forwarder{}, "", "", options,
		idleTimeout, streamsTimeout, portforward.SupportedProtocols)
}
