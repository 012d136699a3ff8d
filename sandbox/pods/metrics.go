package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// The types of k8s.io/metrics/pkg/apis/metrics/v1beta1 as JSON; that module needs all of Kubernetes' API to compile.

// PodMetrics is what a pod's containers used at Timestamp, CPU as a mean over the Window before it.
type PodMetrics struct {
	Kind       string             `json:"kind"`
	APIVersion string             `json:"apiVersion"`
	Metadata   metricsMeta        `json:"metadata"`
	Timestamp  string             `json:"timestamp"`
	Window     string             `json:"window"`
	Containers []ContainerMetrics `json:"containers"`
}

type metricsMeta struct {
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels,omitempty"`
	Created   string            `json:"creationTimestamp"`
}

// ContainerMetrics holds quantities of `cpu` and `memory`.
type ContainerMetrics struct {
	Name  string            `json:"name"`
	Usage map[string]string `json:"usage"`
}

const (
	metricsVersion = "metrics.k8s.io/v1beta1"
	metricsPath    = "/apis/" + metricsVersion
)

func podMetrics(pod Pod, at time.Time, window time.Duration, containers []ContainerMetrics) PodMetrics {
	stamp := at.UTC().Format(time.RFC3339)
	meta := metricsMeta{pod.Name, pod.Namespace, pod.Labels, stamp}
	return PodMetrics{"PodMetrics", metricsVersion, meta, stamp, window.Round(time.Millisecond).String(), containers}
}

func containerMetrics(name string, from, to sample, memory uint64) ContainerMetrics {
	// A process of `kubectl exec` takes its time with it when it ends.
	cpu := max(0, to.cpu-from.cpu).Seconds() / max(to.at.Sub(from.at), time.Millisecond).Seconds()
	return ContainerMetrics{name, map[string]string{
		"cpu":    fmt.Sprintf("%.0fn", cpu*1e9),
		"memory": fmt.Sprintf("%dKi", memory/1024),
	}}
}

// serveMetrics answers as metrics-server does for pods; the API server's aggregator asks, and has checked who may.
func serveMetrics(mux *http.ServeMux, measured func() []PodMetrics) {
	mux.HandleFunc("GET "+metricsPath, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{
			"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": metricsVersion,
			"resources": []any{map[string]any{
				"name": "pods", "singularName": "", "namespaced": true, "kind": "PodMetrics", "verbs": []string{"get", "list"},
			}},
		})
	})
	list := func(w http.ResponseWriter, r *http.Request) {
		label, err := labels.Parse(r.URL.Query().Get("labelSelector"))
		if err != nil {
			reject(w, http.StatusBadRequest, "BadRequest", err.Error())
			return
		}
		field, err := fields.ParseSelector(r.URL.Query().Get("fieldSelector"))
		if err != nil {
			reject(w, http.StatusBadRequest, "BadRequest", err.Error())
			return
		}
		items := []PodMetrics{}
		for _, each := range measured() {
			meta, namespace := each.Metadata, r.PathValue("namespace")
			named := fields.Set{"metadata.name": meta.Name, "metadata.namespace": meta.Namespace}
			if (namespace == "" || namespace == meta.Namespace) && label.Matches(labels.Set(meta.Labels)) && field.Matches(named) {
				items = append(items, each)
			}
		}
		answer(w, http.StatusOK, map[string]any{
			"kind": "PodMetricsList", "apiVersion": metricsVersion, "metadata": map[string]any{}, "items": items,
		})
	}
	mux.HandleFunc("GET "+metricsPath+"/pods", list)
	mux.HandleFunc("GET "+metricsPath+"/namespaces/{namespace}/pods", list)
	mux.HandleFunc("GET "+metricsPath+"/namespaces/{namespace}/pods/{name}", func(w http.ResponseWriter, r *http.Request) {
		for _, each := range measured() {
			if each.Metadata.Namespace == r.PathValue("namespace") && each.Metadata.Name == r.PathValue("name") {
				answer(w, http.StatusOK, each)
				return
			}
		}
		reject(w, http.StatusNotFound, "NotFound", fmt.Sprintf("podmetrics.metrics.k8s.io %q not found", r.PathValue("name")))
	})
	// The aggregator asks again and again for a description until it gets one.
	mux.HandleFunc("GET /openapi/v2", func(w http.ResponseWriter, _ *http.Request) {
		info := map[string]any{"title": metricsVersion, "version": "v1beta1"}
		answer(w, http.StatusOK, map[string]any{"swagger": "2.0", "info": info, "paths": map[string]any{}})
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func reject(w http.ResponseWriter, code int, reason, message string) {
	answer(w, code, map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{},
		"status": "Failure", "reason": reason, "message": message, "code": code,
	})
}
