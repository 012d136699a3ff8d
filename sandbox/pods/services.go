package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

const servicesTable = "services"

// A serviceTable is what the addresses of Services lead to. The runtime writes it.
type serviceTable struct {
	// Range is that of cluster IPs.
	Range  netip.Prefix   `json:"range"`
	Routes []serviceRoute `json:"routes"`
}

// A serviceRoute is one port of a Service.
type serviceRoute struct {
	Address   netip.Addr       `json:"address"`
	Port      uint16           `json:"port"`
	Protocol  string           `json:"protocol"`
	Endpoints []netip.AddrPort `json:"endpoints"`
}

// Istio's own rules come before: with a sidecar, only what that does not take arrives here.
var afterSidecar = nftables.ChainPriorityRef(*nftables.ChainPriorityNATDest + 1)

// services does the work of kube-proxy in the network namespaces of pods, each with the whole table: connections to a
// cluster IP go to one of its endpoints, and are refused where there is none. A namespace that is gone is passed over.
func services(namespaces []string, input io.Reader) error {
	var table serviceTable
	if err := json.NewDecoder(input).Decode(&table); err != nil {
		return fmt.Errorf("read the table of Services: %w", err)
	}
	for _, namespace := range namespaces {
		err := inTable(namespace, servicesTable, func(rules *ruleSet) { routeServices(rules, table) })
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func routeServices(rules *ruleSet, table serviceTable) {
	rules.chain("outbound", nftables.ChainTypeNAT, nftables.ChainHookOutput, afterSidecar)
	for _, route := range table.Routes {
		match := tcpTo(route.Port)
		if route.Protocol == "UDP" {
			match = udpTo(route.Port)
		}
		for at, endpoint := range route.Endpoints {
			// Of those that are left, each is as likely as the others.
			rules.add(to(route.Address), match, oneIn(len(route.Endpoints)-at), leadTo(endpoint))
		}
	}
	rules.chain("refused", nftables.ChainTypeFilter, nftables.ChainHookOutput, nftables.ChainPriorityFilter)
	rules.add(within(table.Range), unreachable())
}

func oneIn(count int) []expr.Any {
	if count < 2 {
		return nil
	}
	pick := &expr.Numgen{Register: 1, Modulus: uint32(count), Type: unix.NFT_NG_RANDOM}
	return compare(pick, expr.CmpOpEq, []byte{0, 0, 0, 0})
}

func leadTo(endpoint netip.AddrPort) []expr.Any {
	return []expr.Any{
		&expr.Immediate{Register: 1, Data: endpoint.Addr().AsSlice()},
		&expr.Immediate{Register: 2, Data: binary.BigEndian.AppendUint16(nil, endpoint.Port())},
		&expr.NAT{Type: expr.NATTypeDestNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: 1, RegProtoMin: 2},
	}
}

func within(prefix netip.Prefix) []expr.Any {
	mask := binary.BigEndian.AppendUint32(nil, ^uint32(0)<<(32-prefix.Bits()))
	return []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: destinationOffset, Len: 4},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: mask, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: prefix.Masked().Addr().AsSlice()},
	}
}

// unreachable refuses a connection at once, of TCP as well as of UDP.
func unreachable() []expr.Any {
	const portUnreachable = 3
	return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_ICMP_UNREACH, Code: portUnreachable}}
}
