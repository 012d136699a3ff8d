package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// What a kubelet closes a silent connection after.
const idle = 4 * time.Hour

// executor runs commands in the container whose latest run is in the folder.
type executor struct{ folder string }

func (executor executor) ExecInContainer(ctx context.Context, _, _, _ string, command []string, stdin io.Reader,
	stdout, stderr io.WriteCloser, tty bool, sizes <-chan remotecommand.TerminalSize, _ time.Duration) error {
	args, env, err := inside(executor.folder, command)
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, args[0], args[1:]...)
	child.Env = env
	// A process it leaves behind must not keep the caller waiting for its output.
	child.WaitDelay = time.Second
	if tty {
		err = withTerminal(child, stdin, stdout, sizes)
	} else {
		err = withPipes(child, stdin, stdout, stderr)
	}
	if code := child.ProcessState; code != nil && code.ExitCode() > 0 {
		return utilexec.CodeExitError{Err: fmt.Errorf("exit status %d", code.ExitCode()), Code: code.ExitCode()}
	}
	return err
}

func withPipes(child *exec.Cmd, stdin io.Reader, stdout, stderr io.Writer) error {
	if stdout != nil {
		child.Stdout = stdout
	}
	if stderr != nil {
		child.Stderr = stderr
	}
	if stdin != nil {
		// Not child.Stdin: Wait would wait for a caller that has nothing more to say but does not hang up.
		pipe, err := child.StdinPipe()
		if err != nil {
			return err
		}
		go func() {
			_, _ = io.Copy(pipe, stdin)
			_ = pipe.Close()
		}()
	}
	return child.Run()
}

func withTerminal(child *exec.Cmd, stdin io.Reader, stdout io.Writer, sizes <-chan remotecommand.TerminalSize) error {
	terminal, err := pty.Start(child)
	if err != nil {
		return err
	}
	defer terminal.Close()
	go func() {
		for size := range sizes {
			_ = pty.Setsize(terminal, &pty.Winsize{Rows: size.Height, Cols: size.Width})
		}
	}()
	if stdin != nil {
		go func() { _, _ = io.Copy(terminal, stdin) }()
	}
	if stdout != nil {
		_, _ = io.Copy(stdout, terminal)
	}
	return child.Wait()
}

// forwarder carries a port-forward's streams to a pod.
type forwarder struct {
	dial func(ctx context.Context, port int32) (net.Conn, error)
}

func (forwarder forwarder) PortForward(ctx context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	connection, err := forwarder.dial(ctx, port)
	if err != nil {
		return err
	}
	defer connection.Close()
	done := make(chan struct{}, 2)
	go func() {
		_, _ = io.Copy(connection, stream)
		// The other side may still have an answer to give.
		_ = connection.(*net.TCPConn).CloseWrite()
		done <- struct{}{}
	}()
	go func() {
		_, _ = io.Copy(stream, connection)
		done <- struct{}{}
		done <- struct{}{}
	}()
	<-done
	<-done
	return nil
}

type dialled struct {
	connection net.Conn
	err        error
}

// dial connects to a port on the loopback address of the pod's network namespace.
func (pod Pod) dial(ctx context.Context, port int32) (net.Conn, error) {
	result := make(chan dialled, 1)
	go func() {
		// Never unlocked: a thread that was in another namespace ends with this goroutine.
		runtime.LockOSThread()
		connection, err := dialFrom(ctx, pod.Netns, port)
		result <- dialled{connection, err}
	}()
	answer := <-result
	return answer.connection, answer.err
}

func dialFrom(ctx context.Context, netns string, port int32) (net.Conn, error) {
	file, err := os.Open(netns)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
}
