package main

import (
	"context"

	"golang.org/x/net/dns/dnsmessage"
)

// serveNames answers that there is no such name. What pods can reach they know from their hosts file or from their
// sidecar, which passes all else on to here, such as the search domains that a resolver tries before a full name.
// Each of those that is not answered takes a resolver's whole time-out.
func serveNames(address string) error {
	socket, err := onBridge.ListenPacket(context.Background(), "udp4", address)
	if err != nil {
		return err
	}
	go func() {
		query := make([]byte, 4096)
		for {
			length, from, err := socket.ReadFrom(query)
			if err != nil {
				return
			}
			if answer, err := unknownName(query[:length]); err == nil {
				_, _ = socket.WriteTo(answer, from)
			}
		}
	}()
	return nil
}

func unknownName(query []byte) ([]byte, error) {
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
			RCode:              dnsmessage.RCodeNameError,
		},
		Questions: []dnsmessage.Question{question},
	}
	return answer.Pack()
}
