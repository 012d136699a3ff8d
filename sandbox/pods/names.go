package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// nameSource is the AWS endpoint's view of names in the VPCs of a region: the URL to ask.
type nameSource string

// A resolver knows the names of a region: those of its cluster, and those of its VPCs.
type resolver struct {
	cluster *clusterNames
	private nameSource
}

// A failover repoints names, and pods have to follow.
const secondsToLive = 5

// Of ExternalName Services that stand for one another.
const longestChain = 8

var nameClient = &http.Client{Timeout: 2 * time.Second}

// serveNames answers as a cluster's DNS does: with the names of Services, and, as Route 53 Resolver in a VPC, with those
// of private hosted zones. All other names do not exist: each query that is not answered takes a resolver's whole
// time-out.
func serveNames(address string, names resolver) error {
	socket, err := onBridge.ListenPacket(context.Background(), "udp4", address)
	if err != nil {
		return err
	}
	go func() {
		for {
			query := make([]byte, 4096)
			length, from, err := socket.ReadFrom(query)
			if err != nil {
				return
			}
			go func() {
				if answer, err := answerName(query[:length], names); err == nil {
					_, _ = socket.WriteTo(answer, from)
				}
			}()
		}
	}()
	return nil
}

func answerName(query []byte, names resolver) ([]byte, error) {
	var parser dnsmessage.Parser
	asked, err := parser.Start(query)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	answer := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID:                 asked.ID,
			OpCode:             asked.OpCode,
			RecursionDesired:   asked.RecursionDesired,
			RecursionAvailable: true,
			Response:           true,
		},
		Questions: []dnsmessage.Question{question},
	}
	name, known, err := names.find(strings.ToLower(question.Name.String()))
	switch {
	case err != nil:
		// Not the same as a name that is not there.
		answer.RCode = dnsmessage.RCodeServerFailure
	case !known:
		answer.RCode = dnsmessage.RCodeNameError
	default:
		if answer.Answers, err = records(question, name); err != nil {
			return nil, err
		}
	}
	return answer.Pack()
}

func records(question dnsmessage.Question, name clusterName) ([]dnsmessage.Resource, error) {
	header := dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class, TTL: secondsToLive}
	var found []dnsmessage.Resource
	if name.Target != "" {
		target, err := dnsmessage.NewName(name.Target)
		if err != nil {
			return nil, err
		}
		found = append(found, dnsmessage.Resource{Header: header, Body: &dnsmessage.CNAMEResource{CNAME: target}})
		header.Name = target
	}
	if question.Type == dnsmessage.TypeA {
		for _, each := range inAnyOrder(name.Addresses) {
			found = append(found, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: each.As4()}})
		}
	}
	return found, nil
}

// find says what there is of a name, and whether there is such a name at all. Clients do not look up the target of
// another name themselves, so its addresses are among the answers.
func (names resolver) find(name string) (clusterName, bool, error) {
	var first clusterName
	for range longestChain {
		found, known, err := names.one(name)
		if err != nil || found.Target == "" {
			if first.Target == "" {
				return found, known, err
			}
			first.Addresses = found.Addresses
			return first, true, err
		}
		if first.Target == "" {
			first = found
		}
		// Only the last of them is named: what is between them, no client asks for.
		first.Target, name = found.Target, strings.ToLower(found.Target)
	}
	return first, true, nil
}

func (names resolver) one(name string) (clusterName, bool, error) {
	if strings.HasSuffix(name, clusterDomain) {
		return names.cluster.find(name)
	}
	addresses, known, err := names.private.addresses(name)
	return clusterName{Addresses: addresses}, known, err
}

// addresses are those of a name, and whether there is such a name at all.
func (source nameSource) addresses(name string) ([]netip.Addr, bool, error) {
	if source == "" {
		return nil, false, nil
	}
	request, err := http.NewRequest(http.MethodGet, string(source)+"&name="+url.QueryEscape(name), nil)
	if err != nil {
		return nil, false, err
	}
	request.Header.Set("X-Gennet-Sandbox", "1")
	response, err := nameClient.Do(request)
	if err != nil {
		return nil, false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, false, fmt.Errorf("the AWS endpoint answered %s", response.Status)
	}
	var found struct {
		Known     bool         `json:"known"`
		Addresses []netip.Addr `json:"addresses"`
	}
	err = json.NewDecoder(response.Body).Decode(&found)
	return found.Addresses, found.Known, err
}
