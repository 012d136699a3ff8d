// Pod-shim runs one container of a real pod and outlives whoever started it, as the shims of containerd do, and
// serves the kubelet's streaming API for those containers.
package main

import (
	"fmt"
	"os"
	"runtime"
)

func init() {
	// Namespaces, and the signal that a parent's death sends, belong to a thread: all of this happens on the first.
	runtime.LockOSThread()
}

func main() {
	if err := dispatch(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pod-shim:", err)
		os.Exit(1)
	}
}

func dispatch(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "run":
		return run(args[1], os.Stdin)
	case len(args) == 1 && args[0] == "init":
		return enter()
	case len(args) > 2 && args[0] == "exec":
		return execInto(args[1], args[2:])
	case len(args) > 1 && args[0] == "redirect":
		return redirect(args[1:])
	case len(args) > 0 && args[0] == "services":
		return services(args[1:], os.Stdin)
	case len(args) > 1 && args[0] == "fault":
		return fault(args[1:])
	case len(args) > 1 && args[0] == "serve":
		return serve(args[1:])
	}
	return fmt.Errorf("usage: pod-shim run FOLDER | exec FOLDER COMMAND… | redirect FLAGS | services NETNS… | fault FLAGS | serve FLAGS")
}
