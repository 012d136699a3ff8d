package main

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"sync"
	"time"
)

const clusterDomain = ".cluster.local."

// A clusterName is what the name server says of a name of the cluster's domain.
type clusterName struct {
	Addresses []netip.Addr `json:"addresses"`
	// Target is the name that an ExternalName Service stands for.
	Target string `json:"target"`
}

// clusterNames are those that the runtime wrote to a file, which it replaces whenever a Service has changed.
type clusterNames struct {
	path     string
	lock     sync.Mutex
	modified time.Time
	names    map[string]clusterName
}

// find looks up a name, with its last dot and in small letters. An error is not the same as a name that is not there.
func (file *clusterNames) find(name string) (clusterName, bool, error) {
	file.lock.Lock()
	defer file.lock.Unlock()
	info, err := os.Stat(file.path)
	if err != nil {
		return clusterName{}, false, err
	}
	if !info.ModTime().Equal(file.modified) {
		text, err := os.ReadFile(file.path)
		if err != nil {
			return clusterName{}, false, err
		}
		var read struct {
			Names map[string]clusterName `json:"names"`
		}
		if err := json.Unmarshal(text, &read); err != nil {
			return clusterName{}, false, err
		}
		file.names, file.modified = read.Names, info.ModTime()
	}
	found, known := file.names[name]
	return found, known, nil
}

// An answer over UDP has room for this many addresses.
const mostAddresses = 24

// inAnyOrder spreads the callers of a headless Service over its pods.
func inAnyOrder(addresses []netip.Addr) []netip.Addr {
	shuffled := append([]netip.Addr(nil), addresses...)
	rand.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
	return shuffled[:min(len(shuffled), mostAddresses)]
}
