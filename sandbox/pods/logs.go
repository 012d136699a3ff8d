package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	criapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/logs"
)

func serveLogs(w http.ResponseWriter, r *http.Request, pod *Pod) {
	query := r.URL.Query()
	folder, err := pod.run(r.PathValue("container"), query.Get("previous") == "true")
	if err == nil {
		var options *logs.LogOptions
		if options, err = logOptions(query, time.Now()); err == nil {
			out := flushed{w}
			stdout, stderr := io.Writer(out), io.Writer(out)
			switch query.Get("stream") {
			case "Stdout":
				stderr = io.Discard
			case "Stderr":
				stdout = io.Discard
			}
			err = logs.ReadLogs(r.Context(), folder+".log", folder, options, runs{}, stdout, stderr)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// logOptions reads the query that is a PodLogOptions.
func logOptions(query url.Values, now time.Time) (*logs.LogOptions, error) {
	options := &logs.LogOptions{
		Follow:    query.Get("follow") == "true",
		Timestamp: query.Get("timestamps") == "true",
	}
	number := func(name string) (*int64, error) {
		if query.Get(name) == "" {
			return nil, nil
		}
		value, err := strconv.ParseInt(query.Get(name), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no number", name, query.Get(name))
		}
		return &value, nil
	}
	tail, err := number("tailLines")
	if err != nil {
		return nil, err
	}
	limit, err := number("limitBytes")
	if err != nil {
		return nil, err
	}
	since, err := number("sinceSeconds")
	if err != nil {
		return nil, err
	}
	options.TailLines, options.LimitBytes = tail, limit
	if since != nil {
		options.Since = now.Add(-time.Duration(*since) * time.Second)
	} else if text := query.Get("sinceTime"); text != "" {
		if options.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, fmt.Errorf("sinceTime: %w", err)
		}
	}
	return options, nil
}

// runs tells the reader of logs whether a container still runs; its id is the folder of the run.
type runs struct{ criapi.RuntimeService }

func (runs) ContainerStatus(_ context.Context, id string, _ bool) (*runtimeapi.ContainerStatusResponse, error) {
	state := runtimeapi.ContainerState_CONTAINER_RUNNING
	// A run has no status before it is started; its folder goes with the pod.
	_, gone := os.Stat(id)
	if status, err := readStatus(id); gone != nil || err == nil && status.FinishedAt != "" {
		state = runtimeapi.ContainerState_CONTAINER_EXITED
	}
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{State: state}}, nil
}

type flushed struct{ w http.ResponseWriter }

func (flushed flushed) Write(text []byte) (int, error) {
	written, err := flushed.w.Write(text)
	flushed.w.(http.Flusher).Flush()
	return written, err
}
