package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// inside answers the command line that runs a command in a running container, with its user, folder and variables.
func inside(folder string, command []string) (args []string, env []string, err error) {
	status, err := readStatus(folder)
	if err != nil || status.ExitCode != nil || status.Pid == 0 {
		return nil, nil, fmt.Errorf("the container is not running")
	}
	proc := fmt.Sprintf("/proc/%d/", status.Pid)
	environ, err := os.ReadFile(proc + "environ")
	if err != nil {
		return nil, nil, fmt.Errorf("the container is not running")
	}
	text, err := os.ReadFile(proc + "status")
	if err != nil {
		return nil, nil, fmt.Errorf("the container is not running")
	}
	target := fmt.Sprint(status.Pid)
	args = []string{"nsenter", "--target", target, "--mount", "--uts", "--ipc", "--net", "--pid", "--wd"}
	// A kernel's Uid and Gid are four numbers, the effective one second.
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) > 2 && fields[0] == "Uid:":
			args = append(args, "--setuid", fields[2])
		case len(fields) > 2 && fields[0] == "Gid:":
			args = append(args, "--setgid", fields[2])
		}
	}
	env = strings.Split(strings.TrimSuffix(string(environ), "\x00"), "\x00")
	return append(append(args, "--"), command...), env, nil
}

// execInto becomes a command in a running container.
func execInto(folder string, command []string) error {
	args, env, err := inside(folder, command)
	if err != nil {
		return err
	}
	program, err := exec.LookPath(args[0])
	if err != nil {
		return err
	}
	return syscall.Exec(program, args, env)
}
