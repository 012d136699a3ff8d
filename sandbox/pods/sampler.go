package main

import (
	"os"
	"path/filepath"
	"sync"
	"time"
)

// sampler measures the containers of real pods again and again, so that their CPU can be told over a window.
type sampler struct {
	root string
	// samples are the last of each run of a container, by its folder. Only the goroutine that measures has them.
	samples map[string]sample
	mutex   sync.Mutex
	latest  []PodMetrics
}

type sample struct {
	at  time.Time
	cpu time.Duration
}

const samplePeriod = 10 * time.Second

func startSampler(root string) *sampler {
	sampler := &sampler{root: root}
	go func() {
		for {
			sampler.measure()
			time.Sleep(samplePeriod)
		}
	}()
	return sampler
}

func (sampler *sampler) metrics() []PodMetrics {
	sampler.mutex.Lock()
	defer sampler.mutex.Unlock()
	return sampler.latest
}

// running is one container that runs.
type running struct {
	name, folder, namespace string
	startedAt               time.Time
}

func (sampler *sampler) measure() {
	pods := allPods(sampler.root)
	containers := make([][]running, len(pods))
	wanted := map[string]bool{}
	for at, pod := range pods {
		containers[at] = pod.running()
		for _, each := range containers[at] {
			wanted[each.namespace] = true
		}
	}
	used := usageByNamespace(wanted)
	now := time.Now()
	samples := map[string]sample{}
	latest := []PodMetrics{}
	for at, pod := range pods {
		var measured []ContainerMetrics
		var window time.Duration
		for _, each := range containers[at] {
			use, found := used[each.namespace]
			if !found {
				continue
			}
			// What a container used before it was started is known, too: nothing.
			before := sample{each.startedAt, 0}
			if known, found := sampler.samples[each.folder]; found {
				before = known
			}
			samples[each.folder] = sample{now, use.cpu}
			window = max(window, now.Sub(before.at))
			measured = append(measured, containerMetrics(each.name, before, samples[each.folder], use.memory))
		}
		if len(measured) > 0 {
			latest = append(latest, podMetrics(pod, now, window, measured))
		}
	}
	sampler.samples = samples
	sampler.mutex.Lock()
	defer sampler.mutex.Unlock()
	sampler.latest = latest
}

// running answers a pod's containers that run now, sidecars included.
func (pod Pod) running() []running {
	var found []running
	own := pidNamespace(os.Getpid())
	folders, _ := filepath.Glob(filepath.Join(pod.folder, "containers", "*"))
	for _, each := range folders {
		folder, err := pod.run(filepath.Base(each), false)
		if err != nil {
			continue
		}
		status, err := readStatus(folder)
		if err != nil || status.Pid == 0 || status.ExitCode != nil {
			continue
		}
		startedAt, err := time.Parse(time.RFC3339Nano, status.StartedAt)
		namespace := pidNamespace(status.Pid)
		// After a restart of the machine another process may have this number.
		if err != nil || namespace == "" || namespace == own {
			continue
		}
		found = append(found, running{filepath.Base(each), folder, namespace, startedAt})
	}
	return found
}
