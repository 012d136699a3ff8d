package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
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
	folders, _ := filepath.Glob(filepath.Join(root, "*"))
	for _, folder := range folders {
		if pod := readPod(folder); pod != nil {
			pods = append(pods, *pod)
		}
	}
	return pods
}

// readPod is nil where the folder is none of a pod.
func readPod(folder string) *Pod {
	pod := Pod{folder: folder}
	text, err := os.ReadFile(filepath.Join(folder, "pod.json"))
	if err != nil || json.Unmarshal(text, &pod) != nil {
		return nil
	}
	return &pod
}

// places remembers in which folder a pod was found: its name is the pod's UID, and a request has only its name.
var places sync.Map

// findPod looks for a real pod; nil where there is none of that name.
func findPod(root, namespace, name string) *Pod {
	key := namespace + "/" + name
	if folder, known := places.Load(key); known {
		if pod := readPod(folder.(string)); pod != nil && pod.Namespace == namespace && pod.Name == name {
			return pod
		}
		places.Delete(key)
	}
	for _, pod := range allPods(root) {
		if pod.Namespace == namespace && pod.Name == name {
			places.Store(key, pod.folder)
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
