package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Pod is what the runtime writes down about a pod, in pod.json of the pod's folder.
type Pod struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Labels are those that the pod has now.
	Labels map[string]string `json:"labels"`
	Netns  string            `json:"netns"`
	folder string
}

// allPods reads the folders that the runtime keeps.
func allPods(root string) []Pod {
	var pods []Pod
	files, _ := filepath.Glob(filepath.Join(root, "*", "pod.json"))
	for _, file := range files {
		pod := Pod{folder: filepath.Dir(file)}
		if text, err := os.ReadFile(file); err == nil && json.Unmarshal(text, &pod) == nil {
			pods = append(pods, pod)
		}
	}
	return pods
}

// findPod looks for a real pod; nil where there is none of that name.
func findPod(root, namespace, name string) *Pod {
	for _, pod := range allPods(root) {
		if pod.Namespace == namespace && pod.Name == name {
			return &pod
		}
	}
	return nil
}

// run is the folder of a container's latest run, or of the one before it.
func (pod Pod) run(container string, previous bool) (string, error) {
	folder := filepath.Join(pod.folder, "containers", filepath.Base(container))
	entries, _ := os.ReadDir(folder)
	latest := -1
	for _, entry := range entries {
		if number, err := strconv.Atoi(entry.Name()); err == nil && entry.IsDir() {
			latest = max(latest, number)
		}
	}
	if previous {
		latest--
	}
	found := filepath.Join(folder, strconv.Itoa(latest))
	if _, err := os.Stat(found); err != nil || latest < 0 {
		if previous {
			return "", fmt.Errorf("previous terminated container %q in pod %q not found", container, pod.Name)
		}
		return "", fmt.Errorf("container %q in pod %q is waiting to start", container, pod.Name)
	}
	return found, nil
}
