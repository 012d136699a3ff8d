package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// Container says what one run of a container is made of. It comes on standard input: it holds secrets, which belong
// neither on a command line nor in a file.
type Container struct {
	// Netns is the path of the pod's network namespace.
	Netns    string `json:"netns"`
	Hostname string `json:"hostname"`
	// Log is the file that gets the output, in the format of the CRI.
	Log             string   `json:"log"`
	Args            []string `json:"args"`
	Env             []string `json:"env"`
	Cwd             string   `json:"cwd"`
	UID             int      `json:"uid"`
	GID             int      `json:"gid"`
	Groups          []int    `json:"groups"`
	ReadOnlyRoot    bool     `json:"readOnlyRoot"`
	NoNewPrivileges bool     `json:"noNewPrivileges"`
	Mounts          []Mount  `json:"mounts"`
	// Traverse are paths that the container's user must reach, whatever the modes of the folders above them.
	Traverse []string `json:"traverse"`
	// Root is an empty folder to build the container's file system on.
	Root string `json:"root"`
}

// Mount makes a file or folder of this machine appear in the container.
type Mount struct {
	Source   string `json:"source"`
	Target   string `json:"target"`
	ReadOnly bool   `json:"readOnly"`
}

// Status is what is known of a run; it is written when it has begun and again when it has ended.
type Status struct {
	Pid        int    `json:"pid,omitempty"`
	StartedAt  string `json:"startedAt,omitempty"`
	FinishedAt string `json:"finishedAt,omitempty"`
	ExitCode   *int   `json:"exitCode,omitempty"`
	Signal     int    `json:"signal,omitempty"`
	// Error says why the command was never run.
	Error string `json:"error,omitempty"`
}

func statusFile(folder string) string { return filepath.Join(folder, "status.json") }

func (status Status) write(folder string) error {
	text, err := json.Marshal(status)
	if err != nil {
		return err
	}
	next := statusFile(folder) + ".next"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, statusFile(folder))
}

func readStatus(folder string) (Status, error) {
	var status Status
	text, err := os.ReadFile(statusFile(folder))
	if err != nil {
		return status, err
	}
	return status, json.Unmarshal(text, &status)
}
