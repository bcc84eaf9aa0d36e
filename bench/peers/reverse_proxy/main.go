// Command reverse_proxy is a proxy to an API server as one writes it in Go:
// httputil.ReverseProxy with the transport settings of client-go, and one log
// line per request.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

// Arguments: the directory with ca.crt, tls.crt, tls.key and token, the
// upstream's URL, the address to listen on.
func main() {
	dir, upstream, listen := os.Args[1], must(url.Parse(os.Args[2])), os.Args[3]
	token := "Bearer " + string(must(os.ReadFile(dir+"/token")))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(must(os.ReadFile(dir + "/ca.crt")))
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(upstream)
			r.Out.Header.Set("Authorization", token)
		},
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSHandshakeTimeout: 10 * time.Second,
			TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			MaxIdleConnsPerHost: 25,
			IdleConnTimeout:     90 * time.Second,
			DialContext:         dialer.DialContext,
			ForceAttemptHTTP2:   true,
		},
	}
	log.Fatal(http.ListenAndServeTLS(listen, dir+"/tls.crt", dir+"/tls.key", http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			start, logged := time.Now(), &statusWriter{ResponseWriter: w}
			proxy.ServeHTTP(logged, r)
			log.Printf("%s %s %d %s", r.Method, r.URL.Path, logged.status, time.Since(start))
		})))
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the proxy flush and hijack.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
