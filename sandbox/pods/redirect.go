package main

import (
	"flag"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/google/nftables"
)

// Of Istio's sidecars: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
const (
	sidecarUser     = 1337
	outboundPort    = 15001
	inboundPort     = 15006
	inboundTunnel   = 15008
	dnsPort         = 15053
	statisticsPort  = 15090
	healthPort      = 15021
	agentPort       = 15020
	redirectionName = "istio"
)

// The address that a sidecar calls its pod's own containers from.
var inboundSource = netip.MustParseAddr("127.0.0.6")

// redirect leads what enters and leaves a pod through its sidecar, as Istio's CNI plugin does: the rules are those of
// istio-iptables in mode REDIRECT (tools/istio-iptables/pkg/capture of Istio). Earlier ones are replaced.
func redirect(args []string) error {
	flags := flag.NewFlagSet("redirect", flag.ContinueOnError)
	namespace := flags.String("netns", "", "path of the pod's network namespace")
	dns := flags.Bool("dns", false, "lead name look-ups to the sidecar, too")
	var inbound, outbound ports
	flags.Var(&inbound, "exclude-inbound", "ports that are reached without the sidecar, separated by commas")
	flags.Var(&outbound, "exclude-outbound", "ports that are called without the sidecar")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return inTable(*namespace, redirectionName, func(rules *ruleSet) {
		rules.chain("inbound", nftables.ChainTypeNAT, nftables.ChainHookPrerouting, nftables.ChainPriorityNATDest)
		for _, port := range append(inbound, inboundTunnel, statisticsPort, healthPort, agentPort) {
			rules.add(tcpTo(port), leave())
		}
		rules.add(tcp(), redirectTo(inboundPort))

		rules.chain("outbound", nftables.ChainTypeNAT, nftables.ChainHookOutput, nftables.ChainPriorityNATDest)
		rules.add(overLoopback(), from(inboundSource), leave())
		// A container that calls its own pod's service.
		rules.add(overLoopback(), ofUser(sidecarUser), notTo(localhost), tcpTo(inboundTunnel), leave())
		rules.add(overLoopback(), ofUser(sidecarUser), notTo(localhost), tcp(), redirectTo(inboundPort))
		if *dns {
			rules.add(notOfUser(sidecarUser), udpTo(53), redirectTo(dnsPort))
			rules.add(notOfUser(sidecarUser), tcpTo(53), redirectTo(dnsPort))
		}
		rules.add(overLoopback(), notOfUser(sidecarUser), leave())
		rules.add(ofUser(sidecarUser), leave())
		rules.add(to(localhost), leave())
		for _, port := range outbound {
			rules.add(tcpTo(port), leave())
		}
		rules.add(tcp(), redirectTo(outboundPort))
	})
}

type ports []uint16

func (ports *ports) String() string { return fmt.Sprint(*ports) }

func (ports *ports) Set(text string) error {
	for each := range strings.SplitSeq(text, ",") {
		port, err := strconv.ParseUint(each, 10, 16)
		if err != nil {
			return err
		}
		*ports = append(*ports, uint16(port))
	}
	return nil
}
