package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// mountsToCopy are the mount points of this machine that a container shall see, outermost first; not those that
// hold the kernel's or running programs' state, of which it gets its own or none.
func mountsToCopy() ([]string, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	own := []string{"/proc", "/sys", "/dev", "/run", "/var/run"}
	var found []string
	// proc(5): the fifth field is the mount point; the type follows a dash, after optional fields.
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		dash := slices.Index(fields, "-")
		if dash < 0 || len(fields) < dash+2 || slices.Contains([]string{"nsfs", "autofs", "overlay"}, fields[dash+1]) {
			continue
		}
		point := unescape(fields[4])
		inside := func(folder string) bool { return point == folder || strings.HasPrefix(point, folder+"/") }
		if point == "/" || strings.ContainsAny(point, ",:") || slices.ContainsFunc(own, inside) {
			continue
		}
		if !slices.Contains(found, point) {
			found = append(found, point)
		}
	}
	slices.Sort(found)
	return found, nil
}

// unescape reads the octal escapes of blanks in mountinfo.
func unescape(path string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(path)
}

// systemMounts are what every container has of its own, as the OCI's runtime specification lists them for Linux.
func systemMounts() error {
	mounts := []struct {
		target, kind, options string
		flags                 uintptr
	}{
		{"/proc", "proc", "", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
		{"/sys", "sysfs", "", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_RDONLY},
		{"/dev", "tmpfs", "mode=755,size=65536k", unix.MS_NOSUID},
		{"/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=0620", unix.MS_NOSUID | unix.MS_NOEXEC},
		{"/dev/shm", "tmpfs", "mode=1777,size=65536k", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
		{"/run", "tmpfs", "mode=755", unix.MS_NOSUID | unix.MS_NODEV},
	}
	for _, each := range mounts {
		if err := os.MkdirAll(each.target, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(each.kind, each.target, each.kind, each.flags, each.options); err != nil {
			return fmt.Errorf("mount %s: %w", each.target, err)
		}
	}
	devices := map[string][2]uint32{
		"null": {1, 3}, "zero": {1, 5}, "full": {1, 7}, "random": {1, 8}, "urandom": {1, 9}, "tty": {5, 0},
	}
	for name, number := range devices {
		path := "/dev/" + name
		if err := unix.Mknod(path, unix.S_IFCHR, int(unix.Mkdev(number[0], number[1]))); err != nil {
			return fmt.Errorf("make %s: %w", path, err)
		}
		if err := os.Chmod(path, 0o666); err != nil {
			return err
		}
	}
	links := map[string]string{
		"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
		"stderr": "/proc/self/fd/2",
	}
	for name, target := range links {
		if err := os.Symlink(target, "/dev/"+name); err != nil {
			return err
		}
	}
	return nil
}
