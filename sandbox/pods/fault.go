package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/google/nftables"
)

const faultTable = "fault"

// Istio's own rules come right after.
var beforeSidecar = nftables.ChainPriorityRef(*nftables.ChainPriorityNATDest - 1)

// fault makes a pod misbehave for everybody but its probes, until it is ended; `--down` refuses every connection and
// needs nobody to stay. It runs in the pod's network namespace, as whoever is not the sidecar.
func fault(args []string) error {
	flags := flag.NewFlagSet("fault", flag.ContinueOnError)
	flags.String("pod", "", "folder of the pod: by it others find this process")
	address := flags.String("address", "", "IP address of the pod")
	meshed := flags.Bool("meshed", false, "whether the pod is reached through a sidecar")
	status := flags.Int("status", 0, "HTTP status that every request gets")
	latency := flags.Duration("latency", 0, "how long every request waits")
	down := flags.Bool("down", false, "refuse connections")
	clear := flags.Bool("clear", false, "take back what an earlier one did")
	var faulty ports
	flags.Var(&faulty, "ports", "ports of the pod's containers, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	const here = "/proc/self/ns/net"
	if *clear {
		return inTable(here, faultTable, nil)
	}
	if *down {
		return inTable(here, faultTable, func(rules *ruleSet) { refuse(rules, faulty, *meshed) })
	}
	listeners := map[uint16]*net.TCPListener{}
	ended := make(chan error, 1)
	for _, port := range faulty {
		listener, err := net.Listen("tcp4", "0.0.0.0:0")
		if err != nil {
			return err
		}
		listeners[port] = listener.(*net.TCPListener)
		server := &http.Server{Handler: misbehave(fmt.Sprintf("%s:%d", *address, port), *status, *latency)}
		server.Protocols = new(http.Protocols)
		server.Protocols.SetHTTP1(true)
		server.Protocols.SetUnencryptedHTTP2(true)
		go func() { ended <- server.Serve(listener) }()
	}
	err := inTable(here, faultTable, func(rules *ruleSet) {
		rules.chain("inbound", nftables.ChainTypeNAT, nftables.ChainHookPrerouting, beforeSidecar)
		for port, listener := range listeners {
			if !*meshed {
				rules.add(tcpTo(port), redirectTo(portOf(listener)))
			}
		}
		rules.chain("outbound", nftables.ChainTypeNAT, nftables.ChainHookOutput, beforeSidecar)
		for port, listener := range listeners {
			rules.add(overLoopback(), from(inboundSource), tcpTo(port), redirectTo(portOf(listener)))
		}
		// What still comes to the port itself is of connections that were open before, which nobody redirects.
		refuse(rules, faulty, *meshed)
	})
	if err != nil {
		return err
	}
	fmt.Println("in effect")
	_ = os.Stdout.Close()
	return <-ended
}

func portOf(listener *net.TCPListener) uint16 {
	return uint16(listener.Addr().(*net.TCPAddr).Port)
}

func refuse(rules *ruleSet, ports []uint16, meshed bool) {
	rules.chain("refused", nftables.ChainTypeFilter, nftables.ChainHookInput, nftables.ChainPriorityFilter)
	for _, port := range ports {
		if meshed {
			rules.add(from(inboundSource), tcpTo(port), reset())
		} else {
			rules.add(notFromLoopback(), tcpTo(port), reset())
		}
	}
}

// misbehave passes requests on to a container after what the fault does to them. Probes see the container as it is:
// a pod that looks well and is not is what breakers are for.
func misbehave(target string, status int, latency time.Duration) http.Handler {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: target})
	proxy.FlushInterval = -1
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.UserAgent(), "kube-probe/") {
			select {
			case <-time.After(latency):
			case <-r.Context().Done():
				return
			}
			if status != 0 {
				http.Error(w, "failed on purpose by gennet sandbox fail", status)
				return
			}
		}
		proxy.ServeHTTP(w, r)
	})
}
