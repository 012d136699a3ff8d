package main

import (
	"bytes"
	"context"
	"crypto/tls"
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

// onBridge listens also on an address that no interface has yet: the bridge of the pods may come later.
var onBridge = net.ListenConfig{Control: func(_, _ string, socket syscall.RawConn) error {
	var failed error
	err := socket.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_FREEBIND, 1)
	})
	if err != nil {
		return err
	}
	return failed
}}

// open begins to listen. With a certificate, pods speak TLS up to here.
func (f forward) open(certificate *tls.Certificate) error {
	listener, err := onBridge.Listen(context.Background(), "tcp4", f.listen)
	if err != nil {
		return err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go f.pass(connection, certificate)
		}
	}()
	return nil
}

// pass copies both ways until both ends have said all; a target that is not there closes the connection.
func (f forward) pass(from net.Conn, certificate *tls.Certificate) {
	defer from.Close()
	to, err := net.Dial("tcp", f.target)
	if err != nil {
		return
	}
	defer to.Close()
	if certificate != nil {
		secured, err := secure(from, certificate)
		if err != nil {
			return
		}
		from = secured
	}
	done := make(chan struct{})
	go func() {
		copyHalf(to, from)
		close(done)
	}()
	copyHalf(from, to)
	<-done
}

// sslRequest is what a client of PostgreSQL says before TLS: "SSLRequest" of its message formats.
var sslRequest = []byte{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f}

// prefixed is a connection with what was read of it put back.
type prefixed struct {
	net.Conn
	reader io.Reader
}

func (c prefixed) Read(to []byte) (int, error) { return c.reader.Read(to) }

// secure is the server's end of TLS, after the request for it that PostgreSQL's clients make.
func secure(from net.Conn, certificate *tls.Certificate) (net.Conn, error) {
	first := make([]byte, len(sslRequest))
	if _, err := io.ReadFull(from, first); err != nil {
		return nil, err
	}
	rest := from
	if bytes.Equal(first, sslRequest) {
		if _, err := from.Write([]byte{'S'}); err != nil {
			return nil, err
		}
	} else {
		rest = prefixed{from, io.MultiReader(bytes.NewReader(first), from)}
	}
	secured := tls.Server(rest, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12})
	return secured, secured.Handshake()
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
