package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// buildRoot gives the container a file system: a copy-on-write view of this machine's, in memory and gone with the
// container, with /proc, /dev and /run of its own and the pod's volumes in their places.
func buildRoot(container Container) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("detach from this machine's mounts: %w", err)
	}
	under, err := mountsToCopy()
	if err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", container.Root, "tmpfs", unix.MS_NOSUID, "mode=755"); err != nil {
		return fmt.Errorf("mount a tmpfs: %w", err)
	}
	root := filepath.Join(container.Root, "root")
	copied := []string{""}
	if err := overlay("/", root, filepath.Join(container.Root, "0")); err != nil {
		return fmt.Errorf("overlay of /: %w", err)
	}
	for at, each := range under {
		if overlay(each, root+each, filepath.Join(container.Root, fmt.Sprint(at+1))) == nil {
			copied = append(copied, each)
		} else if bind(each, root+each, true) != nil {
			continue
		}
	}
	// Whatever is mounted below here is resolved in the new root: a link there must not lead out of it.
	const host = "/.host"
	if err := os.Mkdir(root+host, 0o700); err != nil {
		return err
	}
	if err := unix.PivotRoot(root, root+host); err != nil {
		return fmt.Errorf("pivot: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if err := systemMounts(); err != nil {
		return err
	}
	for _, each := range container.Mounts {
		if err := place(host+each.Source, each.Target); err != nil {
			return fmt.Errorf("mountPath %s: %w", each.Target, err)
		}
		if err := bind(host+each.Source, each.Target, false); err != nil {
			return fmt.Errorf("mountPath %s: %w", each.Target, err)
		}
	}
	// Only now: a volume may have been mounted into another one.
	for _, each := range container.Mounts {
		if !each.ReadOnly {
			continue
		}
		if err := remountReadOnly(each.Target); err != nil {
			return fmt.Errorf("mountPath %s: %w", each.Target, err)
		}
	}
	if err := unix.Unmount(host, unix.MNT_DETACH); err != nil {
		return err
	}
	if err := os.Remove(host); err != nil {
		return err
	}
	if container.UID != 0 {
		openWay(container.Traverse)
	}
	if !container.ReadOnlyRoot {
		return nil
	}
	for _, each := range append(copied, "/run") {
		if err := remountReadOnly("/" + each); err != nil {
			return fmt.Errorf("readOnlyRootFilesystem: %w", err)
		}
	}
	return nil
}

func overlay(lower, target, work string) error {
	if info, err := os.Stat(lower); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder", lower)
	}
	for _, each := range []string{filepath.Join(work, "upper"), filepath.Join(work, "work"), target} {
		if err := os.MkdirAll(each, 0o755); err != nil {
			return err
		}
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, work, work)
	return unix.Mount("overlay", target, "overlay", 0, options)
}

func bind(source, target string, readOnly bool) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil || !readOnly {
		return err
	}
	return remountReadOnly(target)
}

func remountReadOnly(target string) error {
	return unix.Mount("", target, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "")
}

// place makes what a mount needs to stand on: a folder, or an empty file.
func place(source, target string) error {
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.MkdirAll(target, 0o755)
	}
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	// A link into /run, which is another one here.
	_ = os.Remove(target)
	return os.WriteFile(target, nil, 0o644)
}

// openWay lets every user pass the folders above the paths, in the container's copy of them only.
func openWay(paths []string) {
	for _, each := range paths {
		for folder := each; folder != "/" && folder != "."; folder = filepath.Dir(folder) {
			if info, err := os.Stat(folder); err == nil && info.IsDir() && info.Mode().Perm()&0o001 == 0 {
				_ = os.Chmod(folder, info.Mode().Perm()|0o001)
			}
		}
	}
}
