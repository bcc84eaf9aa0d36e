package main

import (
	nethttp "net/http"
)

type http = nethttp.RoundTripper

// Recorder prints what the client library asks, and what it gets to see of each answer.
type recorder struct {
	next http
	out  *lines
}

func (r *recorder) RoundTrip(request *nethttp.Request) (*nethttp.Response, error) {
	query := request.URL.Query()
	// chosen at random
	query.Del("timeout")
	query.Del("timeoutSeconds")
	asked := line{
		"method": request.Method,
		"path":   request.URL.Path,
		"query":  query,
		"accept": request.Header.Get("Accept"),
	}
	response, err := r.next.RoundTrip(request)
	if err != nil {
		asked["event"] = "failure"
		asked["error"] = err.Error()
		r.out.print(asked)
		return response, err
	}
	asked["event"] = "response"
	asked["status"] = response.Status
	asked["headers"] = response.Header
	asked["protocol"] = response.Proto
	asked["framing"] = response.TransferEncoding
	r.out.print(asked)
	return response, nil
}
