package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// enter is the first process of the container's namespaces. It makes the container around itself, then becomes its
// command. It never returns where that succeeds.
func enter() error {
	description, problem := os.NewFile(3, "description"), os.NewFile(4, "problem")
	unix.CloseOnExec(4)
	var container Container
	if err := json.NewDecoder(description).Decode(&container); err != nil {
		return err
	}
	_ = description.Close()
	err := become(container)
	_, _ = fmt.Fprintln(problem, err)
	return err
}

func become(container Container) error {
	if err := unix.Sethostname([]byte(container.Hostname)); err != nil {
		return fmt.Errorf("set the host name: %w", err)
	}
	if err := buildRoot(container); err != nil {
		return err
	}
	if err := os.MkdirAll(container.Cwd, 0o755); err != nil {
		return fmt.Errorf("workingDir: %w", err)
	}
	if err := os.Chdir(container.Cwd); err != nil {
		return fmt.Errorf("workingDir: %w", err)
	}
	if container.NoNewPrivileges {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return err
		}
	}
	if err := syscall.Setgroups(container.Groups); err != nil {
		return fmt.Errorf("set groups: %w", err)
	}
	if err := syscall.Setgid(container.GID); err != nil {
		return fmt.Errorf("set gid: %w", err)
	}
	if err := syscall.Setuid(container.UID); err != nil {
		return fmt.Errorf("set uid: %w", err)
	}
	// A change of the user has cleared it.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return err
	}
	program, err := look(container.Args[0], container.Env)
	if err != nil {
		return err
	}
	signal.Reset()
	unix.Umask(0o022)
	if err := syscall.Exec(program, container.Args, container.Env); err != nil {
		return fmt.Errorf("exec %q: %w", program, err)
	}
	return nil
}

// look finds a program as execvp does, by the PATH of the container.
func look(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	path := "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for _, each := range env {
		if value, found := strings.CutPrefix(each, "PATH="); found {
			path = value
		}
	}
	for _, folder := range filepath.SplitList(path) {
		candidate := filepath.Join(folder, name)
		if info, err := os.Stat(candidate); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("exec: %q: executable file not found in $PATH", name)
}
