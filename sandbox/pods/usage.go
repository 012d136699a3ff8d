package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what the living processes of one pid namespace use.
type usage struct {
	// cpu is the time since their beginning, that of the children they have waited for included.
	cpu time.Duration
	// memory is their proportional set size in bytes: of a page shared with other processes, their part.
	memory uint64
}

// usageByNamespace adds up this machine's processes by the pid namespaces in question.
func usageByNamespace(wanted map[string]bool) map[string]usage {
	found := map[string]usage{}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		namespace := pidNamespace(pid)
		if !wanted[namespace] {
			continue
		}
		// One that has ended meanwhile uses nothing.
		cpu, _ := cpuTime(pid)
		sum := found[namespace]
		found[namespace] = usage{sum.cpu + cpu, sum.memory + proportionalSize(pid)}
	}
	return found
}

func pidNamespace(pid int) string {
	link, _ := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid))
	return link
}

// Linux shows every program a hundred ticks a second, whatever its own clock does.
const tick = time.Second / 100

// cpuTime is utime, stime, cutime and cstime of proc(5), the fields 14 to 17.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name before this bracket may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 15 {
		return 0, fmt.Errorf("/proc/%d/stat is too short", pid)
	}
	var ticks int64
	for _, field := range fields[11:15] {
		number, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += number
	}
	return time.Duration(ticks) * tick, nil
}

func proportionalSize(pid int) uint64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "Pss:" {
			kib, _ := strconv.ParseUint(fields[1], 10, 64)
			return kib * 1024
		}
	}
	return 0
}
