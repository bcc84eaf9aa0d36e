package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	criapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	crilogs "k8s.io/cri-client/pkg/logs"
	"k8s.io/klog/v2"
)

// logs prints a container's log. There is never a previous container.
func (s *streams) logs(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	options, err := logOptions(query, time.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if query.Get("previous") == "true" {
		http.Error(w, "no container has ended before", http.StatusBadRequest)
		return
	}
	out := flusher{w, http.NewResponseController(w)}
	if err := s.readLog(r.Context(), containerOf(r), options, out, out); err != nil && r.Context().Err() == nil {
		klog.FromContext(r.Context()).Error(err, "Reading a log", "path", r.URL.Path)
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (s *streams) readLog(ctx context.Context, c container, options *crilogs.LogOptions, stdout, stderr io.Writer) error {
	path := s.files.log(c.namespace, c.pod, c.name)
	return crilogs.ReadLogs(ctx, path, c.name, options, containerWatch{pods: s.pods, container: c}, stdout, stderr)
}

func logOptions(query url.Values, now time.Time) (*crilogs.LogOptions, error) {
	options := &crilogs.LogOptions{
		Follow:    query.Get("follow") == "true",
		Timestamp: query.Get("timestamps") == "true",
	}
	for name, target := range map[string]**int64{"tailLines": &options.TailLines, "limitBytes": &options.LimitBytes} {
		if text := query.Get(name); text != "" {
			number, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, err
			}
			*target = &number
		}
	}
	if text := query.Get("sinceSeconds"); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, err
		}
		options.Since = now.Add(-time.Duration(seconds) * time.Second)
	}
	if text := query.Get("sinceTime"); text != "" {
		since, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, err
		}
		options.Since = since
	}
	return options, nil
}

// flusher sends every line at once.
type flusher struct {
	io.Writer
	controller *http.ResponseController
}

func (f flusher) Write(text []byte) (int, error) {
	n, err := f.Writer.Write(text)
	if err == nil {
		err = f.controller.Flush()
	}
	return n, err
}

// containerWatch lets a followed log end with its container.
type containerWatch struct {
	criapi.RuntimeService
	pods      *podPlayer
	container container
}

func (c containerWatch) ContainerStatus(context.Context, string, bool) (*runtimeapi.ContainerStatusResponse, error) {
	state := runtimeapi.ContainerState_CONTAINER_EXITED
	if c.pods.runs(c.container.namespace, c.container.pod) {
		state = runtimeapi.ContainerState_CONTAINER_RUNNING
	}
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{State: state}}, nil
}
