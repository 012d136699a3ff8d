package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A mirror stands for pods whose program runs beside the cluster: a port-forward to one of them reaches that program.
type mirror struct {
	namespace string
	// What the pods' names begin with.
	prefix string
	// Of the pod → host:port of this machine.
	ports map[int32]string
}

type mirrors []mirror

func (all *mirrors) String() string { return fmt.Sprint(*all) }

// Set reads `NAMESPACE/PREFIX=PORT=HOST:PORT,…`.
func (all *mirrors) Set(text string) error {
	pods, ports, _ := strings.Cut(text, "=")
	namespace, prefix, found := strings.Cut(pods, "/")
	if !found {
		return fmt.Errorf("%q names no pods", text)
	}
	one := mirror{namespace, prefix, map[int32]string{}}
	for each := range strings.SplitSeq(ports, ",") {
		port, target, _ := strings.Cut(each, "=")
		number, err := strconv.ParseInt(port, 10, 32)
		if err != nil {
			return err
		}
		one.ports[int32(number)] = target
	}
	*all = append(*all, one)
	return nil
}

func (all mirrors) find(namespace, name string) *mirror {
	for _, each := range all {
		if each.namespace == namespace && strings.HasPrefix(name, each.prefix) {
			return &each
		}
	}
	return nil
}

func (mirror mirror) dial(ctx context.Context, port int32) (net.Conn, error) {
	target, found := mirror.ports[port]
	if !found {
		return nil, fmt.Errorf("nothing of this pod listens on port %d", port)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", target)
}
