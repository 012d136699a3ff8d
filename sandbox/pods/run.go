package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// run starts the container that is described on input, in namespaces of its own, and stays until it has ended.
// SIGUSR1 is passed on as SIGTERM; SIGTERM ends the container at once.
func run(folder string, input io.Reader) error {
	var container Container
	if err := json.NewDecoder(input).Decode(&container); err != nil {
		return fmt.Errorf("read the container: %w", err)
	}
	log, err := openLog(container.Log)
	if err != nil {
		return err
	}
	defer log.close()
	child, outputs, problem, err := start(container)
	if err != nil {
		return Status{Error: err.Error(), FinishedAt: now()}.write(folder)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGUSR1, unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	var reading sync.WaitGroup
	for name, output := range outputs {
		reading.Go(func() { log.copy(name, output) })
	}
	// It is closed by the exec that succeeds.
	if text, _ := io.ReadAll(problem); len(text) > 0 {
		_ = child.Wait()
		return Status{Error: strings.TrimSpace(string(text)), FinishedAt: now()}.write(folder)
	}
	status := Status{Pid: child.Process.Pid, StartedAt: now()}
	if err := status.write(folder); err != nil {
		return err
	}
	go pass(signals, child.Process)
	_ = child.Wait()
	// With the first process of a pid namespace every other one is gone: nobody holds the pipes any more.
	reading.Wait()
	state := child.ProcessState.Sys().(syscall.WaitStatus)
	code := state.ExitStatus()
	if state.Signaled() {
		status.Signal = int(state.Signal())
		code = 128 + status.Signal
	}
	status.ExitCode = &code
	status.FinishedAt = now()
	return status.write(folder)
}

func pass(signals <-chan os.Signal, process *os.Process) {
	for each := range signals {
		if each == unix.SIGUSR1 {
			_ = process.Signal(unix.SIGTERM)
		} else {
			_ = process.Kill()
		}
	}
}

// start runs `pod-shim init` in the new namespaces. What that says on the last pipe is why the command was not run.
func start(container Container) (*exec.Cmd, map[string]*os.File, *os.File, error) {
	netns, err := os.Open(container.Netns)
	if err != nil {
		return nil, nil, nil, err
	}
	defer netns.Close()
	if err := unix.Setns(int(netns.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, nil, nil, fmt.Errorf("enter %s: %w", container.Netns, err)
	}
	var readers, writers [4]*os.File
	for at := range readers {
		if readers[at], writers[at], err = os.Pipe(); err != nil {
			return nil, nil, nil, err
		}
	}
	const stdout, stderr, description, problem = 0, 1, 2, 3
	child := exec.Command("/proc/self/exe", "init")
	child.Stdout, child.Stderr = writers[stdout], writers[stderr]
	child.ExtraFiles = []*os.File{readers[description], writers[problem]}
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
		Pdeathsig:  unix.SIGKILL,
		Setsid:     true,
	}
	err = child.Start()
	for _, mine := range []*os.File{writers[stdout], writers[stderr], readers[description], writers[problem]} {
		_ = mine.Close()
	}
	if err != nil {
		return nil, nil, nil, err
	}
	go func() {
		_ = json.NewEncoder(writers[description]).Encode(container)
		_ = writers[description].Close()
	}()
	return child, map[string]*os.File{"stdout": readers[stdout], "stderr": readers[stderr]}, readers[problem], nil
}

func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }
