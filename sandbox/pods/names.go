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

// A failover repoints names, and pods have to follow.
const secondsToLive = 5

var nameClient = &http.Client{Timeout: 2 * time.Second}

// serveNames answers as Route 53 Resolver does in a VPC: with the names of private hosted zones. What else pods can
// reach they know from their hosts file or from their sidecar, which passes all else on to here, such as the search
// domains that a resolver tries before a full name. Each of those that is not answered takes a resolver's whole
// time-out.
func serveNames(address string, source nameSource) error {
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
				if answer, err := answerName(query[:length], source); err == nil {
					_, _ = socket.WriteTo(answer, from)
				}
			}()
		}
	}()
	return nil
}

func answerName(query []byte, source nameSource) ([]byte, error) {
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
	addresses, known, err := source.addresses(question.Name.String())
	switch {
	case err != nil:
		// Not the same as a name that is not there.
		answer.RCode = dnsmessage.RCodeServerFailure
	case !known:
		answer.RCode = dnsmessage.RCodeNameError
	case question.Type == dnsmessage.TypeA:
		for _, each := range addresses {
			answer.Answers = append(answer.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class, TTL: secondsToLive},
				Body:   &dnsmessage.AResource{A: each.As4()},
			})
		}
	}
	return answer.Pack()
}

// addresses are those of a name, and whether there is such a name at all.
func (source nameSource) addresses(name string) ([]netip.Addr, bool, error) {
	if source == "" || strings.HasSuffix(name, ".cluster.local.") {
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
