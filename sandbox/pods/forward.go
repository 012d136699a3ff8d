package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// forward lets pods reach what listens on this machine's loopback: a connection to listen goes on to target.
type forward struct{ listen, target string }

// forwards is a flag that may be repeated: LISTEN=TARGET, each HOST:PORT.
type forwards []forward

func (all *forwards) String() string { return fmt.Sprint(*all) }

func (all *forwards) Set(text string) error {
	listen, target, found := strings.Cut(text, "=")
	if !found {
		return fmt.Errorf("%q is not LISTEN=TARGET", text)
	}
	*all = append(*all, forward{listen, target})
	return nil
}

// open begins to listen, also on an address that no interface has yet: the bridge of the pods may come later.
func (f forward) open() error {
	config := net.ListenConfig{Control: func(_, _ string, socket syscall.RawConn) error {
		var failed error
		err := socket.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_FREEBIND, 1)
		})
		if err != nil {
			return err
		}
		return failed
	}}
	listener, err := config.Listen(context.Background(), "tcp4", f.listen)
	if err != nil {
		return err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go f.pass(connection)
		}
	}()
	return nil
}

// pass copies both ways until both ends have said all; a target that is not there closes the connection.
func (f forward) pass(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", f.target)
	if err != nil {
		return
	}
	defer to.Close()
	done := make(chan struct{})
	go func() {
		copyHalf(to, from)
		close(done)
	}()
	copyHalf(from, to)
	<-done
}

func copyHalf(to, from net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		// The other direction must not wait for an end that is gone.
		to.Close()
		from.Close()
		return
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}
